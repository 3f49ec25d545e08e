/// What a configuration is written from. The defaults make `centrifugo/config.json`.
public struct SetupPlan: Sendable {
  /// What the service needs: names, outbox, secret's header, deadline and size of bodies. Its `endpoint` is not used.
  public var expectations = SetupExpectations()
  /// The service's address, without a path.
  public var endpoint = "http://127.0.0.1:8080"
  /// TLS towards the service; nil where `endpoint` is `http://`.
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

  /// What the service ships with.
  public init() {}
}
