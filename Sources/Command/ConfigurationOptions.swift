import ArgumentParser
import Foundation
import ProxyHooks

/// `--config`, and the reading of what it names.
struct ConfigurationOptions: ParsableArguments {
  @Option(name: .customLong("config"), help: "A file of KEY=VALUE settings. Default: $PROXYHOOKS_CONFIG, if set.")
  var file: String?

  /// The settings, checked. Exits with every problem on a line of its own.
  ///
  /// - Parameter development: whether a file that `make run` has made serves where no other is named.
  func read(insecure: Bool = false, development: Bool = false) throws -> Configuration {
    let environment = ProcessInfo.processInfo.environment
    var path = file ?? environment["PROXYHOOKS_CONFIG"]
    if path == nil && development && FileManager.default.fileExists(atPath: ".dev/proxyhooks.env") {
      path = ".dev/proxyhooks.env"
    }
    let text = try path.map { path in
      guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {
        throw ValidationError("\(path): can't be read as UTF-8 text")
      }
      return text
    }
    do throws(ConfigurationError) {
      return try Configuration(environment: environment, file: text, insecure: insecure) { path in
        FileManager.default.contents(atPath: path).map { Array($0) }
      }
    } catch {
      let place = path.map { " in \($0) and the environment" } ?? " in the environment"
      throw CleanExit.failure("Wrong settings\(place):\n\(error)")
    }
  }
}

extension CleanExit {
  /// An end that is the operator's to mend: the text alone on standard error, status 1.
  static func failure(_ text: String) -> any Error {
    FileHandle.standardError.write(Data((text + "\n").utf8))
    return ExitCode.failure
  }
}
