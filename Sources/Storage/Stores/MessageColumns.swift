/// A message's columns in binary rows.
///
/// Messages are spelled here and not by `proxyhooks.message_json`, as it takes PostgreSQL four times as long to spell one as to
/// read it. They are the same to the byte; the suite "Spelling" holds that.
enum MessageColumns {
  /// How many they are.
  static let count = 10
  /// Where each is, from the first.
  static let (id, seq, sender, kind, text, latitude, longitude, sentAt, editedAt, deletedAt) = (
    0, 1, 2, 3, 4, 5, 6, 7, 8, 9
  )

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
    guard let id = result.bytes(row, first + id), let seq = result.integer(row, first + seq),
      let kind = result.bytes(row, first + kind), let sentAt = moment(result, row, first + sentAt),
      let content = content(result, row: row, from: first, kind: kind)
    else { return false }
    json.append(
      MessageText(
        id: id, seq: seq, match: match, sender: result.bytes(row, first + sender), kind: kind, content: content,
        sentAt: sentAt, editedAt: moment(result, row, first + editedAt),
        deletedAt: moment(result, row, first + deletedAt), isBlocked: isBlocked))
    return true
  }

  /// What was said; nil where SQL finds a NULL in it.
  private static func content(_ result: PostgresResult, row: Int, from first: Int, kind: UnsafeRawBufferPointer)
    -> MessageText.Content?
  {
    if result.bytes(row, first + deletedAt) != nil { return MessageText.Content.none }
    if kind.elementsEqual("text".utf8) { return result.bytes(row, first + text).map { .text($0) } }
    guard let latitude = result.bytes(row, first + latitude), let longitude = result.bytes(row, first + longitude)
    else {
      return nil
    }
    return .place(latitude: latitude, longitude: longitude)
  }

  private static func moment(_ result: PostgresResult, _ row: Int, _ column: Int) -> Int64? {
    result.integer(row, column).flatMap { ReplyText.isMoment($0) ? $0 : nil }
  }
}
