import Auth
import Storage
import StrictJSON

/// `chat:send`: a message by the same checks and into the same room as the publish hook's, broadcast by the outbox alone:
/// once, in the order of the room's numbers, and also when the sender is gone.
struct SendMethod: RPCMethod {
  let name = Operation.send.rawValue
  let messages: MessageStore
  let limits: HookLimits
  let alarm: PolicyAlarm

  func answer(to user: UserID, _ payload: HookRequest.Payload, _ run: inout HookRun, by deadline: Deadline)
    async throws(Code) -> Answer
  {
    let json = try payload.object(in: .rpc)
    let match = try MatchID(argument: json["match"])
    run.match = match
    let message = try run.document.messages.message(from: json, sender: user, match: match, others: ["match"])
    // More than can be stored in time is told so before it is counted: whoever tries again has lost nothing of their limit.
    if let refusal = messages.refusal(in: match, by: deadline) { return .undecided(refusal) }
    if let refusal = await limits.publish(of: user, in: match, &run, by: deadline) { return refusal }
    do throws(StorageError) {
      run.start()
      defer { run.finish(\.storage) }
      let place = run.place
      let outcome = try await messages.store(
        message, if: run.policy.guard(for: .send), delivery: .outbox, by: deadline,
        orStepAside: { place?.leave() })
      return answer(to: outcome, run.decide(.send, on: outcome.facts))
    } catch {
      return .undecided(error)
    }
  }

  /// A message that was there already is an answer like the first: nothing depends on a key's life here.
  private func answer(to outcome: MessageStore.Outcome, _ decision: Decision) -> Answer {
    switch (decision.outcome, outcome.fate) {
    case (.allow, .stored(let message)):
      return Answer(.rpc(.init(data: Self.data(message))), reason: decision.word)
    case (.allow, .repeated(let message)), (.allow, .old(let message)):
      return Answer(.rpc(.init(data: Self.data(message))), reason: "repeated")
    case (.allow, .conflict):
      return .error(.conflict)
    case (.deny, .denied):
      return .denied(decision)
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
