import CHiredis

/// One reply of Redis (RESP2), copied out of hiredis' memory.
enum RedisReply: Hashable {
  case integer(Int64)
  case text(String)
  case array([RedisReply])
  /// The first word of an error, such as `NOSCRIPT`: the rest of its text may quote what was sent.
  case error(String)
  case null

  init(_ reply: UnsafePointer<redisReply>) {
    let reply = reply.pointee
    switch reply.type {
    case REDIS_REPLY_INTEGER: self = .integer(reply.integer)
    case REDIS_REPLY_STRING, REDIS_REPLY_STATUS: self = .text(Self.text(of: reply))
    case REDIS_REPLY_ERROR:
      self = .error(Self.text(of: reply).split(separator: " ").first.map(String.init) ?? "ERR")
    case REDIS_REPLY_ARRAY:
      // hiredis' reader has limited the nesting (7 levels), so this recursion is as shallow.
      let elements = UnsafeBufferPointer(start: reply.element, count: Int(reply.elements))
      self = .array(elements.map { $0.map { RedisReply($0) } ?? .null })
    default: self = .null
    }
  }

  private static func text(of reply: redisReply) -> String {
    String(decoding: UnsafeRawBufferPointer(start: reply.str, count: Int(reply.len)), as: UTF8.self)
  }
}
