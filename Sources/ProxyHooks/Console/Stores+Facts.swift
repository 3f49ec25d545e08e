import Auth
import Storage

extension Stores {
  /// What the hook of `operation` would read of a person now, by the same statements.
  func facts(
    of user: UserID, for operation: Operation, in match: MatchID?, tokenID: String?, issuedAt: Int64?,
    by deadline: Deadline
  ) async throws(StorageError) -> Facts {
    var facts = Facts()
    if let match {
      facts.membership = try await memberships.membership(of: user, in: match, by: deadline).facts
      if !operation.looksAtToken { return facts }
    }
    let standing = try await standings.standing(of: user, tokenID: tokenID, issuedAt: issuedAt, by: deadline)
    guard operation.looksAtToken else { return Facts(person: standing.isBanned) }
    facts.standing = standing
    return facts
  }
}
