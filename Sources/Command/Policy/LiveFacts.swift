import Auth
import Logging
import ProxyHooks
import Storage

/// What the hooks would read of a person now, by the same statements.
enum LiveFacts {
  /// - Throws: the status of what can't be read, which is said.
  static func read(
    of user: UserID, for operation: Operation, in match: MatchID?, tokenID: String?, issuedAt: Int64?,
    _ settings: ReviewSettings, names: Channel.Namespaces
  ) async throws -> Facts {
    guard let url = settings.databaseURL else {
      throw PolicyStatus.unreadable("--user needs PROXYHOOKS_DATABASE_URL; without a database use --given.")
    }
    let database = DatabaseSettings(url: url, channelNames: names)
    let deadline = Deadline.after(milliseconds: 10_000)
    var log = Logger(label: "proxyhooks") { _ in SwiftLogNoOpLogHandler() }
    log.logLevel = .critical
    do throws(StorageError) {
      var facts = Facts()
      if let match {
        let store = try MembershipStore(settings: database, log: log)
        defer { store.close() }
        try await connected({ store.status }, by: deadline)
        facts.membership = try await store.membership(of: user, in: match, by: deadline).facts
        if !operation.looksAtToken { return facts }
      }
      let store = try StandingStore(settings: database, log: log)
      defer { store.close() }
      try await connected({ store.status }, by: deadline)
      let standing = try await store.standing(of: user, tokenID: tokenID, issuedAt: issuedAt, by: deadline)
      guard operation.looksAtToken else { return Facts(person: standing.isBanned) }
      facts.standing = standing
      return facts
    } catch {
      throw PolicyStatus.unreadable("PROXYHOOKS_DATABASE_URL: \(error)")
    }
  }

  /// Waits for a lane's first connection: without one it refuses at once.
  private static func connected(_ status: () -> [LaneStatus], by deadline: Deadline) async throws(StorageError) {
    while let lane = status().first, !lane.isConnected, !deadline.hasPassed {
      if let failure = lane.failure { throw failure }
      try? await Task.sleep(for: .milliseconds(5))
    }
  }
}
