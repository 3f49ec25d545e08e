public import Logging
public import Storage

/// Everything the hooks ask, opened and closed together.
public struct Stores: Sendable {
  let messages: MessageStore
  let memberships: MembershipStore
  let standings: StandingStore
  let history: HistoryStore
  let rooms: RoomStore
  let positions: ReadPositionStore
  let changes: ChangeStore
  let members: MembersStore
  let lastSeen: LastSeenStore
  let limiter: RateLimiter

  /// Starts the lanes, which connect by themselves and go on trying: a service starts without its servers, and refuses
  /// until they are there.
  ///
  /// - Parameter limiterMilliseconds: how long Redis may take for a decision's limits.
  public init(database: DatabaseSettings, redis: RedisAddress, limiterMilliseconds: Int = 150, log: Logger)
    throws(StorageError)
  {
    messages = try MessageStore(settings: database, log: log)
    memberships = try MembershipStore(settings: database, log: log)
    standings = try StandingStore(settings: database, log: log)
    history = try HistoryStore(settings: database, log: log)
    rooms = try RoomStore(settings: database, log: log)
    positions = try ReadPositionStore(settings: database, ringing: messages, log: log)
    changes = try ChangeStore(settings: database, ringing: messages, log: log)
    members = try MembersStore(settings: database, log: log)
    lastSeen = try LastSeenStore(settings: database, log: log)
    limiter = try RateLimiter(address: redis, milliseconds: limiterMilliseconds, limits: database.limits, log: log)
  }

  /// Every lane to PostgreSQL.
  public var databaseLanes: [LaneStatus] {
    messages.status + memberships.status + standings.status + history.status + rooms.status
      + positions.status + changes.status + members.status + lastSeen.status
  }

  /// The lane to Redis.
  public var redisLane: LaneStatus { limiter.status }

  /// Whether the last limits were counted by this instance alone.
  public var countsLocally: Bool { limiter.countsLocally }

  /// Ends the lanes once what is queued is done.
  public func close() {
    messages.close()
    memberships.close()
    standings.close()
    history.close()
    rooms.close()
    positions.close()
    changes.close()
    members.close()
    lastSeen.close()
    limiter.close()
  }
}
