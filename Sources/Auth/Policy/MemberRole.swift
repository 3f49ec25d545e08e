/// What a person is in a match, such as `driver`. Which roles there are is the policy's to say; one that it does not know
/// may nothing.
public struct MemberRole: Hashable, Sendable, Comparable, CustomStringConvertible {
  /// The role's name, as the database and the policy file have it.
  public let name: String

  /// Nil where `name` is not 1 to 32 characters of `a–z 0–9 _`, the first of them a letter.
  public init?(_ name: String) {
    guard (1...32).contains(name.utf8.count), let first = name.utf8.first, (0x61...0x7A).contains(first),
      name.utf8.allSatisfy({ (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == UInt8(ascii: "_") })
    else { return nil }
    self.name = name
  }

  private init(unchecked name: String) { self.name = name }

  /// Who drives, in the policy that comes with the service.
  public static let driver = MemberRole(unchecked: "driver")
  /// Who rides along, in that policy.
  public static let rider = MemberRole(unchecked: "rider")

  /// In the order of names.
  public static func < (left: MemberRole, right: MemberRole) -> Bool { left.name < right.name }

  /// The name.
  public var description: String { name }
}
