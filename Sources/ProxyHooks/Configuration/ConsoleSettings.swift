public import Auth

/// The reviewers' console, where it is on.
public struct ConsoleSettings: Sendable {
  /// What lets a reviewer in.
  public let token: CallerSecrets
  /// Centrifugo's configuration, which the console looks at; nil shows none.
  public let centrifugoFile: String?
  /// Reads a file; nil where it can't. It may block.
  let read: @Sendable (String) -> [UInt8]?
}

extension Configuration {
  static func console(_ reader: inout SettingsReader, readFile: @escaping @Sendable (String) -> [UInt8]?)
    -> ConsoleSettings?
  {
    let file = reader.text(.consoleCentrifugoFile)
    guard let token = reader.text(.consoleToken) else {
      if file != nil {
        reader.problem(
          .consoleCentrifugoFile, "is set without PROXYHOOKS_CONSOLE_TOKEN, without which there is no console")
      }
      return nil
    }
    for setting in [Setting.secret, .previousSecret, .tokenSecret, .centrifugoKey] where reader.text(setting) == token {
      reader.problem(.consoleToken, "is the same as \(setting.key); a reviewer could do what that one is for")
    }
    do throws(CallerSecrets.Failure) {
      return ConsoleSettings(token: try CallerSecrets([Array(token.utf8)]), centrifugoFile: file, read: readFile)
    } catch {
      reader.problem(
        .consoleToken,
        error == .guessable
          ? "everybody can guess it; `openssl rand -hex 32` makes one"
          : "want at least \(CallerSecrets.minimumBytes) characters; `openssl rand -hex 32` makes one")
      return nil
    }
  }
}
