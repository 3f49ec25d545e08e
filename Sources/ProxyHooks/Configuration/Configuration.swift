public import Auth
public import Logging
public import Storage

/// The service's settings, read and checked.
public struct Configuration: Sendable {
  /// Nil only for an insecure service: whoever reaches the port is taken for Centrifugo.
  public var callerSecrets: CallerSecrets?
  /// The HMAC secret, where one is set: development tokens are signed with it.
  public var tokenSecret: [UInt8]?
  /// The `kid` of that secret.
  public var tokenSecretID: String?
  /// The keys of tokens, or where they come from.
  public var keys: KeySettings
  /// What tokens must hold to beyond their signature.
  public var tokenRules: TokenRules
  /// Where Centrifugo calls.
  public var listen: ListenAddress
  /// Where Centrifugo calls over gRPC; nil serves HTTP alone.
  public var grpcListen: ListenAddress?
  /// How long a gRPC connection lives, in seconds; nil is for ever.
  public var grpcConnectionSeconds: Int?
  /// How callers and the service show each other who they are; nil serves the hooks in clear.
  public var tls: TLSSettings?
  /// Where the operator looks.
  public var operationsListen: ListenAddress
  /// The reviewers' console; nil for none.
  public var console: ConsoleSettings?
  /// PostgreSQL.
  public var database: DatabaseSettings
  /// How many requests of one hook may be decided at once.
  public var atOnceLimit: Int
  /// Redis.
  public var redis: RedisAddress
  /// Centrifugo's server API; nil where it is not used.
  public var centrifugo: CentrifugoAPISettings?
  /// The header of the client's address; nil reads none.
  public var addressHeader: String?
  /// Threads that serve connections.
  public var threads: Int
  /// How long an answer may take, in milliseconds.
  public var deadlineMilliseconds: Int
  /// How long stopping may take, in seconds.
  public var drainSeconds: Int
  /// The largest body, in bytes.
  public var maximumBodyBytes: Int
  /// Who may do what, and all that belongs to it.
  public var policy: PolicySource
  /// Where decisions are written.
  public var decisionLog: DecisionLogSettings
  /// The outbox's partitions for messages; there is one more, for what must not wait behind them.
  public var outboxPartitions: Int
  /// The least that is logged.
  public var logLevel: Logger.Level
  /// What the settings leave open, each with its key: worth a warning at the start, and nothing of a secret is in it.
  public var cautions: [String] = []

  /// Reads what a migration needs, which has no business with the secrets: where the database is, and what it is told of
  /// Centrifugo's configuration.
  public static func migrator(
    environment: [String: String], file: String?, readFile: @escaping @Sendable (String) -> [UInt8]?
  ) throws(ConfigurationError) -> Migrator {
    var reader = try SettingsReader(environment: environment, file: file)
    let policy = policy(&reader, readFile: readFile)
    let migrator = Migrator(
      url: Self.databaseURL(&reader),
      triggerSettings: TriggerSettings(
        channelNames: policy.document.namespaces, messagePartitions: reader.integer(.outboxPartitions, in: 1...64)))
    guard reader.problems.isEmpty else { throw ConfigurationError(problems: reader.problems) }
    return migrator
  }

  /// Reads the settings of `environment` over those of `file`.
  ///
  /// - Parameters:
  ///   - file: the text of a settings file, if there is one.
  ///   - insecure: whether a service without a caller's secret is meant; only on a loopback address.
  ///   - readFile: reads a file that a setting names; nil where it can't.
  /// - Throws: ``ConfigurationError`` with every problem there is.
  public init(
    environment: [String: String], file: String?, insecure: Bool = false,
    readFile: @escaping @Sendable (String) -> [UInt8]?
  ) throws(ConfigurationError) {
    var reader = try SettingsReader(environment: environment, file: file)

    listen = reader.address(.listen)
    operationsListen = reader.address(.operationsListen)
    if listen == operationsListen && listen.port != 0 {
      reader.problem(.operationsListen, "is the same as PROXYHOOKS_LISTEN; give it a port of its own")
    }
    grpcListen = Self.grpcListen(&reader, besides: [listen, operationsListen], insecure: insecure)
    grpcConnectionSeconds = Self.grpcAge(&reader)
    callerSecrets = Self.callerSecrets(&reader, insecure: insecure, listen: listen)
    Self.keepSecretsApart(&reader)
    console = Self.console(&reader, readFile: readFile)
    tls = Self.tls(&reader)
    tokenSecret = reader.text(.tokenSecret).map { Array($0.utf8) }
    tokenSecretID = reader.text(.tokenSecretID)
    let keys = Self.keys(&reader, readFile: readFile)
    tokenRules = TokenRules(
      leeway: Int64(reader.integer(.tokenLeeway, in: 0...300)), issuer: reader.text(.tokenIssuer),
      audiences: reader.text(.tokenAudience).map { [$0] } ?? [])
    database = DatabaseSettings(
      url: Self.databaseURL(&reader), messageLanes: reader.integer(.messageLanes, in: 1...32),
      decisionLanes: reader.integer(.decisionLanes, in: 1...32),
      readingLanes: reader.integer(.readingLanes, in: 1...32),
      limits: LaneLimits(waiting: reader.integer(.queueLimit, in: 1...100_000)))
    atOnceLimit = reader.integer(.atOnceLimit, in: 4...100_000)
    let redis = Self.redis(&reader)
    centrifugo = Self.centrifugo(&reader)
    addressHeader = Self.headerName(&reader)
    threads = reader.integer(.threads, in: 1...64)
    deadlineMilliseconds = reader.integer(.deadline, in: 50...950)
    // What is begun has three eighths of the deadline, and the server gives it up after two: so a lock held elsewhere
    // costs a refusal, and a connection only where the server does not even do that.
    database.limits.leastMilliseconds = deadlineMilliseconds * 3 / 8
    database.statementMilliseconds = deadlineMilliseconds / 4
    drainSeconds = reader.integer(.drain, in: 0...300)
    maximumBodyBytes = reader.integer(.bodyLimit, in: 1_024...1_048_576)
    policy = Self.policy(&reader, readFile: readFile)
    database.channelNames = policy.document.namespaces
    outboxPartitions = reader.integer(.outboxPartitions, in: 1...64)  // the migration's; a mistake shows here too
    Self.retention(&reader)  // for `proxyhooks prune`; a mistake shows here too
    decisionLog = Self.decisionLog(&reader, readFile: readFile)
    logLevel = Self.logLevel(&reader)
    guard let keys, let redis, reader.problems.isEmpty else { throw ConfigurationError(problems: reader.problems) }
    self.keys = keys
    self.redis = redis
    cautions = Self.cautions(of: self)
  }
}
