import Auth
import Storage
import StrictJSON

/// `chat:send`: a message by the same checks and into the same room as the publish hook's, broadcast by the outbox alone:
/// once, in the order of the room's numbers, and also when the sender is gone.
struct SendMethod: RPCMethod {
  let name = "chat:send"
  let policy: Policy
  let rules: MessageRules
  let messages: MessageStore
  let limits: HookLimits
  let alarm: PolicyAlarm

  func answer(to user: UserID, _ payload: HookRequest.Payload, by deadline: Deadline) async throws(Code) -> Answer {
    let json = try payload.object(in: .rpc)
    let match = try MatchID(argument: json["match"])
    let message = try rules.message(from: json, sender: user, match: match, others: ["match"])
    let verdict = await limits.publish(of: user, in: match, by: deadline)
    if let refusal = verdict.refusal { return refusal }
    do throws(StorageError) {
      return answer(
        to: try await messages.store(message, if: policy.guard(for: .publish), delivery: .outbox, by: deadline))
    } catch {
      return .undecided(error)
    }
  }

  /// A message that was there already is an answer like the first: nothing depends on a key's life here.
  private func answer(to outcome: MessageStore.Outcome) -> Answer {
    let decision = policy.decide(.publish, on: outcome.facts)
    switch (decision, outcome.fate) {
    case (.allow, .stored(let message)):
      return Answer(.rpc(.init(data: Self.data(message))), reason: decision.rule)
    case (.allow, .repeated(let message)), (.allow, .old(let message)):
      return Answer(.rpc(.init(data: Self.data(message))), reason: "repeated")
    case (.allow, .conflict):
      return .error(.conflict)
    case (.deny(let rule), .denied):
      return Answer(.error(Code(rule)), reason: decision.rule)
    case (.allow, .denied), (.allow, .busy), (.deny, .stored), (.deny, .repeated), (.deny, .old), (.deny, .conflict),
      (.deny, .busy):
      return alarm.differs(decision)
    }
  }

  private static func data(_ message: MessageStore.StoredMessage) -> HookReply.JSONText {
    var writer = JSONWriter(capacity: message.json.count + 16)
    writer.beginObject()
    writer.key("message")
    writer.raw(message.json)
    writer.endObject()
    return writer.bytes
  }
}
