/// Where the hooks are served over HTTP, and within which limits.
public struct HTTPSettings: Sendable {
  /// The addresses listened on, each an IP address or a name that resolves to one. Centrifugo's requests carry a secret
  /// and tokens, so anything but the loopback wants TLS.
  public var hosts = ["127.0.0.1"]
  /// The TCP port; 0 lets the system choose one for each of ``hosts``.
  public var port = 3000
  /// What stands before `/connect`, `/refresh` and the others in a request's path.
  public var pathPrefix = "/centrifugo"
  /// The header that carries the client's own address, where an edge sets it and strips what clients send of it. Nil
  /// reads none.
  public var clientAddressHeader: String?

  /// The time a hook has to answer, from the moment its head arrived. Below Centrifugo's own time-out of 1 s.
  public var answerTime: Duration = .milliseconds(800)
  /// The time a TLS handshake may take, from the connection's first moment.
  public var handshakeTimeout: Duration = .seconds(5)
  /// The time a head may take from its first byte to its last.
  public var headerTimeout: Duration = .seconds(10)
  /// How long a connection may stay open without a request that was admitted. Longer than Go's client leaves a
  /// connection that it has dialled and not needed, and an end to those who only want to fill the places.
  public var strangerTimeout: Duration = .seconds(60)
  /// The time a body may take from the head's end to its own.
  public var bodyTimeout: Duration = .seconds(10)
  /// How long a shutdown waits for what is under way before it cuts connections.
  public var drainTime: Duration = .seconds(10)
  /// How long an idle connection stays open after the drain began, so that a request that is already on its way is
  /// answered and not met by a closed connection.
  public var drainIdleTime: Duration = .milliseconds(500)

  /// The longest body, in bytes.
  public var maximumBodyBytes = 65_536
  /// The longest head, in bytes, from its first line to the empty one.
  public var maximumHeaderBytes = 32_768
  /// The most headers of a request.
  public var maximumHeaderCount = 64
  /// The most connections open at once; a new one takes the place of the oldest stranger's. There is no idle time-out to free any: Go's client keeps idle connections for
  /// ever, and a POST on one that was just closed fails.
  public var maximumConnections = 4_096
  /// The most requests being answered at once; one more is refused at once, as waiting would outlast its caller.
  public var maximumInFlight = 8_192
  /// How many connections the kernel holds until they are accepted.
  public var backlog: Int32 = 4_096

  /// The values above.
  public init() {}
}
