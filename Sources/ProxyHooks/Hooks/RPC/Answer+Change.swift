import Auth
import Storage
import StrictJSON

extension Answer {
  /// The answer to a change: `{"message": …}` where a message was changed or is so already, else `{}`.
  ///
  /// - Parameters:
  ///   - decision: the policy's on the facts that the statement saw.
  ///   - noMessage: the code where the room has no message that could be meant.
  static func to(
    _ outcome: ChangeStore.Outcome, deciding decision: Decision, noMessage: Code, alarm: PolicyAlarm
  ) -> Answer {
    switch (decision.outcome, outcome.fate) {
    case (.deny, .denied): .denied(decision)
    case (.deny, _), (.allow, .denied), (.allow, .busy): alarm.differs(decision)
    case (.allow, .changed(let message)): Answer(.rpc(.init(data: data(message))), reason: decision.word)
    case (.allow, .unchanged(let message)): Answer(.rpc(.init(data: data(message))), reason: "repeated")
    case (.allow, .done): Answer(.rpc(.init(data: data(nil))), reason: decision.word)
    case (.allow, .noMessage): .error(noMessage)
    case (.allow, .deleted): .error(.messageDeleted)
    case (.allow, .otherKind): .error(.otherKind)
    case (.allow, .tooLate): .error(.tooLate)
    case (.allow, .tooMany): .error(.tooManyBlocked)
    }
  }

  private static func data(_ message: [UInt8]?) -> HookReply.JSONText {
    var writer = JSONWriter(capacity: (message?.count ?? 0) + 16)
    writer.beginObject()
    if let message {
      writer.key("message")
      writer.raw(message)
    }
    writer.endObject()
    return writer.bytes
  }
}
