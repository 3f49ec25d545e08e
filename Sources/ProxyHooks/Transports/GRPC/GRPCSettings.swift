/// Where the hooks are served over gRPC, and within which limits.
public struct GRPCSettings: Sendable {
  /// The address listened on: an IP address or a name that resolves to one.
  public var host = "127.0.0.1"
  /// The TCP port; 0 lets the system choose one.
  public var port = 8_081
  /// The key of a call's metadata that carries the client's own address, where an edge sets it and strips what clients
  /// send of it. Nil reads none.
  public var clientAddressHeader: String?

  /// The time a hook has to answer, from the moment the call's metadata came. A shorter `grpc-timeout` of the caller's
  /// holds instead.
  public var answerTime: Duration = .milliseconds(800)
  /// The time a TLS handshake may take, from the connection's first moment.
  public var handshakeTimeout: Duration = .seconds(5)
  /// How long a connection may stay open without a call that was admitted.
  public var strangerTimeout: Duration = .seconds(60)
  /// How long a connection lives, up to a tenth more or less, so that a load balancer can move it and not all move at
  /// once; nil is for ever. Calls that are under way are answered first.
  public var maximumAge: Duration?
  /// How long calls under way may keep a connection open that is to end.
  public var graceTime: Duration = .seconds(5)
  /// How long a connection is silent before it is asked whether it is still there.
  public var keepaliveTime: Duration = .seconds(60)
  /// How long that question may go unanswered.
  public var keepaliveTimeout: Duration = .seconds(20)
  /// The least time between two such questions of a caller's on an idle connection; one that asks more is cut.
  public var leastPingInterval: Duration = .seconds(10)
  /// How long a shutdown waits for what is under way before it cuts connections.
  public var drainTime: Duration = .seconds(10)

  /// The longest message, in bytes once it is unpacked. A longer one is refused as a decision, as long as it comes in under
  /// ``maximumReadBytes``.
  public var maximumBodyBytes = 65_536
  /// The longest message that is read at all, in bytes as they come; a longer one ends its call.
  public var maximumReadBytes: Int { maximumBodyBytes * 2 + 65_536 }
  /// The most calls at once on a connection. Centrifugo has one connection for each of its proxies.
  public var maximumStreams = 1_024
  /// The most calls without the secret at once on a connection, health checks among them.
  public var maximumStrangeStreams = 16
  /// The most connections open at once; a new one takes the place of the oldest stranger's.
  public var maximumConnections = 1_024
  /// The most calls being answered at once; one more is refused at once.
  public var maximumInFlight = 8_192
  /// How many connections the kernel holds until they are accepted.
  public var backlog: Int32 = 1_024

  /// The values above.
  public init() {}
}
