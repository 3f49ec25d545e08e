import Auth

/// What the form of the explaining page asks: of a decision that is kept, of somebody as the database has them now, or on
/// facts that are given.
struct ExplainQuestion: Sendable {
  static let keys: Set<String> = [
    "id", "from", "operation", "user", "match", "token", "issued", "role", "state", "left", "muted", "removed",
    "banned",
    "revoked",
  ]

  /// Where facts come from.
  enum Source: Sendable {
    case decision(id: String)
    case database(UserID, MatchID?, tokenID: String?, issuedAt: Int64?)
    case given(Facts, isOfOneMatch: Bool)
  }

  let operation: Operation?
  let source: Source

  /// Reads a query that is not empty.
  ///
  /// - Throws: ``Problem``, in words for whoever filled the form in.
  init(_ query: ConsoleQuery) throws(Problem) {
    if !query["id"].isEmpty {
      operation = nil
      source = .decision(id: query["id"])
      return
    }
    guard let operation = Operation(rawValue: query["operation"]) else { throw Problem("Choose an operation.") }
    self.operation = operation
    source = query["from"] == "facts" ? try Self.given(query, operation) : try Self.database(query, operation)
  }

  private static func database(_ query: ConsoleQuery, _ operation: Operation) throws(Problem) -> Source {
    let form = "1 to 64 characters A–Z a–z 0–9 . _ @ -"
    guard let user = UserID(query["user"]) else { throw Problem("User: want an id of \(form).") }
    var match: MatchID?
    if query["match"].isEmpty {
      guard operation.scope != .match else { throw Problem("\(operation.rawValue) is done in a match: name it.") }
    } else {
      guard operation.hasSeats else { throw Problem("\(operation.rawValue) is done in no match: leave it empty.") }
      guard let named = MatchID(query["match"]) else { throw Problem("Match: want an id of \(form).") }
      match = named
    }
    var issuedAt: Int64?
    if !query["issued"].isEmpty {
      guard let seconds = Int64(query["issued"]), (0...253_402_300_799).contains(seconds) else {
        throw Problem("Issued at: want Unix seconds, the token’s iat.")
      }
      issuedAt = seconds
    }
    return .database(user, match, tokenID: query["token"].isEmpty ? nil : query["token"], issuedAt: issuedAt)
  }

  private static func given(_ query: ConsoleQuery, _ operation: Operation) throws(Problem) -> Source {
    func isTicked(_ key: String) -> Bool { !query[key].isEmpty }
    guard query["role"].isEmpty || MemberRole(query["role"]) != nil else { throw Problem("Role: there is none such.") }
    guard query["state"].isEmpty || MatchState(rawValue: query["state"]) != nil else {
      throw Problem("Match: want open, closed, cancelled or none.")
    }
    let facts = Facts(
      role: MemberRole(query["role"]), match: MatchState(rawValue: query["state"]), hasLeft: isTicked("left"),
      isMuted: isTicked("muted"), isRemoved: isTicked("removed"), isBanned: isTicked("banned"),
      isTokenRevoked: isTicked("revoked"))
    return .given(
      facts.seen(by: operation),
      isOfOneMatch: operation.scope == .matches && facts.membership?.matchState != nil)
  }

  /// What is wrong with what was filled in.
  struct Problem: Error, Hashable, Sendable {
    let text: String

    init(_ text: String) { self.text = text }
  }
}
