/// What a configuration is written from. The defaults make `centrifugo/config.json`, and those for gRPC
/// `centrifugo/grpc.json`.
public struct SetupPlan: Sendable {
  /// What the service needs: names, outbox, secret's header, deadline and size of bodies. Where it listens is not used.
  public var expectations = SetupExpectations()
  /// What the hooks are called over.
  public let transport: Transport
  /// The service's address, without a path: `http://host:port` or `https://host:port`, and for gRPC `grpc://host:port`.
  public var endpoint: String
  /// TLS towards the service; nil where it speaks none.
  public var tls: TLS?
  /// Origins of web pages. Patterns may have `*`.
  public var origins = ["http://localhost:*", "http://127.0.0.1:*"]

  /// How Centrifugo and the service show each other who they are. Each file is one on Centrifugo's machine.
  public struct TLS: Sendable {
    /// The root of the service's certificate.
    public var authority: String
    /// Centrifugo's own certificate and key, where the service asks for one.
    public var identity: (certificate: String, key: String)?

    /// `authority` and `identity` as they are.
    public init(authority: String, identity: (certificate: String, key: String)? = nil) {
      self.authority = authority
      self.identity = identity
    }
  }

  /// What the hooks are called over.
  public enum Transport: String, CaseIterable, Sendable {
    case http, grpc
  }

  /// What the service ships with.
  public init(_ transport: Transport = .http) {
    self.transport = transport
    switch transport {
    case .http: endpoint = "http://127.0.0.1:8080"
    case .grpc: endpoint = "grpc://127.0.0.1:8081"
    }
  }
}
