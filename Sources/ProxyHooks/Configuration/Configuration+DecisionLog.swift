import Audit
import Auth

extension Configuration {
  /// Where decisions are written.
  static func decisionLog(_ reader: inout SettingsReader, readFile: (String) -> [UInt8]?) -> DecisionLogSettings {
    var settings = DecisionLogSettings(decisionLogDestination(&reader))
    settings.checkpointSeconds = reader.integer(.decisionLogCheckpoint, in: 1...3_600)
    settings.fileBytes = reader.integer(.decisionLogFileBytes, in: 65_536...17_179_869_184)
    settings.filesKept = reader.integer(.decisionLogFiles, in: 0...100_000)
    settings.maximumBytes = reader.integer(.decisionLogWaiting, in: 65_536...1_073_741_824)
    _ = reader.integer(.decisionLogDays, in: 0...36_500)  // for `proxyhooks prune`; a mistake shows here too
    switch reader.text(.decisionLogWhenFull) {
    case "count": settings.refusesWhenFull = false
    case "refuse": settings.refusesWhenFull = true
    default: reader.problem(.decisionLogWhenFull, "want count or refuse")
    }
    if let path = reader.text(.decisionLogKey) {
      settings.keyFile = path
      if settings.destination == .off {
        reader.problem(.decisionLogKey, "is set, and PROXYHOOKS_DECISION_LOG is off; unset this, or turn the log on")
      }
      settings.signer = signer(&reader, path: path, readFile: readFile)
    }
    if settings.refusesWhenFull, settings.destination == .off {
      reader.problem(
        .decisionLogWhenFull, "is refuse, and PROXYHOOKS_DECISION_LOG is off: turn the log on, or unset this")
    }
    return settings
  }

  private static func decisionLogDestination(_ reader: inout SettingsReader) -> DecisionLogSettings.Destination {
    switch reader.text(.decisionLog) {
    case "off": return .off
    case "stdout": return .standardOutput
    case "stderr": return .standardError
    case "postgresql": return .postgresql
    case let path? where path.hasPrefix("/"): return .directory(path)
    default:
      reader.problem(.decisionLog, "want stderr, stdout, postgresql, off, or the absolute path of a directory")
      return .off
    }
  }

  private static func signer(_ reader: inout SettingsReader, path: String, readFile: (String) -> [UInt8]?)
    -> CheckpointSigner?
  {
    guard let bytes = readFile(path) else {
      reader.problem(.decisionLogKey, "the file can't be read; `proxyhooks audit key FILE` makes one")
      return nil
    }
    do throws(KeyError) {
      return try CheckpointSigner(keyFile: bytes)
    } catch {
      reader.problem(.decisionLogKey, "want an Ed25519 private key, as a PEM (PKCS #8) or a JWK (\(error))")
      return nil
    }
  }
}
