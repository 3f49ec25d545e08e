import CHiredis

/// One connection to Redis: hiredis reads the replies, over a socket whose waits are bounded.
///
/// hiredis' own sockets are not used: their time-outs start anew with every byte. After any error the connection must be
/// dropped, since a late reply would answer the next request. Belongs to one thread; not `Sendable`.
final class RedisConnection {
  private let socket: RedisSocket
  private let reader: UnsafeMutablePointer<redisReader>
  private let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 16_384, alignment: 16)

  /// Connects and, as the address says, authenticates and selects the database.
  init(_ address: RedisAddress, by deadline: Deadline) throws(StorageError) {
    socket = try RedisSocket(address.endpoint, by: deadline)
    guard let reader = redisReaderCreate() else { throw StorageError(.unavailable) }
    self.reader = reader
    var commands: [[String]] = []
    if let password = address.password { commands.append(["AUTH"] + (address.user.map { [$0] } ?? []) + [password]) }
    if address.database != 0 { commands.append(["SELECT", String(address.database)]) }
    for reply in try pipeline(commands, by: deadline) {
      if case .error(let code) = reply { throw StorageError(.refused, serverCode: code) }
    }
  }

  deinit {
    redisReaderFree(reader)
    buffer.deallocate()
  }

  var descriptor: Int32 { socket.descriptor }

  /// Sends all commands, then reads a reply for each, in their order.
  func pipeline(_ commands: [[String]], by deadline: Deadline) throws(StorageError) -> [RedisReply] {
    guard !commands.isEmpty else { return [] }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(commands.count * 256)
    for command in commands { Self.append(command, to: &bytes) }
    try socket.send(bytes, by: deadline)
    var replies: [RedisReply] = []
    replies.reserveCapacity(commands.count)
    while replies.count < commands.count { replies.append(try nextReply(by: deadline)) }
    return replies
  }

  /// By argument and length (Redis serialization protocol, "Sending commands"), so no argument can be taken for two or for
  /// another command.
  private static func append(_ command: [String], to bytes: inout [UInt8]) {
    append(UInt8(ascii: "*"), command.count, to: &bytes)
    for argument in command {
      append(UInt8(ascii: "$"), argument.utf8.count, to: &bytes)
      bytes.append(contentsOf: argument.utf8)
      bytes.append(contentsOf: "\r\n".utf8)
    }
  }

  private static func append(_ type: UInt8, _ count: Int, to bytes: inout [UInt8]) {
    bytes.append(type)
    bytes.append(contentsOf: String(count).utf8)
    bytes.append(contentsOf: "\r\n".utf8)
  }

  private func nextReply(by deadline: Deadline) throws(StorageError) -> RedisReply {
    while true {
      var reply: UnsafeMutableRawPointer?
      guard redisReaderGetReply(reader, &reply) == REDIS_OK else { throw StorageError(.unexpected) }
      if let reply {
        defer { freeReplyObject(reply) }
        return RedisReply(UnsafePointer(reply.assumingMemoryBound(to: redisReply.self)))
      }
      let count = try socket.receive(into: buffer, by: deadline)
      guard redisReaderFeed(reader, buffer.baseAddress, count) == REDIS_OK else { throw StorageError(.unexpected) }
    }
  }
}
