/// Counts a batch of events in Redis: one script call each, all of them in one pipeline.
struct LimitWorker: LaneWorker {
  private static let script = String(decoding: PackageResources.gcra_lua, as: UTF8.self)

  private let connection: RedisConnection
  private let digest: String

  init(_ address: RedisAddress, by deadline: Deadline) throws(StorageError) {
    connection = try RedisConnection(address, by: deadline)
    switch try connection.pipeline([["SCRIPT", "LOAD", Self.script]], by: deadline).first {
    case .text(let digest): self.digest = digest
    case .error(let code): throw StorageError(.refused, serverCode: code)
    default: throw StorageError(.unexpected)
    }
  }

  var descriptor: Int32 { connection.descriptor }

  /// Redis says nothing unasked for: a readable socket is a closed one, or one whose replies no longer belong.
  func isAliveWhenIdle() -> Bool { false }

  func run(_ batch: [LimitedEvent], by deadline: Deadline, onceSent: () -> Void) -> BatchResult<LimitVerdict> {
    do throws(StorageError) {
      // And not between sending and reading: here to send may wait, and nobody whose answer is known is to wait for that.
      onceSent()
      var replies = try connection.pipeline(batch.map { command("EVALSHA", digest, $0) }, by: deadline)
      // The scripts were flushed: those calls did nothing, so they are made again, with the text.
      let unknown = replies.indices.filter { replies[$0] == .error("NOSCRIPT") }
      if !unknown.isEmpty {
        let again = try connection.pipeline(unknown.map { command("EVAL", Self.script, batch[$0]) }, by: deadline)
        for (index, reply) in zip(unknown, again) { replies[index] = reply }
      }
      var verdicts: [LimitVerdict] = []
      for (event, reply) in zip(batch, replies) { verdicts.append(try verdict(on: event, reply)) }
      return .done(verdicts)
    } catch {
      // Also for a plain refusal (OOM, READONLY, BUSY, LOADING, MISCONF, MOVED …): the local limiter counts until a new
      // connection, which may lead to another server, holds.
      return .broken(error)
    }
  }

  private func command(_ name: String, _ script: String, _ event: LimitedEvent) -> [String] {
    [name, script, String(event.limits.count)] + event.keys
      + event.limits.flatMap { [String($0.rate.cost), String($0.rate.burst)] }
  }

  private func verdict(on event: LimitedEvent, _ reply: RedisReply) throws(StorageError) -> LimitVerdict {
    switch reply {
    case .array(let elements):
      guard elements.count == 4, case .integer(let place) = elements[0], case .integer(let wait) = elements[1],
        case .integer(let fullest) = elements[2], case .integer(let fullness) = elements[3],
        (0...Int64(event.limits.count)).contains(place), (0...Int64(event.limits.count)).contains(fullest)
      else { throw StorageError(.unexpected) }
      return LimitVerdict(
        reached: place == 0 ? nil : event.limits[Int(place) - 1].name, retryAfterMilliseconds: Int(clamping: wait),
        source: .redis, fullest: fullest == 0 ? nil : Int(fullest) - 1, fullness: Int(clamping: fullness))
    case .error(let code): throw StorageError(.refused, serverCode: code)
    default: throw StorageError(.unexpected)
    }
  }
}
