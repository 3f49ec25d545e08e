public import Auth

/// An operation and as what somebody in good standing asks for it: all that a policy's rules can tell apart. Everybody else
/// is refused by what holds under every policy.
public struct Situation: Hashable, Sendable {
  /// What is asked for.
  public let operation: Operation
  /// The present member's seat; nil for what is asked in no match.
  public let seat: Seat?

  /// An operation from a seat, or in no match.
  public init(_ operation: Operation, from seat: Seat?) {
    self.operation = operation
    self.seat = seat
  }

  /// Every situation there is with these roles: by operation, then by seat. An operation that lists matches is there both as
  /// the question and, from each seat, as whether a match is in the answer.
  public static func all(of roles: [MemberRole]) -> [Situation] {
    Operation.allCases.flatMap { operation in
      (operation.scope == .match ? [] : [Situation(operation, from: nil)])
        + (operation.hasSeats ? Seat.all(of: roles).map { Situation(operation, from: $0) } : [])
    }
  }

  /// What is known in it.
  public var facts: Facts { (seat.map { Facts($0) } ?? Facts(role: nil, match: nil)).seen(by: operation) }
}

extension Policy {
  /// What holds in a situation.
  public func decide(_ situation: Situation) -> Decision {
    situation.seat == nil
      ? decide(situation.operation, on: situation.facts)
      : decide(situation.operation, ofOneMatch: situation.facts)
  }
}
