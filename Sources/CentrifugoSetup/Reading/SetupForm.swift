/// The forms that Centrifugo reads its configuration in.
public enum SetupForm: String, CaseIterable, Sendable {
  case json, yaml, toml

  /// By a file name's ending; nil for another.
  public init?(fileName: String) {
    guard let dot = fileName.lastIndex(of: ".") else { return nil }
    switch fileName[fileName.index(after: dot)...].lowercased() {
    case "json": self = .json
    case "yaml", "yml": self = .yaml
    case "toml": self = .toml
    default: return nil
    }
  }

  /// Reads a file of this form.
  ///
  /// - Throws: ``SetupFault`` for what is no such file, has a key twice, is over ``SetupLimits`` or is no object.
  public func read(_ bytes: [UInt8]) throws(SetupFault) -> SetupValue {
    guard bytes.count <= SetupLimits.bytes else { throw SetupFault("is over \(SetupLimits.bytes) bytes") }
    let value =
      switch self {
      case .json: try JSONForm.read(bytes)
      case .yaml: try YAMLForm.read(bytes)
      case .toml: try TOMLForm.read(bytes)
      }
    guard value.members != nil else { throw SetupFault("is \(value.noun), not an object of settings") }
    return value
  }
}

/// Why a configuration can't be read: text for people, with the line where it is known.
public struct SetupFault: Error, Equatable, CustomStringConvertible {
  /// What is wrong.
  public let description: String

  init(_ description: String) { self.description = description }
}

/// How much of a configuration is read. A configuration is some kilobytes; what is beyond these was made to harm.
enum SetupLimits {
  /// The longest file.
  static let bytes = 1_048_576
  /// The most objects and lists inside each other.
  static let depth = 64
  /// The most keys and values, those that a YAML alias stands for counted each time.
  static let nodes = 100_000
  /// The most aliases in YAML. Thirty-two can stand for some hundred thousand values at most, so that even what Yams does
  /// with them before they can be counted is bounded.
  static let aliases = 32
}
