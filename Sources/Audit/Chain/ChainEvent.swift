import StrictJSON

/// What the log says of itself, as a line among the decisions.
enum ChainEvent {
  /// The first line of a chain. `after` is the last line of another that this one follows, `file` the file that it is in.
  case opened(after: ChainPosition?, damaged: String?, file: String?)
  /// Another process goes on. `closed` is whether the one before had ended the log itself.
  case resumed(closed: Bool, file: String?)
  /// Half a line was found at the end of `file` and left there.
  case torn(TornLine)
  /// The first line of a further file.
  case continued(file: String?)
  /// What is before it is vouched for. `closes` is whether it is the last line that the process writes.
  case checkpoint(key: String?, signature: String?, closes: Bool)
  /// Decisions that had no room here.
  case lost(count: UInt64)
  /// A file that is no longer kept.
  case removed(OldFile)

  /// The event's name.
  var name: StaticString {
    switch self {
    case .opened: "opened"
    case .resumed: "resumed"
    case .torn: "torn"
    case .continued: "continued"
    case .checkpoint(_, _, let closes): closes ? "closed" : "checkpoint"
    case .lost: "lost"
    case .removed: "removed"
    }
  }

  /// The line's body. What may come first in what is left of a chain names the hash before it, so that it can be checked
  /// alone.
  func body(time: String, previous: String, settings: ChainedLogSettings) -> [UInt8] {
    var writer = JSONWriter(capacity: 384)
    writer.beginObject()
    writer.member("time", time)
    writer.key("event")
    writer.string("\(name)")
    switch self {
    case .opened(let after, let damaged, let file):
      writer.member("prev", previous)
      if let file { writer.member("file", file) }
      writer.describe(settings)
      if let after {
        writer.key("after")
        writer.beginObject()
        writer.member("log", after.log)
        writer.key("seq")
        writer.integer(after.seq)
        writer.member("hash", after.hash)
        writer.endObject()
      }
      if let damaged { writer.member("damaged", damaged) }
    case .resumed(let closed, let file):
      writer.member("prev", previous)
      if let file { writer.member("file", file) }
      writer.describe(settings)
      writer.key("closed")
      writer.bool(closed)
    case .torn(let line):
      writer.member("file", line.file)
      writer.key("bytes")
      writer.integer(line.bytes)
      writer.member("sha256", line.digest)
    case .continued(let file):
      writer.member("prev", previous)
      if let file { writer.member("file", file) }
    case .checkpoint(let key, let signature, _):
      writer.member("prev", previous)
      writer.key("checkpoint_seconds")
      writer.integer(settings.checkpointSeconds)
      if let key { writer.member("key", key) }
      if let signature { writer.member("signature", signature) }
    case .lost(let count):
      writer.key("count")
      writer.integer(count)
    case .removed(let old):
      writer.member("file", old.name)
      if let end = old.end {
        writer.member("of", end.log)
        writer.key("to")
        writer.integer(end.seq)
      }
    }
    writer.endObject()
    return writer.bytes
  }
}

/// The half of a line that a process left behind that ended while writing it.
public struct TornLine: Hashable, Sendable {
  /// The file's name.
  public var file: String
  /// How many bytes.
  public var bytes: Int
  /// Their SHA-256, in hexadecimal digits.
  public var digest: String
}

extension JSONWriter {
  mutating func member(_ name: StaticString, _ text: String) {
    key(name)
    string(text)
  }

  /// What a reader of the log has to know of who writes it.
  fileprivate mutating func describe(_ settings: ChainedLogSettings) {
    key("version")
    integer(1)
    member("service", settings.service)
    key("checkpoint_seconds")
    integer(settings.checkpointSeconds)
    if let signer = settings.signer { member("key", signer.keyID) }
  }
}
