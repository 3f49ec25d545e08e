/// What a set of rules says of each operation and seat, worked out once.
struct RuleTable: Hashable, Sendable {
  /// One operation's part.
  struct Entry: Hashable, Sendable {
    /// The rule that allows it from a seat; none where it is refused.
    var allowing: [Seat: RuleName] = [:]
    /// The rule that refuses it from a seat.
    var denying: [Seat: RuleName] = [:]
    /// The rule for everybody, of operations that are not asked of one match.
    var everybody: RuleName?
    /// The rule against everybody.
    var nobody: RuleName?
    /// The roles that some seat lets do it, and the pairs with a match's state.
    var roles: Set<MemberRole> = []
    var states: Set<Seat> = []
    var `guard` = Guard.nobody
  }

  private let entries: [Entry]

  /// - Parameter rules: those that are to hold, in the order of their names' precedence.
  init(rules: [PolicyRule], roles: [MemberRole]) {
    let seats = Seat.all(of: roles)
    entries = Operation.allCases.map { Self.entry(of: $0, rules: rules, seats: seats) }
  }

  subscript(operation: Operation) -> Entry {
    // In bounds: an entry was made for each operation, in this order. Were there none, nobody would pass an empty one.
    Self.places[operation].map { entries[$0] } ?? Entry()
  }

  private static let places = Dictionary(
    Operation.allCases.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })

  private static func entry(of operation: Operation, rules: [PolicyRule], seats: [Seat]) -> Entry {
    let allowing = rules.filter { $0.effect == .allow && $0.operations.contains(operation) }
    let denying = rules.filter { $0.effect == .deny && $0.operations.contains(operation) }
    var entry = Entry()
    guard operation.hasSeats else {
      entry.nobody = denying.first.map { RuleName($0.name) }
      entry.everybody = entry.nobody == nil ? allowing.first.map { RuleName($0.name) } : nil
      entry.guard = entry.everybody == nil ? .nobody : .everybody
      return entry
    }
    for seat in seats {
      if let rule = denying.first(where: { $0.covers(seat) }) {
        entry.denying[seat] = RuleName(rule.name)
      } else if let rule = allowing.first(where: { $0.covers(seat) }) {
        entry.allowing[seat] = RuleName(rule.name)
        entry.roles.insert(seat.role)
        entry.states.insert(Seat(role: seat.role, match: seat.match, isMuted: false))
      }
    }
    entry.guard = Guard(Set(entry.allowing.keys))
    // Who may see any of them gets the list of those, which may be empty.
    let named = Set(entry.allowing.values)
    entry.everybody = allowing.map { RuleName($0.name) }.first { named.contains($0) }
    entry.nobody = entry.everybody == nil ? denying.first.map { RuleName($0.name) } : nil
    return entry
  }
}
