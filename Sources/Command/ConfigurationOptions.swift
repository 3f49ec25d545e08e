import ArgumentParser
import Foundation
import ProxyHooks
import Storage
import Synchronization

/// `--config`, and the reading of what it names.
struct ConfigurationOptions: ParsableArguments {
  @Option(name: .customLong("config"), help: "A file of KEY=VALUE settings. Default: $PROXYHOOKS_CONFIG, if set.")
  var file: String?

  /// The settings, checked. Exits with every problem on a line of its own.
  ///
  /// - Parameter development: whether a file that `make run` has made serves where no other is named.
  func read(insecure: Bool = false, development: Bool = false) throws -> Configuration {
    try read(development: development) { environment, text, path throws(ConfigurationError) in
      let named = Mutex<[String]>([])
      var configuration = try Configuration(environment: environment, file: text, insecure: insecure) { path in
        named.withLock { $0.append(path) }
        return FileManager.default.contents(atPath: path).map { Array($0) }
      }
      if let path { configuration.cautions += FileExposure.cautions(of: path, isSecret: true) }
      for path in named.withLock({ $0 }) {
        configuration.cautions += FileExposure.cautions(of: path, isSecret: path == configuration.decisionLog.keyFile)
      }
      configuration.cautions += configuration.tls?.exposures ?? []
      return configuration
    }
  }

  /// What a migration needs alone.
  func migrator() throws -> Migrator {
    try read(development: false) { environment, text, _ throws(ConfigurationError) in
      try Configuration.migrator(environment: environment, file: text) {
        FileManager.default.contents(atPath: $0).map { Array($0) }
      }
    }
  }

  /// What the commands need that keep the database.
  func keeping() throws -> KeepingSettings {
    try read(development: false) { environment, text, _ throws(ConfigurationError) in
      try Configuration.keeping(environment: environment, file: text)
    }
  }

  /// What looking at a policy needs alone.
  func review() throws -> ReviewSettings {
    try read(development: false) { environment, text, _ throws(ConfigurationError) in
      try Configuration.review(environment: environment, file: text)
    }
  }

  private func read<Value>(
    development: Bool, _ body: ([String: String], String?, String?) throws(ConfigurationError) -> Value
  ) throws -> Value {
    let environment = ProcessInfo.processInfo.environment
    var path = file ?? environment["PROXYHOOKS_CONFIG"]
    if path == nil && development && FileManager.default.fileExists(atPath: ".dev/proxyhooks.env") {
      path = ".dev/proxyhooks.env"
    }
    let text = try path.map { path in
      guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {
        throw Failure("\(path): can't be read as UTF-8 text")
      }
      return text
    }
    do throws(ConfigurationError) {
      return try body(environment, text, path)
    } catch {
      let place = path.map { "in \($0) and the environment" } ?? "in the environment"
      throw Failure("Wrong settings \(place):\n\(error)")
    }
  }
}

/// An end that is the operator's to mend: its text alone on standard error, and status 1.
struct Failure: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) { self.description = description }
}
