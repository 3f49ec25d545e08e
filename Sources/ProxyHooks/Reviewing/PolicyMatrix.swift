public import Auth

/// Who may do what by a policy: every decision there is, alike ones together.
public struct PolicyMatrix: Sendable {
  /// Somebody who is no present member, or whose token is no good. The words are what the table says.
  public enum Stranger: String, CaseIterable, Sendable {
    case member = "in good standing"
    case never = "never a member"
    case noMatch = "no such match"
    case left = "left the match"
    case removed = "removed from the match"
    case tokenRevoked = "token revoked"
    case banned = "banned from the service"
  }

  /// Present members from seats that are alike in everything.
  public struct SeatColumn: Sendable {
    /// The seats, in as few groups as can be.
    public let groups: [SeatGroup]
    /// What holds for each of ``PolicyMatrix/seatOperations``.
    public let decisions: [Decision]
  }

  /// Operations that are alike for everybody who is no present member.
  public struct StrangerColumn: Sendable {
    /// The operations.
    public let operations: [Operation]
    /// What holds for each of ``Stranger``; nil where it is a matter of the seat.
    public let outcomes: [Outcome?]
    /// The decisions for the first of the operations, likewise.
    let decisions: [Decision?]
  }

  /// What holds, and what would with the rules in shadow.
  public struct Outcome: Hashable, Sendable {
    /// What holds.
    public let outcome: Decision.Outcome
    /// What would hold if the rules in shadow were enforced; nil where it is the same in outcome.
    public let shadow: Decision.Outcome?

    init(_ decision: Decision) {
      outcome = decision.outcome
      shadow = decision.shadow
    }
  }

  /// The operations that are a matter of seats: those in a match, and those that list matches.
  public let seatOperations = Operation.allCases.filter(\.hasSeats)
  /// The columns of present members.
  public let seats: [SeatColumn]
  /// The columns of everybody else.
  public let strangers: [StrangerColumn]

  /// The matrix of `policy`.
  public init(_ policy: Policy) {
    let operations = seatOperations
    var columns: [(seats: Set<Seat>, decisions: [Decision])] = []
    for seat in Seat.all(of: policy.roles) {
      let decisions = operations.map { policy.decide(Situation($0, from: seat)) }
      let known = columns.firstIndex { $0.decisions.map(Outcome.init) == decisions.map(Outcome.init) }
      if let known {
        columns[known].seats.insert(seat)
      } else {
        columns.append(([seat], decisions))
      }
    }
    seats = columns.map {
      SeatColumn(groups: SeatGroup.groups(of: $0.seats, roles: policy.roles), decisions: $0.decisions)
    }
    var others: [(operations: [Operation], outcomes: [Outcome?], decisions: [Decision?])] = []
    for operation in Operation.allCases {
      let decisions = Stranger.allCases.map { stranger in
        stranger.facts(in: policy, for: operation).map { policy.decide(operation, on: $0) }
      }
      let outcomes = decisions.map { $0.map(Outcome.init) }
      if let known = others.firstIndex(where: { $0.outcomes == outcomes }) {
        others[known].operations.append(operation)
      } else {
        others.append(([operation], outcomes, decisions))
      }
    }
    strangers = others.map {
      StrangerColumn(operations: $0.operations, outcomes: $0.outcomes, decisions: $0.decisions)
    }
  }
}

extension PolicyMatrix.Stranger {
  /// Why such a person is refused under every policy; nil where only rules refuse.
  var reason: Decision.Reason? {
    switch self {
    case .member: nil
    case .never: .notAMember
    case .noMatch: .noSuchMatch
    case .left: .leftTheMatch
    case .removed: .removedFromMatch
    case .tokenRevoked: .tokenRevoked
    case .banned: .bannedFromService
    }
  }

  /// What the hook of `operation` would read of such a person; nil where what it decides is a matter of their seat.
  func facts(in policy: Policy, for operation: Operation) -> Facts? {
    let role = policy.roles.first
    let facts: Facts
    switch self {
    case .member: facts = Facts(role: role, match: .open)
    case .never: facts = Facts(role: nil, match: .open)
    case .noMatch: facts = Facts(role: nil, match: nil)
    case .left: facts = Facts(role: role, match: .open, hasLeft: true)
    case .removed: facts = Facts(role: role, match: .open, isRemoved: true)
    case .tokenRevoked: facts = Facts(role: role, match: .open, isTokenRevoked: true)
    case .banned: facts = Facts(role: role, match: .open, isBanned: true)
    }
    let isOfSeat = self == .member || self == .tokenRevoked && !operation.looksAtToken
    return isOfSeat && operation.scope == .match ? nil : facts.seen(by: operation)
  }
}
