import Testing

@testable import CentrifugoSetup

@Suite("Writing Centrifugo's configuration")
struct WriterTests {
  private func findings(_ plan: SetupPlan) throws -> [Finding] {
    var expected = plan.expectations
    switch plan.transport {
    case .http: expected.endpoint = plan.endpoint
    case .grpc: expected.grpc = .at(String(plan.endpoint.dropFirst("grpc://".count)))
    }
    expected.isEncrypted = plan.tls != nil
    return LintReport(of: Setup(file: try SetupForm.json.read(CentrifugoWriter.text(for: plan))), expecting: expected)
      .findings
  }

  @Test("The shipped configurations are what is written for the defaults", arguments: SetupPlan.Transport.allCases)
  func shipped(_ transport: SetupPlan.Transport) throws {
    let path = Repository.path(of: transport)
    #expect(
      try Repository.text(of: path) == CentrifugoWriter.text(for: SetupPlan(transport)),
      "make it anew: proxyhooks centrifugo config --defaults --transport \(transport.rawValue) > \(path)")
  }

  @Test("What is written for other settings holds to them, and the lint finds nothing in it")
  func plan() throws {
    var plan = SetupPlan()
    plan.expectations.roomNamespace = "game"
    plan.expectations.personalNamespace = "person"
    plan.expectations.rpcNamespaces = ["chat", "talk"]
    plan.expectations.outboxPartitions = 4
    plan.expectations.outboxTable = "chat.outbox"
    plan.expectations.outboxChannel = "chat_outbox"
    plan.expectations.secretHeader = "X-Other"
    plan.expectations.deadlineMilliseconds = 950
    plan.expectations.bodyBytes = 100_000
    plan.endpoint = "https://hooks.internal:8443"
    plan.tls = SetupPlan.TLS(authority: "/ca.pem", identity: ("/client.pem", "/client.key"))
    plan.origins = ["https://chat.example.org"]
    #expect(try findings(plan) == [])
    let file = try SetupForm.json.read(CentrifugoWriter.text(for: plan))
    let setup = Setup(file: file)
    #expect(setup["channel.namespaces"].elements.map { $0["name"].text } == ["game", "person"])
    #expect(setup["rpc.namespaces"].elements.map { $0["name"].text } == ["chat", "talk"])
    #expect(setup["consumers"].elements.first?["postgresql"]["num_partitions"].integer == 5)
    #expect(setup["client.allowed_origins"].texts.map(\.text) == ["https://chat.example.org"])
    let proxies = setup.proxies(plan.expectations)
    #expect(proxies.map(\.event) == [.connect, .refresh, .subscribe, .publish, .subRefresh, .rpc])
    for proxy in proxies {
      #expect(proxy.endpoint.text == "https://hooks.internal:8443/centrifugo/\(proxy.event.rawValue)")
      #expect(proxy.spot["timeout"].text == "1050ms")
      #expect(proxy.spot["http"]["tls"]["enabled"].isOn)
      #expect(proxy.spot["http"]["tls"]["server_ca_pem"].text == "/ca.pem")
      #expect(proxy.spot["http"]["tls"]["key_pem"].text == "/client.key")
      #expect(proxy.fixedHeaders.map(\.name) == ["x-other"])
    }
  }

  @Test("What is written over gRPC has one address, and secret and TLS where gRPC's are; the lint finds nothing in it")
  func grpc() throws {
    var plan = SetupPlan(.grpc)
    plan.expectations.secretHeader = "X-Other"
    plan.endpoint = "grpc://hooks.internal:8444"
    plan.tls = SetupPlan.TLS(authority: "/ca.pem", identity: ("/client.pem", "/client.key"))
    #expect(try findings(plan) == [])
    let setup = Setup(file: try SetupForm.json.read(CentrifugoWriter.text(for: plan)))
    let proxies = setup.proxies(plan.expectations)
    #expect(proxies.map(\.event) == [.connect, .refresh, .subscribe, .publish, .subRefresh, .rpc])
    for proxy in proxies {
      #expect(proxy.endpoint.text == "grpc://hooks.internal:8444")
      #expect(proxy.spot["grpc"]["tls"]["enabled"].isOn)
      #expect(proxy.spot["grpc"]["tls"]["server_ca_pem"].text == "/ca.pem")
      #expect(proxy.spot["grpc"]["tls"]["key_pem"].text == "/client.key")
      #expect(proxy.spot["grpc"]["static_metadata"].headers.map(\.name) == ["x-other"])
      #expect(!proxy.spot["http"].isThere)
    }
  }

  @Test("The header of the client's address is forwarded where the service reads one, and the lint points at the edge")
  func addressHeader() throws {
    var plan = SetupPlan()
    plan.expectations.addressHeader = "X-Edge-Address"
    #expect(try findings(plan).map(\.rule) == ["forwarded-header"])
  }

  @Test("Texts that JSON has to escape come out as they went in")
  func escapes() throws {
    var plan = SetupPlan()
    plan.origins = ["https://\"\\\n.example.org"]
    let file = try SetupForm.json.read(CentrifugoWriter.text(for: plan))
    #expect(Setup(file: file)["client.allowed_origins"].texts.map(\.text) == plan.origins)
  }
}
