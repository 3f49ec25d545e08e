/// A value of a Centrifugo configuration, whatever form the file had, and where it came from.
public struct SetupValue: Hashable, Sendable {
  /// What the value is.
  public enum Content: Hashable, Sendable {
    /// Members in the order of the file.
    case object([Member])
    case array([SetupValue])
    case string(String)
    /// Any number; none of Centrifugo's needs more than 53 bits.
    case number(Double)
    case bool(Bool)
    /// A date or time, which only TOML has and no key of Centrifugo takes.
    case date
    case null
  }

  /// A key and its value.
  public struct Member: Hashable, Sendable {
    /// The key: as it was spelled when read, in small letters once ``KeyFolding`` was there.
    public var key: String
    /// The key's value.
    public var value: SetupValue

    /// `key` and `value` as they are.
    public init(key: String, value: SetupValue) {
      self.key = key
      self.value = value
    }
  }

  /// Where a value was found.
  public enum Origin: Hashable, Sendable {
    /// The file, in this line, counted from 1; nil where the parser does not tell.
    case file(line: Int?)
    /// An environment variable, by its name.
    case variable(String)
  }

  /// What the value is.
  public var content: Content
  /// Where it was found.
  public var origin: Origin

  /// `content` from `origin`.
  public init(_ content: Content, _ origin: Origin = .file(line: nil)) {
    self.content = content
    self.origin = origin
  }

  /// An object's members; nil if the value is no object.
  public var members: [Member]? {
    if case .object(let members) = content { members } else { nil }
  }

  /// An array's elements; nil if the value is no array.
  public var elements: [SetupValue]? {
    if case .array(let elements) = content { elements } else { nil }
  }

  /// The value of a key; nil if the value is no object or has no such key.
  public subscript(key: String) -> SetupValue? { members?.first { $0.key == key }?.value }

  /// Whether the value is `null`, which Centrifugo takes for a key that is not there.
  var isNull: Bool { content == .null }

  /// What the value is, in words.
  var noun: String {
    switch content {
    case .object: "an object"
    case .array: "a list"
    case .string: "a string"
    case .number: "a number"
    case .bool: "a boolean"
    case .date: "a date"
    case .null: "null"
    }
  }
}
