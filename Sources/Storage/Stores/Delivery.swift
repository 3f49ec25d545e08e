/// Who broadcasts a stored message.
public enum Delivery: String, CaseIterable, Sendable {
  /// The hook's reply and, in the message's own transaction, a row in the outbox, under one idempotency key: Centrifugo
  /// broadcasts once, whichever comes first, and also when the sender is gone by then.
  case guaranteed
  /// The hook's reply alone: what Centrifugo does not take from it is found in history only.
  case direct
  /// A row in the outbox alone, which Centrifugo is told of: once, in the order of the room's numbers.
  case outbox

  /// Whether the message gets a row in the outbox.
  var isInOutbox: Bool { self != .direct }
}
