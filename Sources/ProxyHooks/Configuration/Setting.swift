/// One setting: its key, which is the same in the environment and in the file, its default and its meaning.
///
/// `docs/settings.md` is made from ``all``.
public struct Setting: Hashable, Sendable {
  /// The environment variable's name.
  public let key: String
  /// The value that holds where none is given; nil where there is none.
  public let fallback: String?
  /// What it does, with the values it takes.
  public let help: String

  private init(_ key: String, _ fallback: String? = nil, _ help: String) {
    self.key = "PROXYHOOKS_" + key
    self.fallback = fallback
    self.help = help
  }
}

// Who may call, and who is let in.
extension Setting {
  static let secret = Setting(
    "SECRET", nil,
    "What Centrifugo presents in `X-ProxyHooks-Secret`: at least 16 characters. Required, but for `--insecure`.")
  static let previousSecret = Setting(
    "SECRET_PREVIOUS", nil, "A second secret that is good too: the old one, while Centrifugo is given the new one.")
  static let tokenSecret = Setting(
    "TOKEN_HMAC_SECRET", nil,
    "The key of HS256 tokens: at least 32 bytes. This, `PROXYHOOKS_TOKEN_JWKS_URL` or `PROXYHOOKS_TOKEN_JWKS_FILE` is required."
  )
  static let tokenSecretID = Setting(
    "TOKEN_HMAC_KEY_ID", nil,
    "The `kid` of HS256 tokens. Required where there is a JWK set too, so that every key has one.")
  static let tokenKeys = Setting(
    "TOKEN_JWKS_FILE", nil,
    "A file with the public keys of tokens, a JWK set (RFC 7517). A change is noticed within seconds.")
  static let tokenKeysURL = Setting(
    "TOKEN_JWKS_URL", nil,
    "Where the issuer of tokens publishes its JWK set, instead of a file: `https://host/path`. `http` on a loopback address only."
  )
  static let tokenKeysAuthority = Setting(
    "TOKEN_JWKS_CA", nil,
    "A PEM file with the certificates of who may have signed that server's, instead of the system's. Read at the start."
  )
  static let tokenKeysInterval = Setting(
    "TOKEN_JWKS_SECONDS", "300", "How often the set is fetched anew, in seconds: 10 to 86400.")
  static let tokenKeysUnknown = Setting(
    "TOKEN_JWKS_UNKNOWN_SECONDS", "30",
    "How often tokens of an unknown `kid` may cause a fetch, all of them together, in seconds: 1 to 3600. Publish a key this long before signing with it."
  )
  static let tokenKeysAge = Setting(
    "TOKEN_JWKS_MAX_AGE_SECONDS", "86400",
    "How long the last set is believed while none can be fetched, in seconds: 60 to 2592000.")
  static let tokenAudience = Setting("TOKEN_AUDIENCE", nil, "The `aud` that tokens must name. Not checked unless set.")
  static let tokenIssuer = Setting("TOKEN_ISSUER", nil, "The `iss` that tokens must name. Not checked unless set.")
  static let tokenLeeway = Setting(
    "TOKEN_LEEWAY", "10", "The difference between clocks that a token's times are allowed, in seconds: 0 to 300.")
}

// Where it listens and what it talks to.
extension Setting {
  static let listen = Setting("LISTEN", "127.0.0.1:8080", "Where Centrifugo calls over HTTP: `address:port`.")
  static let grpcListen = Setting(
    "GRPC_LISTEN", "127.0.0.1:8081",
    "Where Centrifugo calls over gRPC: `address:port`, with the same secret and TLS; `off` serves HTTP alone.")
  static let grpcAge = Setting(
    "GRPC_CONNECTION_SECONDS", "1800",
    "How long a gRPC connection lives, up to a tenth more or less, before Centrifugo is asked to make another: 10 to 86400; 0 is for ever."
  )
  static let operationsListen = Setting(
    "OPERATIONS_LISTEN", "127.0.0.1:9090",
    "Where `/healthz`, `/readyz`, `/metrics` and the console are: `address:port`.")
  static let consoleToken = Setting(
    "CONSOLE_TOKEN", nil,
    "Turns the reviewers' console on, at `/console` of the operations' address, and is what lets them in: at least 16 characters (`docs/console.md`). Unset, there is none."
  )
  static let consoleCentrifugoFile = Setting(
    "CONSOLE_CENTRIFUGO_CONFIG", nil,
    "Centrifugo's configuration, for the console to look at: the path of a JSON, YAML or TOML file that the service can read."
  )
  static let tlsCertificate = Setting(
    "TLS_CERTIFICATE", nil,
    "The certificate of `PROXYHOOKS_LISTEN` and `PROXYHOOKS_GRPC_LISTEN`, a PEM file with the server's own first and the intermediate ones after it. Unset, secret and tokens travel in clear."
  )
  static let tlsKey = Setting("TLS_KEY", nil, "The certificate's private key, a PEM file without a passphrase.")
  static let tlsClientCA = Setting(
    "TLS_CLIENT_CA", nil,
    "Mutual TLS: a PEM file with the roots that Centrifugo's certificate must come from. The secret is asked for besides."
  )
  static let tlsClientNames = Setting(
    "TLS_CLIENT_NAMES", nil,
    "The DNS names or URIs, separated by commas, of which a caller's certificate must have one as a subject alternative name. Required with `PROXYHOOKS_TLS_CLIENT_CA`."
  )
  static let database = Setting(
    "DATABASE_URL", nil, "PostgreSQL: a libpq connection string or URI. Required.")
  static let redis = Setting(
    "REDIS_URL", nil, "Redis: `redis://[user:password@]host:port/database` or `unix:/path/to/socket`. Required.")
  static let centrifugoAddress = Setting(
    "CENTRIFUGO_API_URL", nil,
    "Centrifugo's server API, such as `http://127.0.0.1:8000/api`. Without it there are no `chat:presence` and `chat:typing`."
  )
  static let centrifugoKey = Setting(
    "CENTRIFUGO_API_KEY", nil, "The key of that API, `http_api.key` in Centrifugo. Required where the address is set.")
  static let addressHeader = Setting(
    "CLIENT_ADDRESS_HEADER", nil,
    "The header in which your edge forwards the client's address, such as `X-Real-Ip`. Unset, no address is read: a client could have written it."
  )
  static let threads = Setting("THREADS", "2", "Threads that serve connections: 1 to 64.")
}

// What was decided, written down.
extension Setting {
  static let decisionLog = Setting(
    "DECISION_LOG", "stderr",
    "Where decisions are written: `stderr`, `stdout`, `postgresql`, `off`, or the absolute path of a directory (`docs/decision-log.md`)."
  )
  static let decisionLogKey = Setting(
    "DECISION_LOG_KEY", nil,
    "A file with the Ed25519 key that signs the log's checkpoints; `proxyhooks audit key FILE` makes one. Unset, they are not signed."
  )
  static let decisionLogCheckpoint = Setting(
    "DECISION_LOG_CHECKPOINT_SECONDS", "60",
    "The time from one checkpoint to the next, in seconds: 1 to 3600. Ten times as long while nothing is decided.")
  static let decisionLogFileBytes = Setting(
    "DECISION_LOG_FILE_BYTES", "67108864",
    "In a directory: how large a file grows before the next is begun, in bytes: 65536 to 17179869184.")
  static let decisionLogFiles = Setting(
    "DECISION_LOG_FILES", "0", "In a directory: how many files are kept, 1 to 100000; 0 keeps all.")
  static let decisionLogDays = Setting(
    "DECISION_LOG_DAYS", "0",
    "In PostgreSQL: after how many days `proxyhooks prune` deletes decisions: 0 to 36500; 0 keeps all.")
  static let decisionLogWaiting = Setting(
    "DECISION_LOG_WAITING_BYTES", "4194304",
    "How much of the log may wait to be written, in bytes: 65536 to 1073741824.")
  static let decisionLogWhenFull = Setting(
    "DECISION_LOG_WHEN_FULL", "count",
    "While the log can't be written: `count` goes on deciding, and counts what is lost once no more can wait; `refuse` decides nothing."
  )
}

// Bounds.
extension Setting {
  static let deadline = Setting(
    "DEADLINE_MS", "800",
    "How long an answer may take, in milliseconds: 50 to 950, below Centrifugo's own time-out of 1 s.")
  static let drain = Setting(
    "DRAIN_SECONDS", "10", "How long a stopping service finishes what is under way, in seconds: 0 to 300.")
  static let bodyLimit = Setting(
    "MAX_BODY_BYTES", "65536",
    "The largest request body, or message over gRPC once it is unpacked, in bytes: 1024 to 1048576.")
  static let queueLimit = Setting(
    "MAX_WAITING", "1024", "How many requests may wait for one lane, over which they are refused at once: 1 to 100000.")
  static let atOnceLimit = Setting(
    "MAX_AT_ONCE", "1024",
    """
    How many requests of one hook may be decided at once, and a quarter of that where as many would be there all the time; \
    one more is refused at once, for now. refresh and sub_refresh have no bound: 4 to 100000.
    """)
  static let messageLanes = Setting(
    "MESSAGE_LANES", "1",
    """
    Connections to PostgreSQL that store messages: 1 to 32. One stores some 10 000 messages a second; more make smaller \
    batches, which pays where PostgreSQL has processors to spare.
    """)
  static let decisionLanes = Setting(
    "DECISION_LANES", "1", "Connections to PostgreSQL for each kind of other decision: 1 to 32.")
  static let readingLanes = Setting(
    "READING_LANES", "1", "Connections to PostgreSQL for each of history, rooms and members: 1 to 32.")
}

// The policy, and what is kept.
extension Setting {
  static let policyFile = Setting(
    "POLICY_FILE", nil,
    "The policy: who may do what, and how often; see `docs/policy.md`. A change is noticed within seconds. Unset, the one that is built in, which `proxyhooks policy show` prints."
  )
  static let outboxPartitions = Setting(
    "OUTBOX_PARTITIONS", "1",
    "The outbox's partitions for messages: 1 to 64. One less than `num_partitions` in Centrifugo. Takes effect by `proxyhooks migrate`, as the namespaces do."
  )
  static let retentionDays = Setting(
    "RETENTION_DAYS", "0",
    "After how many days without a message `proxyhooks prune` deletes a match that is over: 0 to 36500; 0 keeps all.")
  static let reportRetentionDays = Setting(
    "REPORT_RETENTION_DAYS", "0",
    "After how many days `proxyhooks prune` deletes a report: 0 to 36500; 0 keeps it as long as its match.")
  static let logLevel = Setting(
    "LOG_LEVEL", "info",
    "The least that is logged: debug, info, notice, warning, error or critical. Decisions have a log of their own.")
}

extension Setting {
  /// Every setting there is, in the order of the document.
  public static let all: [Setting] = [
    secret, previousSecret, tokenSecret, tokenSecretID, tokenKeys, tokenKeysURL, tokenKeysAuthority,
    tokenKeysInterval, tokenKeysUnknown, tokenKeysAge, tokenAudience, tokenIssuer, tokenLeeway, listen,
    grpcListen, grpcAge, operationsListen, consoleToken, consoleCentrifugoFile, tlsCertificate, tlsKey, tlsClientCA,
    tlsClientNames,
    database, redis, centrifugoAddress, centrifugoKey, addressHeader, threads, policyFile,
    decisionLog, decisionLogKey, decisionLogCheckpoint, decisionLogFileBytes, decisionLogFiles, decisionLogDays,
    decisionLogWaiting, decisionLogWhenFull, deadline, drain, bodyLimit, atOnceLimit, queueLimit, messageLanes,
    decisionLanes, readingLanes, outboxPartitions, retentionDays, reportRetentionDays, logLevel,
  ]
}
