/// One of the service's answers that is not an allowance: a number, a fixed text, and whether trying again helps.
///
/// The whole of what a client learns; details go to the log. `docs/codes.md` is made from ``all``.
public struct Code: Error, Hashable, Sendable {
  /// How it reaches the client.
  public enum Form: String, Sendable {
    /// An error reply, 400–1999 (Centrifugo's range for a backend's own).
    case error
    /// An end of the connection after which the SDK connects again, 4000–4499.
    case reconnect
    /// An end of the connection for good, 4500–4999.
    case terminal
  }

  /// The number.
  public let number: UInt32
  /// What names it in logs, metrics and the table: lower case and underscores.
  public let name: String
  /// The text the client gets; at most 32 ASCII bytes, which is what a close frame's reason may have in Centrifugo.
  public let text: String
  /// Error or disconnect.
  public let form: Form
  /// Whether the same request can succeed later without anything being changed: outages and limits, never a denial.
  public let isTemporary: Bool
  /// When it is given, for the table.
  public let meaning: String

  private init(
    _ number: UInt32, _ name: String, _ text: String, form: Form = .error, temporary: Bool = false, _ meaning: String
  ) {
    self.number = number
    self.name = name
    self.text = text
    self.form = form
    self.isTemporary = temporary
    self.meaning = meaning
  }
}

// The request as a whole. The numbers follow HTTP's where HTTP has one that means the same.
extension Code {
  static let badRequest = Code(
    400, "bad_request", "bad request",
    "The payload is missing, is no strict JSON, is no object, or a field of Centrifugo's own is not what it must be.")
  static let denied = Code(
    403, "denied", "permission denied",
    "Not a member, no such match, no such channel: the answer does not tell which.")
  static let unknownMethod = Code(404, "unknown_method", "unknown method", "The rpc method does not exist.")
  static let conflict = Code(
    409, "conflict", "id was used for another message", "The room has a message of this id with another content.")
  static let tooLarge = Code(413, "too_large", "request too large", "The request is over the size limit.")
  static let unknownField = Code(422, "unknown_field", "unknown field", "The payload has a key of no meaning.")
  static let tooManyRequests = Code(
    429, "too_many_requests", "too many requests", temporary: true, "A rate limit was reached; nothing was done.")
  static let unavailable = Code(
    503, "unavailable", "service unavailable", temporary: true,
    "The service could not decide. A message may or may not be stored: send it again with the same id.")
}

// A state that only a member learns of.
extension Code {
  static let muted = Code(450, "muted", "muted in this match", "The member may read but not write.")
  static let matchClosed = Code(
    451, "match_closed", "match is closed", "The match was closed or cancelled; its members may still read history.")
}

// What became of a message before.
extension Code {
  static let alreadyStored = Code(
    452, "already_stored", "already stored",
    "The room has this very message, from more than four minutes ago or edited or deleted since, and it is not broadcast again: take it as sent; `chat:history` has it."
  )
}

// What can't be done with a message, a position or a list as it is.
extension Code {
  static let notYourMessage = Code(
    453, "not_your_message", "not your message",
    "The room has no message of the caller's with this id: the answer does not tell whether it has another's.")
  static let noSuchMessage = Code(454, "no_such_message", "no such message", "The room has no message of this id.")
  static let messageDeleted = Code(
    455, "message_deleted", "message was deleted", "The message is a tombstone, which can't be edited.")
  static let tooLate = Code(
    456, "too_late", "too late to change", "The message is older than the service lets it be edited or deleted.")
  static let otherKind = Code(
    457, "other_kind", "content of another kind", "A text can't be edited into a place, nor a place into a text.")
  static let beyondLast = Code(
    458, "beyond_last", "beyond the last message", "The room has no message of this number yet.")
  static let tooManyBlocked = Code(
    459, "too_many_blocked", "too many blocked", "As many people are blocked as may be: 1000.")
}

// The fields of a message and of an rpc's payload, one code each.
extension Code {
  static let badID = Code(
    1001, "bad_id", "id: want a UUID", "`id` is missing or no UUID in its 36-character form.")
  static let badKind = Code(1002, "bad_kind", "kind: want text or location", "`kind` is missing or unknown.")
  static let badText = Code(
    1003, "bad_text", "text: missing or not allowed",
    "`text` is missing, no string, empty or blank, or has a control character other than tab and line feed.")
  static let textTooLong = Code(1004, "text_too_long", "text: too long", "`text` is over the length limit.")
  static let badLatitude = Code(
    1005, "bad_lat", "lat: want -90 to 90", "`lat` is missing, no number, or out of range.")
  static let badLongitude = Code(
    1006, "bad_lon", "lon: want -180 to 180", "`lon` is missing, no number, or out of range.")
  static let badMatch = Code(1011, "bad_match", "match: want a match id", "`match` is missing or no id.")
  static let badBefore = Code(
    1012, "bad_before", "before: malformed",
    "`before` is no whole number from 1, or for `chat:rooms` not what the page before gave.")
  static let badAfter = Code(
    1013, "bad_after", "after: want a number from 0", "`after` is no whole number from 0.")
  static let badLimit = Code(
    1014, "bad_limit", "limit: out of range", "`limit` is no whole number from 1 to 100, of `chat:rooms` to 200.")
  static let badSeq = Code(
    1015, "bad_seq", "seq: want a number from 0", "`seq` is missing or no whole number from 0.")
  static let badReason = Code(
    1016, "bad_reason", "reason: unknown", "`reason` is missing or none of `spam`, `abuse`, `danger`, `other`.")
  static let badUser = Code(1017, "bad_user", "user: want a user id", "`user` is missing or no id.")
  static let oneself = Code(1018, "oneself", "user: not oneself", "`user` is the caller.")
}

// Ends of a connection.
extension Code {
  static let tokenExpired = Code(
    4001, "token_expired", "token expired", form: .reconnect,
    "The token was good and its time is over: fetch a new one and connect again.")
  static let tokenInvalid = Code(
    4501, "token_invalid", "token invalid", form: .terminal,
    "The token is forged, malformed, not meant for this service or revoked; the log says why.")
  static let tokenMissing = Code(
    4502, "token_missing", "token missing", form: .terminal, "No token came with the connect.")
  static let banned = Code(4503, "banned", "banned", form: .terminal, "The user is banned from the service.")
}

extension Code {
  /// Every code there is, in order of its number.
  public static let all: [Code] = [
    badRequest, denied, unknownMethod, conflict, tooLarge, unknownField, tooManyRequests, muted, matchClosed,
    alreadyStored, notYourMessage, noSuchMessage, messageDeleted, tooLate, otherKind, beyondLast, tooManyBlocked,
    unavailable,
    badID, badKind, badText, textTooLong, badLatitude, badLongitude, badMatch, badBefore, badAfter, badLimit,
    badSeq, badReason, badUser, oneself,
    tokenExpired, tokenInvalid, tokenMissing, banned,
  ]
}
