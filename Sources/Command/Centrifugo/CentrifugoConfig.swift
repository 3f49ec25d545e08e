import ArgumentParser
import CentrifugoSetup
import ProxyHooks
import Storage

struct CentrifugoConfig: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "config",
    abstract: "Writes a Centrifugo configuration that fits the service's settings.",
    discussion: """
      Names, delivery, outbox, deadline, address and TLS are those of the service. Where --defaults is given, no settings are \
      read: that writes centrifugo/config.json as it is shipped. The secret, the server API's key and the outbox's database \
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

  @Option(
    help: "Where Centrifugo reaches the hooks: http://host:port or https://host:port. Default: PROXYHOOKS_LISTEN.")
  var endpoint: String?

  @Option(help: "With https: a PEM file on Centrifugo's machine with the root of the service's certificate.")
  var serverCa: String?

  @Option(help: "With mutual TLS: a PEM file on Centrifugo's machine with its certificate.")
  var certificate: String?

  @Option(help: "With mutual TLS: a PEM file on Centrifugo's machine with the key of that certificate.")
  var key: String?

  func validate() throws {
    if let endpoint {
      guard let scheme = ["http://", "https://"].first(where: { endpoint.hasPrefix($0) }),
        case let rest = endpoint.dropFirst(scheme.count), !rest.isEmpty, !rest.contains("/"), !rest.contains("@")
      else { throw ValidationError("--endpoint: want http://host:port or https://host:port, without a path") }
    }
    guard (certificate == nil) == (key == nil) else {
      throw ValidationError("--certificate and --key: want both or neither")
    }
    guard !origins.contains("") else { throw ValidationError("--origin: is empty") }
  }

  func run() throws {
    var plan = defaults ? SetupPlan() : SetupPlan(try options.read())
    if let endpoint { plan.endpoint = endpoint }
    if !origins.isEmpty { plan.origins = origins }
    if plan.endpoint.hasPrefix("https://") {
      plan.tls = SetupPlan.TLS(
        authority: serverCa ?? "/etc/centrifugo/hooks/ca.pem",
        identity: certificate.flatMap { certificate in key.map { (certificate, $0) } } ?? plan.tls?.identity)
    } else {
      plan.tls = nil
    }
    print(CentrifugoWriter.text(for: plan), terminator: "")
  }
}

extension SetupPlan {
  /// What fits the service's settings. Files of Centrifugo's own are named as `centrifugo/README.md` names them.
  init(_ configuration: Configuration) {
    self.init()
    expectations = SetupExpectations(configuration)
    // A service that listens on all addresses is called on the machine's own.
    let hosts = ["0.0.0.0": "127.0.0.1", "::": "::1"]
    let listen = ListenAddress(
      host: hosts[configuration.listen.host] ?? configuration.listen.host, port: configuration.listen.port)
    endpoint = "\(configuration.tls == nil ? "http" : "https")://\(listen)"
    if let tls = configuration.tls, tls.isMutual {
      self.tls = TLS(
        authority: "/etc/centrifugo/hooks/ca.pem",
        identity: ("/etc/centrifugo/hooks/client.pem", "/etc/centrifugo/hooks/client.key"))
    }
  }
}
