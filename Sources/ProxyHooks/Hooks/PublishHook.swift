import Auth
import Storage

/// publish: a member who may write gets their message checked, numbered, stored and broadcast.
///
/// Centrifugo calls it whether or not the client is subscribed, so it decides by itself.
struct PublishHook: Sendable {
  let policy: Policy
  let rules: MessageRules
  let messages: MessageStore
  let delivery: Delivery
  let limits: HookLimits
  let namespaces: Channel.Namespaces
  let alarm: PolicyAlarm

  func answer(_ request: HookRequest) async -> Answer {
    guard let user = UserID(request.user) else { return Answer(.error(.denied), reason: "no_user") }
    guard case .match(let match) = Channel(request.channel, in: namespaces) else {
      return Answer(.error(.denied), reason: "no_such_channel")
    }
    let message: NewMessage
    do throws(Code) {
      message = try rules.message(from: request.payload, sender: user, match: match)
    } catch {
      return .error(error)
    }
    let verdict = await limits.publish(of: user, in: match, by: request.deadline)
    if let refusal = verdict.refusal { return refusal }
    do throws(StorageError) {
      let outcome = try await messages.store(
        message, if: policy.guard(for: .publish), delivery: delivery, by: request.deadline)
      var answer = answer(to: outcome)
      answer.limiter = verdict.source
      return answer
    } catch {
      return .undecided(error, limiter: verdict.source)
    }
  }

  /// The statement acted on the guard; the decision is the policy's. Should the two ever differ, nothing is allowed.
  private func answer(to outcome: MessageStore.Outcome) -> Answer {
    let decision = policy.decide(.publish, on: outcome.facts)
    switch (decision, outcome.fate) {
    case (.allow, .stored(let message)):
      return Answer(.publish(.init(message)), reason: decision.rule)
    case (.allow, .repeated(let message)):
      return Answer(.publish(.init(message)), reason: "repeated")
    case (.allow, .old):
      // Centrifugo may have forgotten the key: an answer that is no error would be broadcast.
      return .error(.alreadyStored)
    case (.allow, .conflict):
      return .error(.conflict)
    case (.deny(let rule), .denied):
      return Answer(.error(Code(rule)), reason: decision.rule)
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
