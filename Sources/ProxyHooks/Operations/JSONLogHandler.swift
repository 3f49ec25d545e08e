public import Logging
import StrictJSON

/// Writes swift-log's events as one JSON object a line: `time` (RFC 3339, UTC, milliseconds), `level`, `logger`,
/// `message`, then the metadata's keys, nested ones joined by dots.
///
/// Every text goes through the JSON writer, so no value, whatever a client put into it, begins a line of its own.
public struct JSONLogHandler: LogHandler {
  /// The least that is written.
  public var logLevel: Logger.Level
  /// What stands in every line of this logger.
  public var metadata = Logger.Metadata()
  /// What the task adds; it stands behind a line's own metadata of the same name, and before the logger's.
  public var metadataProvider: Logger.MetadataProvider?
  private let label: String
  private let output: LogOutput

  /// A handler for the logger `label` that writes to `output`.
  public init(label: String, output: LogOutput, level: Logger.Level = .info) {
    self.label = label
    self.output = output
    logLevel = level
  }

  /// One piece of ``metadata``.
  public subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  /// Writes `event` as a line; a critical one is waited for, as it may be the last.
  public func log(event: LogEvent) {
    output.write(line: line(event, at: .now))
    if event.level == .critical { output.flush() }
  }

  func line(_ event: LogEvent, at time: UTCTime) -> [UInt8] {
    var writer = JSONWriter(capacity: 256)
    writer.beginObject()
    writer.key("time")
    writer.string(time.rfc3339)
    writer.key("level")
    writer.string(event.level.rawValue)
    writer.key("logger")
    writer.string(label)
    writer.key("message")
    writer.string(event.message.description)
    var all = metadata
    if let provided = metadataProvider?.get() { all.merge(provided) { $1 } }
    if let own = event.metadata { all.merge(own) { $1 } }
    var fields: [String: String] = [:]
    for (key, value) in all { Self.flatten(value, named: key, into: &fields, depth: 0) }
    for (key, text) in fields.sorted(by: { $0.key < $1.key }) {
      writer.key(key)
      writer.string(text)
    }
    writer.endObject()
    return writer.bytes
  }

  /// The names of the line's own fields: metadata of the same name gets a trailing underscore, so that no line has a
  /// key twice.
  private static let reserved: Set = ["time", "level", "logger", "message"]
  private static let maximumDepth = 8

  private static func flatten(
    _ value: Logger.MetadataValue, named name: String, into fields: inout [String: String], depth: Int
  ) {
    if depth < maximumDepth {
      switch value {
      case .dictionary(let members):
        for (key, value) in members { flatten(value, named: "\(name).\(key)", into: &fields, depth: depth + 1) }
        return
      case .array(let elements):
        for (index, value) in elements.enumerated() {
          flatten(value, named: "\(name).\(index)", into: &fields, depth: depth + 1)
        }
        return
      case .string, .stringConvertible: break
      }
    }
    fields[reserved.contains(name) ? name + "_" : name] = value.description
  }
}
