import ArgumentParser
import CentrifugoSetup
import ProxyHooks
import Storage

struct CentrifugoConfig: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "config",
    abstract: "Writes a Centrifugo configuration that fits the service's settings.",
    discussion: """
      Names and delivery are those of the policy; outbox, deadline, address and TLS those of the service's settings. Where \
      --defaults is given, no settings are read: that writes centrifugo/config.json as it is shipped, and with --transport \
      grpc centrifugo/grpc.json. The secret, the server API's key and the outbox's database \
      are Centrifugo's environment's to give: CENTRIFUGO_VAR_PROXYHOOKS_SECRET, CENTRIFUGO_HTTP_API_KEY and \
      CENTRIFUGO_CONSUMERS_OUTBOX_POSTGRESQL_DSN.
      """)

  @OptionGroup var options: ConfigurationOptions

  @Flag(help: "Read no settings: write what fits the service as it ships.")
  var defaults = false

  @Option(
    name: .customLong("origin"),
    help:
      "An origin of your web pages, such as https://chat.example.org. May be given several times. Default: this machine's."
  )
  var origins: [String] = []

  @Option(help: "http or grpc: what Centrifugo calls the hooks over.")
  var transport = SetupPlan.Transport.http

  @Option(
    help: """
      Where Centrifugo reaches the hooks: http://host:port or https://host:port, and with --transport grpc grpc://host:port. \
      Default: PROXYHOOKS_LISTEN, or PROXYHOOKS_GRPC_LISTEN.
      """)
  var endpoint: String?

  @Option(
    help: """
      With TLS: a PEM file on Centrifugo's machine with the root of the service's certificate. Over gRPC it switches TLS on \
      where the settings don't.
      """)
  var serverCa: String?

  @Option(help: "With mutual TLS: a PEM file on Centrifugo's machine with its certificate.")
  var certificate: String?

  @Option(help: "With mutual TLS: a PEM file on Centrifugo's machine with the key of that certificate.")
  var key: String?

  func validate() throws {
    if let endpoint {
      let schemes = transport == .http ? ["http://", "https://"] : ["grpc://"]
      guard let scheme = schemes.first(where: { endpoint.hasPrefix($0) }),
        case let rest = endpoint.dropFirst(scheme.count), !rest.isEmpty, !rest.contains("/"), !rest.contains("@")
      else {
        let forms = schemes.map { "\($0)host:port" }.joined(separator: " or ")
        throw ValidationError("--endpoint: want \(forms) for --transport \(transport.rawValue), without a path")
      }
    }
    guard (certificate == nil) == (key == nil) else {
      throw ValidationError("--certificate and --key: want both or neither")
    }
    guard !origins.contains("") else { throw ValidationError("--origin: is empty") }
  }

  func run() throws {
    var plan = try plan()
    if !origins.isEmpty { plan.origins = origins }
    if let endpoint {
      plan.endpoint = endpoint
      // Over gRPC the address does not say whether there is TLS.
      if transport == .http { plan.tls = endpoint.hasPrefix("https://") ? plan.tls ?? .standard : nil }
    }
    let own = certificate.flatMap { certificate in key.map { (certificate, $0) } }
    if transport == .grpc, plan.tls == nil, serverCa != nil || own != nil { plan.tls = .standard }
    if let serverCa { plan.tls?.authority = serverCa }
    if let own { plan.tls?.identity = own }
    print(CentrifugoWriter.text(for: plan), terminator: "")
  }

  private func plan() throws -> SetupPlan {
    if defaults { return SetupPlan(transport) }
    let configuration = try options.read()
    guard transport == .http || configuration.grpcListen != nil else {
      throw ValidationError("--transport grpc: the service does not listen for gRPC, as PROXYHOOKS_GRPC_LISTEN is off")
    }
    return SetupPlan(configuration, transport)
  }
}

extension SetupPlan {
  /// What fits the service's settings. Files of Centrifugo's own are named as `centrifugo/README.md` names them.
  init(_ configuration: Configuration, _ transport: Transport) {
    self.init(transport)
    expectations = SetupExpectations(configuration)
    // A service that listens on all addresses is called on the machine's own.
    let hosts = ["0.0.0.0": "127.0.0.1", "::": "::1"]
    let own = transport == .http ? configuration.listen : configuration.grpcListen ?? configuration.listen
    let listen = ListenAddress(host: hosts[own.host] ?? own.host, port: own.port)
    endpoint = "\(transport == .grpc ? "grpc" : configuration.tls == nil ? "http" : "https")://\(listen)"
    guard let tls = configuration.tls else { return }
    self.tls = .standard
    if tls.isMutual { self.tls?.identity = ("/etc/centrifugo/hooks/client.pem", "/etc/centrifugo/hooks/client.key") }
  }
}

extension SetupPlan.TLS {
  fileprivate static let standard = Self(authority: "/etc/centrifugo/hooks/ca.pem")
}
