public import Auth

extension PolicyDifference {
  /// Changes that are one sentence: the same from every seat in it.
  public struct Group: Sendable {
    /// What changes.
    public let kind: Kind
    /// The operations, in their own order.
    public fileprivate(set) var operations: [Operation]
    /// The seats; empty for everybody in good standing.
    public let seats: Set<Seat>
    /// The same in words.
    public let people: String
    /// What held, and what would with the rules in shadow.
    public let old: PolicyMatrix.Outcome
    /// What holds now, likewise.
    public let new: PolicyMatrix.Outcome
    /// What the client sees of a refusal, each once.
    public fileprivate(set) var sees: [String]
  }

  /// The changes of a kind in as few groups as can be.
  public func groups(_ kind: Kind) -> [Group] {
    struct Key: Hashable {
      let operation: Operation
      let isOfSeats: Bool
      let old: PolicyMatrix.Outcome
      let new: PolicyMatrix.Outcome
    }
    var order: [Key] = []
    var changed: [Key: [Change]] = [:]
    for change in changes where change.kind == kind {
      let key = Key(
        operation: change.situation.operation, isOfSeats: change.situation.seat != nil,
        old: PolicyMatrix.Outcome(change.old), new: PolicyMatrix.Outcome(change.new))
      if changed[key] == nil { order.append(key) }
      changed[key, default: []].append(change)
    }
    var groups: [Group] = []
    for key in order {
      let changes = changed[key] ?? []
      let seats = Set(changes.compactMap(\.situation.seat))
      let sees = changes.first.map { $0.new.isAllowed ? [] : [$0.new.clientSees] } ?? []
      if let same = groups.firstIndex(where: { $0.seats == seats && $0.old == key.old && $0.new == key.new }) {
        groups[same].operations.append(key.operation)
        groups[same].sees += sees.filter { !groups[same].sees.contains($0) }
      } else {
        let words = SeatGroup.groups(of: seats, roles: roles).map(\.words)
        groups.append(
          Group(
            kind: kind, operations: [key.operation], seats: seats,
            people: key.isOfSeats ? words.joined(separator: "; ") : "everybody in good standing", old: key.old,
            new: key.new, sees: sees))
      }
    }
    return groups
  }
}
