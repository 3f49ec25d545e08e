import Auth

/// Reads the columns of `proxyhooks.facts`, which stand together in every statement's rows.
enum FactColumns {
  /// The facts in the columns from `first` on; nil where a column holds what this version does not know, which is no
  /// basis for a decision.
  static func membership(_ result: PostgresResult, row: Int, from first: Int) -> MembershipFacts? {
    let state: MatchState?
    switch result.text(row, first) {
    case .none: state = nil
    case .some(let text):
      guard let known = MatchState(rawValue: text) else { return nil }
      state = known
    }
    let role: MemberRole?
    switch result.text(row, first + 1) {
    case .none: role = nil
    case .some(let text):
      guard let known = MemberRole(text) else { return nil }
      role = known
    }
    guard let hasLeft = result.bool(row, first + 2), let isMuted = result.bool(row, first + 3),
      let isRemoved = result.bool(row, first + 4), let isBanned = result.bool(row, first + 5)
    else { return nil }
    return MembershipFacts(
      matchState: state, role: role, hasLeft: hasLeft, isMuted: isMuted, isRemoved: isRemoved, isBanned: isBanned)
  }
}
