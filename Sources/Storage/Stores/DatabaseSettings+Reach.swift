import CLibPQ
import Glibc

extension DatabaseSettings {
  /// Whether the server is on another machine and is not proven to be the one meant: libpq checks a certificate's chain
  /// and name under `sslmode=verify-full` alone ("SSL Support" in its documentation, table 34.1).
  ///
  /// Judged by the text and libpq's environment variables. False for a text that is no connection string, and for a
  /// host that only a service file names.
  public static func isUnproven(_ text: String) -> Bool {
    guard let options = PQconninfoParse(text, nil) else { return false }
    defer { PQconninfoFree(options) }
    var values: [String: String] = [:]
    // libpq ends the array with an entry that has no keyword; all of it lives until it is freed above.
    var option = options
    while let keyword = option.pointee.keyword {
      if let value = option.pointee.val ?? option.pointee.envvar.flatMap({ getenv($0) }) {
        values[String(cString: keyword)] = String(cString: value)
      }
      option += 1
    }
    let hosts = (values["hostaddr"] ?? values["host"] ?? "").split(separator: ",")
    return !hosts.allSatisfy { LocalHost.isThisMachine($0) } && values["sslmode"] != "verify-full"
  }
}
