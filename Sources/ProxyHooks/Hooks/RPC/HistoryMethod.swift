import Auth
import Storage
import StrictJSON

/// `chat:history`: a page of a room's messages, for those who may read it.
struct HistoryMethod: RPCMethod {
  static let longestPage = 100
  static let usualPage = 50

  let name = Operation.history.rawValue
  let history: HistoryStore
  let alarm: PolicyAlarm

  func answer(to user: UserID, _ payload: HookRequest.Payload, _ run: inout HookRun, by deadline: Deadline)
    async throws(Code) -> Answer
  {
    let (match, page) = try Self.arguments(of: payload)
    run.match = match
    let outcome: HistoryStore.Outcome
    do throws(StorageError) {
      run.start()
      defer { run.finish(\.storage) }
      outcome = try await history.page(page, of: match, for: user, if: run.policy.guard(for: .history), by: deadline)
    } catch {
      return .undecided(error)
    }
    let decision = run.decide(.history, on: outcome.facts)
    switch (decision.outcome, outcome.page) {
    case (.allow, .some(let page)):
      var writer = JSONWriter(capacity: page.messages.count + page.names.count + 64)
      writer.beginObject()
      writer.key("messages")
      writer.raw(page.messages)
      writer.key("has_more")
      writer.bool(page.hasMore)
      writer.key("names")
      writer.raw(page.names)
      writer.endObject()
      return Answer(.rpc(.init(data: writer.bytes)), reason: decision.word)
    case (.deny, .none):
      return .denied(decision)
    case (.allow, .none), (.deny, .some):
      return alarm.differs(decision)
    }
  }

  private static func arguments(of payload: HookRequest.Payload) throws(Code) -> (MatchID, HistoryStore.Page) {
    let json = try payload.object(in: .rpc)
    try json.refuseKeys(otherThan: ["match", "before", "after", "limit"])
    let match = try MatchID(argument: json["match"])
    let limit = try JSON.number(json["limit"], in: 1...Int64(longestPage), else: .badLimit)
    let page = HistoryStore.Page(
      after: try JSON.number(json["after"], in: 0...Int64.max, else: .badAfter),
      before: try JSON.number(json["before"], in: 1...Int64.max, else: .badBefore),
      limit: Int(limit ?? Int64(usualPage)))
    return (match, page)
  }
}
