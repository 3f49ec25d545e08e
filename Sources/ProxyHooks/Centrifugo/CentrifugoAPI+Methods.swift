public import Storage
import StrictJSON

// The methods, with the names, arguments and results of Centrifugo 6.9's HTTP API. Channels are whole names.
extension CentrifugoAPI {
  /// Broadcasts `data` in a channel.
  ///
  /// - Parameters:
  ///   - data: JSON text, sent on as it is.
  ///   - idempotencyKey: makes it one broadcast however often it is called in five minutes. Without one a call whose
  ///     outcome is not known is not made again.
  ///   - skipHistory: whether it is for those alone who listen now.
  public func publish(
    _ data: [UInt8], in channel: String, idempotencyKey: String? = nil, skipHistory: Bool = false, by deadline: Deadline
  ) async throws(CentrifugoAPIError) {
    _ = try await call("publish", idempotencyKey == nil ? .never : .safe, by: deadline) { writer in
      writer.key("channel")
      writer.string(channel)
      writer.publication(data, idempotencyKey, skipHistory)
    }
  }

  /// Broadcasts `data` in several channels; the parameters are those of ``publish(_:in:idempotencyKey:skipHistory:by:)``.
  ///
  /// - Returns: the channels in which it failed, each with Centrifugo's code.
  public func broadcast(
    _ data: [UInt8], in channels: [String], idempotencyKey: String? = nil, skipHistory: Bool = false,
    by deadline: Deadline
  ) async throws(CentrifugoAPIError) -> [String: Int64] {
    let result = try await call("broadcast", idempotencyKey == nil ? .never : .safe, by: deadline) { writer in
      writer.key("channels")
      writer.beginArray()
      for channel in channels { writer.string(channel) }
      writer.endArray()
      writer.publication(data, idempotencyKey, skipHistory)
    }
    guard let replies = result["responses"]?.elements.map({ Array($0) }), replies.count == channels.count else {
      throw .notUnderstood
    }
    var failures: [String: Int64] = [:]
    for (channel, reply) in zip(channels, replies) {
      if let error = reply["error"] { failures[channel] = error["code"]?.integer ?? 0 }
    }
    return failures
  }

  /// Subscribes every connection of a user's to a channel. No subscribe hook is asked.
  public func subscribe(_ user: String, to channel: String, by deadline: Deadline) async throws(CentrifugoAPIError) {
    _ = try await call("subscribe", .safe, by: deadline) { writer in writer.pair(user, channel) }
  }

  /// Ends a user's subscriptions to a channel on every connection.
  public func unsubscribe(_ user: String, from channel: String, by deadline: Deadline) async throws(CentrifugoAPIError)
  {
    _ = try await call("unsubscribe", .safe, by: deadline) { writer in writer.pair(user, channel) }
  }

  /// Ends all of a user's connections. Not made again where its outcome is not known: whoever has come back meanwhile
  /// would be sent away once more.
  public func disconnect(_ user: String, code: UInt32, reason: String, by deadline: Deadline)
    async throws(CentrifugoAPIError)
  {
    _ = try await call("disconnect", .never, by: deadline) { writer in
      writer.key("user")
      writer.string(user)
      writer.key("disconnect")
      writer.beginObject()
      writer.key("code")
      writer.integer(code)
      writer.key("reason")
      writer.string(reason)
      writer.endObject()
    }
  }

  /// The users who are subscribed to a channel, with the number of connections of each.
  public func presence(in channel: String, by deadline: Deadline) async throws(CentrifugoAPIError) -> [String: Int] {
    let result = try await call("presence", .safe, by: deadline) { writer in writer.channel(channel) }
    guard let presence = result["presence"] else { throw .notUnderstood }
    guard !presence.isNull else { return [:] }
    guard let clients = presence.members else { throw .notUnderstood }
    var users: [String: Int] = [:]
    for client in clients { users[client.value["user"]?.string ?? "", default: 0] += 1 }
    return users
  }

  /// How many connections and users are subscribed to a channel.
  public func presenceStats(in channel: String, by deadline: Deadline) async throws(CentrifugoAPIError) -> (
    connections: Int64, users: Int64
  ) {
    let result = try await call("presence_stats", .safe, by: deadline) { writer in writer.channel(channel) }
    guard let connections = result["num_clients"]?.integer, let users = result["num_users"]?.integer else {
      throw .notUnderstood
    }
    return (connections, users)
  }

  /// The last publications of Centrifugo's own history of a channel, at most `limit`, oldest first, as JSON text.
  public func history(of channel: String, limit: Int, by deadline: Deadline) async throws(CentrifugoAPIError)
    -> [[UInt8]]
  {
    let result = try await call("history", .safe, by: deadline) { writer in
      writer.channel(channel)
      writer.key("limit")
      writer.integer(limit)
      writer.key("reverse")
      writer.bool(true)
    }
    guard let publications = result["publications"] else { throw .notUnderstood }
    guard !publications.isNull else { return [] }
    guard let publications = publications.elements else { throw .notUnderstood }
    return publications.reversed().compactMap { $0["data"].map { Array($0.rawBytes) } }
  }

  /// The nodes that are up: each one's name and its number of connections.
  public func info(by deadline: Deadline) async throws(CentrifugoAPIError) -> [(name: String, connections: Int64)] {
    let result = try await call("info", .safe, by: deadline) { _ in }
    guard let nodes = result["nodes"]?.elements else { throw .notUnderstood }
    return nodes.map { ($0["name"]?.string ?? "", $0["num_clients"]?.integer ?? 0) }
  }
}

extension JSONWriter {
  fileprivate mutating func channel(_ channel: String) {
    key("channel")
    string(channel)
  }

  fileprivate mutating func pair(_ user: String, _ channel: String) {
    key("user")
    string(user)
    self.channel(channel)
  }

  fileprivate mutating func publication(_ data: [UInt8], _ idempotencyKey: String?, _ skipHistory: Bool) {
    key("data")
    raw(data)
    if let idempotencyKey {
      key("idempotency_key")
      string(idempotencyKey)
    }
    if skipHistory {
      key("skip_history")
      bool(true)
    }
  }
}
