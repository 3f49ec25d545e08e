/// A message as everybody gets it, in parts that lie in somebody's memory: for spelling it at once.
struct MessageText {
  /// What it says; a tombstone has none.
  enum Content {
    case none
    case text(UnsafeRawBufferPointer)
    /// Degrees as PostgreSQL spells them.
    case place(latitude: UnsafeRawBufferPointer, longitude: UnsafeRawBufferPointer)
  }

  /// The id's 16 bytes.
  let id: UnsafeRawBufferPointer
  let seq: Int64
  /// The id of its match; it needs no escape.
  let match: UnsafeRawBufferPointer
  /// It needs no escape; nil where the person was erased.
  let sender: UnsafeRawBufferPointer?
  let kind: UnsafeRawBufferPointer
  let content: Content
  /// This and the others in microseconds since the start of 2000 in UTC.
  let sentAt: Int64
  var editedAt: Int64?
  var deletedAt: Int64?
  /// Whether the reader has blocked its sender.
  var isBlocked = false
}

extension ReplyText {
  /// Spells it as `proxyhooks.message_json` does, to the byte. Uses its memory during the call alone.
  mutating func append(_ message: MessageText) {
    append(#"{"id":""#)
    append(uuid: message.id)
    append(#"","seq":"#)
    append(message.seq)
    append(#","match":""#)
    append(message.match)
    if let sender = message.sender {
      append(#"","sender":""#)
      append(sender)
      append(#"","kind":""#)
    } else {
      append(#"","sender":null,"kind":""#)
    }
    append(message.kind)
    append(#"","#)
    switch message.content {
    case .none: break
    case .text(let text):
      append(#""text":"#)
      append(quoting: text)
      append(",")
    case .place(let latitude, let longitude):
      append(#""lat":"#)
      append(latitude)
      append(#","lon":"#)
      append(longitude)
      append(",")
    }
    append(#""sent_at":"#)
    append(moment: message.sentAt)
    if let deletedAt = message.deletedAt {
      append(#","deleted_at":"#)
      append(moment: deletedAt)
    } else if let editedAt = message.editedAt {
      append(#","edited_at":"#)
      append(moment: editedAt)
    }
    append(message.isBlocked ? #","blocked":true}"# : "}")
  }
}
