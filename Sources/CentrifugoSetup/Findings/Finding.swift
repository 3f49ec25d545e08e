/// How much a finding matters.
public enum Severity: String, CaseIterable, Comparable, Sendable {
  /// A client gets past the service.
  case critical
  /// Messages are lost, or a refusal has no effect.
  case high
  /// A protection is weaker than it could be, or something works later than it could.
  case medium
  /// Tidiness that pays the day something else changes.
  case low
  /// What the file can't tell and somebody should look at. Never a failure.
  case info

  private var rank: Int { Self.allCases.firstIndex(of: self) ?? 0 }

  /// Whether `left` matters more.
  public static func < (left: Severity, right: Severity) -> Bool { left.rank < right.rank }
}

/// One mistake at one place.
public struct Finding: Hashable, Sendable {
  /// The rule's id, such as `open-publish`.
  public let rule: String
  /// The rule's severity.
  public let severity: Severity
  /// The rule's title.
  public let title: String
  /// The key's path in the configuration, such as `channel.namespaces[0].allow_publish_for_client`.
  public let key: String
  /// The name of the namespace, proxy or consumer that the path leads into.
  public let owner: String?
  /// The file's line, counted from 1, where the parser tells it. Of a key that is absent, that of the object around it.
  public let line: Int?
  /// The environment variable that the value came from, if it did.
  public let variable: String?
  /// Whether the key is there; the mistake may be that it is not.
  public let isSet: Bool
  /// What it does.
  public let why: String
  /// What to write instead.
  public let mend: String
  /// Whether it was accepted beforehand.
  public var isIgnored = false
}

/// What a rule says of a place; the rule adds the rest.
struct Remark: Sendable {
  let key: String
  let owner: String?
  let origin: SetupValue.Origin
  let isSet: Bool
  let why: String
  let mend: String

  init(_ spot: Spot, why: String, mend: String) {
    self.init(key: spot.path, owner: spot.owner, origin: spot.origin, isSet: spot.isThere, why: why, mend: mend)
  }

  init(
    key: String, owner: String? = nil, origin: SetupValue.Origin, isSet: Bool = true, why: String, mend: String
  ) {
    self.key = key
    self.owner = owner
    self.origin = origin
    self.isSet = isSet
    self.why = why
    self.mend = mend
  }
}
