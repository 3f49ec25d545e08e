/// What the service needs of Centrifugo: the values that its own settings have.
public struct SetupExpectations: Sendable {
  /// The namespace of rooms.
  public var roomNamespace = "match"
  /// The namespace of personal channels.
  public var personalNamespace = "user"
  /// The namespaces of rpc methods that the service serves.
  public var rpcNamespaces = ["chat"]
  /// Who broadcasts what is published in a room.
  public var delivery = Delivery.guaranteed
  /// The outbox's table.
  public var outboxTable = "proxyhooks.outbox"
  /// The channel of its notifications.
  public var outboxChannel = "proxyhooks_outbox"
  /// The outbox's partitions for messages; there is one more.
  public var outboxPartitions = 1
  /// Where the hooks are over HTTP, without the event's path, such as `https://hooks.internal:8443`; nil where it is not
  /// known, and then they must all be where connect is.
  public var endpoint: String?
  /// Where the hooks are over gRPC.
  public var grpc = GRPC.unknown
  /// Whether the service speaks TLS, which it does on both listeners or on none; nil where it is not known.
  public var isEncrypted: Bool?
  /// The header with the service's secret.
  public var secretHeader = "X-ProxyHooks-Secret"
  /// The header in which an edge forwards the client's address, where the service reads one.
  public var addressHeader: String?
  /// How long the service takes for an answer at most, in milliseconds.
  public var deadlineMilliseconds = 800
  /// The largest body that the service takes, in bytes.
  public var bodyBytes = 65_536

  /// Where the hooks are over gRPC.
  public enum GRPC: Hashable, Sendable {
    /// Wherever those are that are called by gRPC, which must all be in one place.
    case unknown
    /// Nowhere: the service does not listen for gRPC.
    case off
    /// At a host and port, such as `hooks.internal:8081`.
    case at(String)
  }

  /// Who broadcasts what is published in a room.
  public enum Delivery: String, CaseIterable, Sendable {
    /// The hook's reply and the outbox, once.
    case guaranteed
    /// The hook's reply alone.
    case direct
    /// The outbox alone.
    case outbox
  }

  /// What the service ships with.
  public init() {}
}
