import StrictJSON

/// What the decision log says of a hook: who asked what, what was decided and why, and how long it took.
///
/// Fields that are empty are left out. `docs/decision-log.md` says what each is.
enum RecordLine {
  /// One JSON object, on one line, to which the log adds the chain's fields.
  static func bytes(_ record: HookRecord, at time: UTCTime) -> [UInt8] {
    var writer = JSONWriter(capacity: 512)
    writer.beginObject()
    writer.key("time")
    writer.string(time.rfc3339)
    writer.field("id", record.requestID)
    writer.field("hook", record.hook.rawValue)
    writer.field("caller", record.caller)
    writer.field("user", record.user)
    writer.field("client", record.client)
    writer.field("address", record.address)
    writer.field("channel", record.channel)
    writer.field("method", record.method)
    writer.field("match", record.match)
    writer.field("outcome", record.outcome.rawValue)
    writer.field("code", record.code?.name ?? "")
    writer.field("reason", record.reason)
    writer.field("rule", record.rule)
    writer.field("policy", record.policy)
    if !record.facts.isEmpty {
      writer.key("facts")
      writer.raw(record.facts)
    }
    if let shadow = record.shadow {
      writer.key("shadow")
      writer.beginObject()
      writer.field("outcome", shadow.outcome)
      writer.field("rule", shadow.rule)
      writer.endObject()
    }
    writer.field("limiter", record.limiter ?? "")
    writer.key("us")
    writer.beginObject()
    writer.key("all")
    writer.integer(record.durationMicroseconds)
    writer.field("token", record.stages.token)
    writer.field("limits", record.stages.limits)
    writer.field("storage", record.stages.storage)
    writer.endObject()
    writer.endObject()
    return writer.bytes
  }
}

extension JSONWriter {
  /// The longest text of a client's in a line, in bytes: what it calls itself or its channel may be a body long.
  private static var maximumBytes: Int { 256 }

  fileprivate mutating func field(_ name: StaticString, _ text: String) {
    guard !text.isEmpty else { return }
    key(name)
    let isLong = text.utf8.count > Self.maximumBytes
    let cut = isLong ? String(decoding: text.utf8.prefix(Self.maximumBytes), as: UTF8.self) + "…" : text
    if cut.isPlain { string(cut) } else { raw(Self.escaped(cut)) }
  }

  /// A text as a JSON string in which what is not seen is escaped too: whoever reads the log with `tail` is not to see another
  /// text than stands there.
  private static func escaped(_ text: String) -> [UInt8] {
    var quoted = JSONWriter(capacity: text.utf8.count + 16)
    quoted.string(text)
    var escaped: [UInt8] = []
    for scalar in String(decoding: quoted.bytes, as: UTF8.self).unicodeScalars {
      guard scalar.isUnseen else {
        escaped.append(contentsOf: Array(String(scalar).utf8))
        continue
      }
      for unit in String(scalar).utf16 {
        let digits = String(unit, radix: 16)
        escaped.append(contentsOf: Array("\\u\(String(repeating: "0", count: 4 - digits.count))\(digits)".utf8))
      }
    }
    return escaped
  }

  fileprivate mutating func field(_ name: StaticString, _ microseconds: UInt64) {
    guard microseconds > 0 else { return }
    key(name)
    integer(microseconds)
  }
}
