import StrictJSON

/// Writes one line for each hook: who asked what, what was decided and why, and how long it took.
///
/// Every hook is written, none is sampled. Fields that are empty are left out.
public struct HookLog: Sendable {
  private let output: LogOutput

  /// A log to `output`.
  public init(_ output: LogOutput) { self.output = output }

  /// Writes `record` as one JSON object.
  public func write(_ record: HookRecord) {
    output.write(line: Self.line(record, at: .now))
  }

  static func line(_ record: HookRecord, at time: UTCTime) -> [UInt8] {
    var writer = JSONWriter(capacity: 384)
    writer.beginObject()
    writer.key("time")
    writer.string(time.rfc3339)
    writer.key("level")
    writer.string("info")
    writer.key("message")
    writer.string("hook")
    writer.field("request", record.requestID)
    writer.field("hook", record.hook.rawValue)
    writer.field("user", record.user)
    writer.field("client", record.client)
    writer.field("address", record.address)
    writer.field("channel", record.channel)
    writer.field("method", record.method)
    writer.field("outcome", record.outcome.rawValue)
    writer.field("code", record.code?.name ?? "")
    writer.field("reason", record.reason)
    writer.field("limiter", record.limiter ?? "")
    writer.key("microseconds")
    writer.integer(record.durationMicroseconds)
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
    string(isLong ? String(decoding: text.utf8.prefix(Self.maximumBytes), as: UTF8.self) + "…" : text)
  }
}
