public import Auth
import CLibPQ
import Logging

/// How the service reaches PostgreSQL.
public struct DatabaseSettings: Sendable {
  /// A libpq connection string or URI.
  public var url: String
  /// Connections for storing messages.
  public var messageLanes: Int
  /// Connections for each kind of decision that stores nothing.
  public var decisionLanes: Int
  /// Connections for each kind of page, apart from the decisions', so that a slow page never stands before one.
  public var readingLanes: Int
  /// After how many milliseconds the server gives up a statement; below the hooks' deadline.
  public var statementMilliseconds: Int
  /// The lanes' bounds.
  public var limits: LaneLimits
  /// The channels' namespaces, which the database must have been told too.
  public var channelNames: Channel.Namespaces

  /// The server at `url`, with what suits one instance unless said otherwise.
  public init(
    url: String, messageLanes: Int = 1, decisionLanes: Int = 1, readingLanes: Int = 1, statementMilliseconds: Int = 600,
    limits: LaneLimits = LaneLimits(), channelNames: Channel.Namespaces = .standard
  ) {
    self.url = url
    self.messageLanes = messageLanes
    self.decisionLanes = decisionLanes
    self.readingLanes = readingLanes
    self.statementMilliseconds = statementMilliseconds
    self.limits = limits
    self.channelNames = channelNames
  }

  /// Whether `text` is a connection string or URI that libpq can read; says nothing of the server.
  public static func isConnectionString(_ text: String) -> Bool {
    guard let options = PQconninfoParse(text, nil) else { return false }
    PQconninfoFree(options)
    return true
  }

  /// `count` lanes for one kind of work.
  func lanes<Worker: DatabaseWorker>(_ name: String, count: Int, log: Logger) throws(StorageError) -> [Lane<Worker>] {
    var lanes: [Lane<Worker>] = []
    var isComplete = false
    defer { if !isComplete { for lane in lanes { lane.close() } } }
    for number in 1...max(1, count) { lanes.append(try lane("\(name)-\(number)", log: log)) }
    isComplete = true
    return lanes
  }

  /// One lane for one kind of work.
  func lane<Worker: DatabaseWorker>(_ name: String, log: Logger) throws(StorageError) -> Lane<Worker> {
    let (url, milliseconds, names) = (url, statementMilliseconds, channelNames)
    return try Lane(name: "pg-\(name)", limits: limits, log: log) { deadline throws(StorageError) in
      let connection = try PostgresSession.open(
        url: url, channelNames: names, statementMilliseconds: milliseconds, by: deadline)
      return try Worker(connection, by: deadline)
    }
  }
}
