import Auth
import Storage

/// publish: a member who may write gets their message checked, numbered, stored and broadcast.
///
/// Centrifugo calls it whether or not the client is subscribed, so it decides by itself.
struct PublishHook: Sendable {
  let messages: MessageStore
  let limits: HookLimits
  let alarm: PolicyAlarm

  func answer(_ request: HookRequest, _ run: inout HookRun) async -> Answer {
    guard let user = UserID(request.user) else { return Answer(.error(.denied), reason: "no_user") }
    guard case .match(let match) = Channel(request.channel, in: run.document.namespaces) else {
      return Answer(.error(.denied), reason: "no_such_channel")
    }
    let message: NewMessage
    do throws(Code) {
      message = try run.document.messages.message(from: request.payload, sender: user, match: match)
    } catch {
      return .error(error)
    }
    // More than can be stored in time is told so before it is counted: whoever tries again has lost nothing of their limit.
    if let refusal = messages.refusal(in: match, by: request.deadline) { return .undecided(refusal) }
    if let refusal = await limits.publish(of: user, in: match, &run, by: request.deadline) { return refusal }
    do throws(StorageError) {
      run.start()
      defer { run.finish(\.storage) }
      let place = run.place
      let outcome = try await messages.store(
        message, if: run.policy.guard(for: .publish), delivery: run.document.delivery, by: request.deadline,
        orStepAside: { place?.leave() })
      return answer(to: outcome, run.decide(.publish, on: outcome.facts))
    } catch {
      return .undecided(error)
    }
  }

  /// The statement acted on the guard; the decision is the policy's. Should the two ever differ, nothing is allowed.
  private func answer(to outcome: MessageStore.Outcome, _ decision: Decision) -> Answer {
    switch (decision.outcome, outcome.fate) {
    case (.allow, .stored(let message)):
      return Answer(.publish(.init(message)), reason: decision.word)
    case (.allow, .repeated(let message)):
      return Answer(.publish(.init(message)), reason: "repeated")
    case (.allow, .old):
      // Centrifugo may have forgotten the key: an answer that is no error would be broadcast.
      return .error(.alreadyStored)
    case (.allow, .conflict):
      return .error(.conflict)
    case (.deny, .denied):
      return .denied(decision)
    case (.allow, .denied), (.allow, .busy), (.deny, .stored), (.deny, .repeated), (.deny, .old),
      (.deny, .conflict), (.deny, .busy):
      return alarm.differs(decision)
    }
  }
}

extension HookReply.Publish {
  fileprivate init(_ message: MessageStore.StoredMessage) {
    self.init(data: message.json, idempotencyKey: message.idempotencyKey)
  }
}
