import Auth
import Storage

/// A hook's reply with what the log says of it and the client does not learn.
struct Answer: Sendable {
  var reply: HookReply
  /// The rule, the token's fault, the limit or the storage failure that made it so: a fixed word, no client's text.
  var reason: String
  /// The user, where the hook found it out itself.
  var user: String?
  /// Whether it refuses for want of a decision and not by one.
  var isUndecided = false

  init(_ reply: HookReply, reason: String, user: String? = nil) {
    self.reply = reply
    self.reason = reason
    self.user = user
  }

  /// A refusal by the policy.
  static func denied(_ decision: Decision) -> Answer {
    var answer = Answer(.error(Code(decision.reason)), reason: decision.word)
    answer.isUndecided = decision.reason == .factsMissing
    return answer
  }

  /// An error whose code says it all.
  static func error(_ code: Code) -> Answer { Answer(.error(code), reason: code.name) }

  /// Storage did not answer: not decided, so refused, for now.
  static func undecided(_ failure: StorageError) -> Answer {
    var answer = Answer(.error(.unavailable), reason: failure.description)
    answer.isUndecided = true
    return answer
  }

  /// Nor did Centrifugo.
  static func undecided(_ failure: CentrifugoAPIError) -> Answer {
    var answer = Answer(.error(.unavailable), reason: failure.description)
    answer.isUndecided = true
    return answer
  }

  /// The same for refresh and sub_refresh, for which only the end is a refusal.
  static func undecidedRefresh(_ failure: StorageError) -> Answer {
    var answer = expired(failure.description)
    answer.isUndecided = true
    return answer
  }

  /// The token's key could not be had: not decided, so refused, for now.
  static func undecided(_ doubt: TokenVerdict.Doubt) -> Answer {
    var answer = Answer(.error(.unavailable), reason: doubt.rawValue)
    answer.isUndecided = true
    return answer
  }

  /// As many are being decided as may be at once.
  static var crowded: Answer {
    var answer = Answer(.error(.unavailable), reason: "too_many_at_once")
    answer.isUndecided = true
    return answer
  }

  /// The decision could not be written down.
  static func unrecorded(_ kind: HookKind) -> Answer {
    let reason = "decision_log_full"
    var answer =
      kind == .refresh || kind == .subRefresh ? expired(reason) : Answer(.error(.unavailable), reason: reason)
    answer.isUndecided = true
    return answer
  }

  /// A refresh that can't be granted ends, since Centrifugo takes anything but a clear answer as leave to go on.
  static func expired(_ reason: String) -> Answer { Answer(.refresh(.expired), reason: reason) }
}
