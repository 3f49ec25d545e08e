import Auth
import Logging
import Storage

// The settings that need more than a number or a text to be right.
extension Configuration {
  static func callerSecrets(_ reader: inout SettingsReader, insecure: Bool, listen: ListenAddress) -> CallerSecrets? {
    guard let secret = reader.text(.secret) else {
      if reader.text(.previousSecret) != nil {
        reader.problem(.previousSecret, "is set without PROXYHOOKS_SECRET; set the new one there")
      } else if !insecure {
        reader.problem(
          .secret,
          "is required: whoever can call this service decides who reads along; `openssl rand -hex 32` makes one")
      } else if !listen.isLoopback {
        reader.problem(.listen, "--insecure is for a loopback address only")
      }
      return nil
    }
    let secrets = [secret] + (reader.text(.previousSecret).map { [$0] } ?? [])
    do throws(CallerSecrets.Failure) {
      return try CallerSecrets(secrets.map { Array($0.utf8) })
    } catch {
      let mend =
        switch error {
        case .duplicate: "is the same as PROXYHOOKS_SECRET_PREVIOUS; unset that"
        case .guessable: "everybody can guess it or the previous one; `openssl rand -hex 32` makes one"
        default:
          "want at least \(CallerSecrets.minimumBytes) characters in each secret; `openssl rand -hex 32` makes one"
        }
      reader.problem(.secret, mend)
      return nil
    }
  }

  static func redis(_ reader: inout SettingsReader) -> RedisAddress? {
    let text = reader.required(.redis)
    if let address = RedisAddress(text) { return address }
    if !text.isEmpty { reader.problem(.redis, "want redis://host:port/database or unix:/path/to/socket") }
    return nil
  }

  /// The address is for its path alone: what stands behind a `?` or before an `@` would be lost or sent to the wrong place.
  static func centrifugo(_ reader: inout SettingsReader) -> CentrifugoAPISettings? {
    guard let text = reader.text(.centrifugoAddress) else {
      if reader.text(.centrifugoKey) != nil {
        reader.problem(.centrifugoKey, "is set without PROXYHOOKS_CENTRIFUGO_API_URL; set that too, or unset this")
      }
      return nil
    }
    let rest = ["http://", "https://"].first { text.hasPrefix($0) }.map { text.dropFirst($0.count) } ?? ""
    let isPlain = rest.utf8.allSatisfy { (0x21...0x7E).contains($0) && !"@?#\\".utf8.contains($0) }
    guard let first = rest.first, first != "/", first != ":", isPlain else {
      reader.problem(.centrifugoAddress, "want http://host:port/api, or https, without a user, a query or a fragment")
      return nil
    }
    guard let key = reader.text(.centrifugoKey) else {
      reader.problem(.centrifugoKey, "is required with PROXYHOOKS_CENTRIFUGO_API_URL")
      return nil
    }
    let isSendable = key.utf8.allSatisfy { (0x21...0x7E).contains($0) }
    if !isSendable { reader.problem(.centrifugoKey, "want printable ASCII without spaces") }
    return CentrifugoAPISettings(address: text.hasSuffix("/") ? String(text.dropLast()) : text, key: key)
  }

  static func databaseURL(_ reader: inout SettingsReader) -> String {
    let url = reader.required(.database)
    if !url.isEmpty && !DatabaseSettings.isConnectionString(url) {
      reader.problem(.database, "want postgresql://user:password@host:port/database or libpq's keyword=value form")
    }
    return url
  }

  /// A header's name (RFC 9110, section 5.1); one that is none would never match.
  static func headerName(_ reader: inout SettingsReader) -> String? {
    guard let name = reader.text(.addressHeader) else { return nil }
    let isName = name.utf8.allSatisfy { byte in
      (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
        || "!#$%&'*+-.^_`|~".utf8.contains(byte)
    }
    if !isName { reader.problem(.addressHeader, "want a header's name, such as X-Real-Ip") }
    return name
  }

  static func logLevel(_ reader: inout SettingsReader) -> Logger.Level {
    if let level = reader.text(.logLevel).flatMap({ Logger.Level(rawValue: $0) }), level != .trace { return level }
    reader.problem(.logLevel, "want debug, info, notice, warning, error or critical")
    return .info
  }
}
