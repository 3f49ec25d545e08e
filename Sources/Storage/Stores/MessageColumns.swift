/// A message's columns in binary rows, and the message as JSON.
///
/// `proxyhooks.message_json` spells messages for the hook's reply and the outbox, this one for pages and the list of rooms, as it
/// takes PostgreSQL four times as long to spell a page as to read it. They are the same to the byte; the suite "Spelling" holds
/// that.
enum MessageColumns {
  /// How many they are.
  static let count = 10

  /// The columns of the row `alias` of `proxyhooks.message`. Doubles are spelled by the server: in text there is one spelling.
  static func list(of alias: String) -> String {
    [
      "id", "seq", "sender", "kind", "text", "lat::text as lat", "lon::text as lon", "sent_at", "edited_at",
      "deleted_at",
    ]
    .map { "\(alias).\($0)" }.joined(separator: ", ")
  }

  /// Writes the message of a row whose columns begin with `first`. False, and nothing is written, where the row has none, or
  /// one that SQL spells as NULL.
  ///
  /// - Parameters:
  ///   - match: the id of its match; it needs no escape.
  ///   - isBlocked: whether the reader has blocked its sender.
  static func write(
    _ result: PostgresResult, row: Int, from first: Int, of match: UnsafeRawBufferPointer, isBlocked: Bool,
    to json: inout ReplyText
  ) -> Bool {
    guard let id = result.bytes(row, first), let seq = result.integer(row, first + 1),
      let kind = result.bytes(row, first + 3), let sentAt = result.integer(row, first + 7), ReplyText.isMoment(sentAt),
      let content = content(result, row: row, from: first, kind: kind)
    else { return false }
    json.append(#"{"id":""#)
    json.append(uuid: id)
    json.append(#"","seq":"#)
    json.append(seq)
    json.append(#","match":""#)
    json.append(match)
    if let sender = result.bytes(row, first + 2) {
      json.append(#"","sender":""#)
      json.append(sender)
      json.append(#"","kind":""#)
    } else {
      json.append(#"","sender":null,"kind":""#)
    }
    json.append(kind)
    json.append(#"","#)
    switch content {
    case .none: break
    case .text(let text):
      json.append(#""text":"#)
      json.append(quoting: text)
      json.append(",")
    case .place(let lat, let lon):
      json.append(#""lat":"#)
      json.append(lat)
      json.append(#","lon":"#)
      json.append(lon)
      json.append(",")
    }
    json.append(#""sent_at":"#)
    json.append(moment: sentAt)
    if let deletedAt = moment(result, row, first + 9) {
      json.append(#","deleted_at":"#)
      json.append(moment: deletedAt)
    } else if let editedAt = moment(result, row, first + 8) {
      json.append(#","edited_at":"#)
      json.append(moment: editedAt)
    }
    json.append(isBlocked ? #","blocked":true}"# : "}")
    return true
  }

  private enum Content {
    case none
    case text(UnsafeRawBufferPointer)
    case place(UnsafeRawBufferPointer, UnsafeRawBufferPointer)
  }

  /// What was said; nil where SQL finds a NULL in it.
  private static func content(_ result: PostgresResult, row: Int, from first: Int, kind: UnsafeRawBufferPointer)
    -> Content?
  {
    if result.bytes(row, first + 9) != nil { return Content.none }
    if kind.elementsEqual("text".utf8) { return result.bytes(row, first + 4).map { .text($0) } }
    guard let lat = result.bytes(row, first + 5), let lon = result.bytes(row, first + 6) else { return nil }
    return .place(lat, lon)
  }

  private static func moment(_ result: PostgresResult, _ row: Int, _ column: Int) -> Int64? {
    result.integer(row, column).flatMap { ReplyText.isMoment($0) ? $0 : nil }
  }
}
