import CentrifugoSetup
public import Logging
import NIOPosix
import ServiceLifecycle
import Storage

/// The whole service: stores, hooks and listeners, started in the order in which they need each other and stopped in the
/// reverse.
public struct ProxyHooksService: Sendable {
  private let configuration: Configuration
  private let version: String
  private let log: Logger

  /// - Parameter version: what `/metrics` says of the build.
  public init(configuration: Configuration, version: String, log: Logger) {
    self.configuration = configuration
    self.version = version
    self.log = log
  }

  /// Serves until SIGTERM or SIGINT, then drains. Throws where an address can't be listened on, and `LogFailure` where
  /// the decision log can't be written.
  ///
  /// - Parameter output: the service's own log, on standard error.
  public func run(output: LogOutput) async throws {
    let decisions = try DecisionLog(
      settings: configuration.decisionLog, database: configuration.database, version: version, output: output, log: log)
    let result = await Result { try await run(decisions) }
    // What was decided until the end is written.
    await decisions.close()
    try result.get()
    log.notice("stopped")
  }

  private func run(_ decisions: DecisionLog) async throws {
    let stores = try Stores(
      database: configuration.database, redis: configuration.redis,
      limiterMilliseconds: min(150, configuration.deadlineMilliseconds / 5), log: log)
    defer { stores.close() }
    let draining = DrainingFlag()
    let metrics = Metrics(version: version)
    metrics.addGauges(of: stores)
    decisions.addMetrics(to: metrics)
    let policies = PolicyKeeper(configuration.policy, log: log)
    policies.addMetrics(to: metrics)
    var observer = HookObserver(metrics: metrics, log: decisions, policies: policies)
    let ring = configuration.console.map { _ in DecisionRing() }
    observer.ring = ring
    // What is left of the deadline after waiting for keys is for Redis and PostgreSQL.
    let keys = KeyRing(
      configuration.keys, rules: configuration.tokenRules,
      patience: .milliseconds(configuration.deadlineMilliseconds / 2))
    let group = MultiThreadedEventLoopGroup(numberOfThreads: configuration.threads)
    let centrifugo = configuration.centrifugo.map { CentrifugoAPI(settings: $0, group: group) }
    let limitWatch = LimitWatch()
    let hooks = HookService(
      policies: policies, stores: stores, keys: keys, centrifugo: centrifugo, observer: observer,
      limitWatch: limitWatch, most: configuration.atOnceLimit, log: log)
    let tls = configuration.tls.map { TLSIdentities($0, metrics: metrics, logger: log) }
    let keyLoads = KeyLoadCounts()
    let keeper = KeyKeeper(configuration.keys, ring: keys, counts: keyLoads, group: group, log: log)
    let keysChange = configuration.keys.isAsked
    if keysChange { metrics.addKeys(keys, counts: keyLoads) }
    let listener = HTTPListener(
      settings: HTTPSettings(configuration), secrets: configuration.callerSecrets, answering: hooks,
      observer: observer, tls: tls, group: group, logger: log)
    let readiness: @Sendable () -> Readiness = {
      var readiness = stores.readiness(isDraining: draining.isSet)
      if keysChange { readiness.components.append(keys.readiness) }
      if let component = decisions.readiness { readiness.components.append(component) }
      return readiness
    }
    let grpc = GRPCSettings(configuration).map { settings in
      GRPCListener(
        settings: settings, secrets: configuration.callerSecrets, answering: hooks, observer: observer, tls: tls,
        isReady: { readiness().isReady }, group: group, logger: log)
    }
    var console: Console?
    if let settings = configuration.console, let ring {
      console = Console(
        settings,
        sources: .init(
          version: version, policies: policies, ring: ring, limits: limitWatch, stores: stores, readiness: readiness,
          decisionLog: configuration.decisionLog.words, milliseconds: configuration.deadlineMilliseconds,
          expectations: SetupExpectations(configuration)), log: log)
    }
    let operations = OperationsListener(
      host: configuration.operationsListen.host, port: configuration.operationsListen.port, metrics: metrics,
      readiness: readiness, console: console, group: group, logger: log)
    if configuration.callerSecrets == nil {
      log.warning("insecure: whoever reaches the port is taken for Centrifugo")
    }
    for caution in configuration.cautions { log.warning("\(caution)") }
    configuration.keys.warn(log)
    log.notice(
      "starting",
      metadata: [
        "hooks": "\(configuration.listen)", "grpc": "\(configuration.grpcListen.map { "\($0)" } ?? "off")",
        "operations": "\(configuration.operationsListen)",
        "policy": "\(policies.current.version)",
        "tls": "\(configuration.tls.map { $0.isMutual ? "mutual" : "server" } ?? "off")",
      ])
    // They stop in the reverse order: not ready first, then the hooks drain, while the operator still sees it.
    var looks: [@Sendable (Bool) -> Void] = [{ policies.look(isAsked: $0) }]
    if let tls { looks.append { tls.look(isAsked: $0) } }
    let watch = FileWatch(looks: looks)
    let services = ServiceGroup(
      configuration: ServiceGroupConfiguration(
        services: [.init(service: operations)] + (keysChange ? [.init(service: keeper)] : [])
          + [.init(service: listener)] + (grpc.map { [.init(service: $0)] } ?? [])
          + [.init(service: watch), .init(service: draining)],
        gracefulShutdownSignals: [.sigterm, .sigint], logger: log))
    let result = await Result { try await services.run() }
    // What was cut off by the end of the drain still comes back from its lane, by its deadline, to a loop that must run.
    if listener.isAnswering || grpc?.isAnswering == true {
      try? await Task.sleep(for: .milliseconds(configuration.deadlineMilliseconds + 100))
    }
    await centrifugo?.close()
    grpc?.close()
    try await group.shutdownGracefully()
    try result.get()
  }
}

extension HTTPSettings {
  /// The listener's part of the configuration.
  init(_ configuration: Configuration) {
    self.init()
    hosts = [configuration.listen.host]
    port = configuration.listen.port
    clientAddressHeader = configuration.addressHeader
    answerTime = .milliseconds(configuration.deadlineMilliseconds)
    drainTime = .seconds(configuration.drainSeconds)
    maximumBodyBytes = configuration.maximumBodyBytes
  }
}

extension GRPCSettings {
  /// The listener's part of the configuration; nil where there is none.
  init?(_ configuration: Configuration) {
    guard let listen = configuration.grpcListen else { return nil }
    self.init()
    host = listen.host
    port = listen.port
    clientAddressHeader = configuration.addressHeader
    answerTime = .milliseconds(configuration.deadlineMilliseconds)
    drainTime = .seconds(configuration.drainSeconds)
    maximumBodyBytes = configuration.maximumBodyBytes
    maximumAge = configuration.grpcConnectionSeconds.map { .seconds($0) }
  }
}

extension Result where Failure == any Error {
  /// What `body` returns or throws.
  fileprivate init(_ body: () async throws -> Success) async {
    do { self = .success(try await body()) } catch { self = .failure(error) }
  }
}
