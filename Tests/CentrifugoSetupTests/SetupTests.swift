import Testing

@testable import CentrifugoSetup

@Suite("A configuration as Centrifugo sees it")
struct SetupTests {
  private func setup(_ json: String, _ variables: [String: String]? = nil) throws -> Setup {
    Setup(file: try SetupForm.json.read(json), environment: variables.map { EnvironmentFile(variables: $0) })
  }

  // What Centrifugo 6.9.1 makes of the following was seen by its defaultconfig and checkconfig.

  @Test("Capitals do not matter, and dots part keys outside of lists")
  func keys() throws {
    let setup = try setup(
      #"{"Client.Insecure": "T", "client": {"proxy.connect": {"Enabled": 1}}, "proxies": [{"Name": "x", "http.tls": 1}]}"#
    )
    #expect(setup["client.insecure"].isOn)
    #expect(setup["client.proxy.connect.enabled"].isOn)
    #expect(setup["proxies"].elements.first?.owner == "x")
    #expect(setup.unknownKeys.map(\.spot.path) == ["proxies[0].http.tls"])
    #expect(setup.collisions.isEmpty)
  }

  @Test(
    "Two spellings of one key are a collision, once",
    arguments: [
      (#"{"client": {"insecure": true}, "Client": {"insecure": false}}"#, "client"),
      (#"{"client": {"insecure": true}, "client.insecure": false}"#, "client.insecure"),
      (#"{"proxies": [{"name": "a", "NAME": "b"}]}"#, "proxies[0].name"),
      (#"{"client": 5, "client.insecure": true}"#, "client"),
    ])
  func collisions(_ json: String, _ path: String) throws {
    #expect(try setup(json).collisions.map(\.path) == [path])
  }

  @Test("A variable wins over the file; an empty one is none")
  func variables() throws {
    let setup = try setup(
      #"{"client": {"insecure": false, "concurrency": 3, "allowed_origins": ["a"]}}"#,
      [
        "CENTRIFUGO_CLIENT_INSECURE": "true", "CENTRIFUGO_CLIENT_CONCURRENCY": "",
        "CENTRIFUGO_CLIENT_ALLOWED_ORIGINS": "b c", "CENTRIFUGO_CHANNEL_MAX_LENGTH": "0x10",
      ])
    #expect(setup["client.insecure"].isOn)
    #expect(setup["client.insecure"].origin == .variable("CENTRIFUGO_CLIENT_INSECURE"))
    #expect(setup["client.concurrency"].integer == 3)
    #expect(setup["client.allowed_origins"].texts.map(\.text) == ["b", "c"])
    #expect(setup["channel.max_length"].integer == 16)
  }

  @Test("An element of a list is reached by its name, in capitals and with underscores")
  func namedElements() throws {
    let setup = try setup(
      #"{"channel": {"namespaces": [{"name": "my-n.s"}, {"name": "other"}]}, "consumers": [{"name": "out"}]}"#,
      [
        "CENTRIFUGO_CHANNEL_NAMESPACES_MY_N_S_MAP_MODE": "persistent",
        "CENTRIFUGO_CHANNEL_NAMESPACES_my_n_s_PRESENCE": "true",
        "CENTRIFUGO_CONSUMERS_OUT_POSTGRESQL_DSN": "postgresql://h/",
      ])
    #expect(setup["channel.namespaces"].elements.map { $0["map"]["mode"].text } == ["persistent", ""])
    #expect(setup["consumers"].elements.map { $0["postgresql"]["dsn"].text } == ["postgresql://h/"])
    #expect(setup.unknownVariables == ["CENTRIFUGO_CHANNEL_NAMESPACES_my_n_s_PRESENCE"])
  }

  @Test("A list in a variable lies over the file's, element by element; names are added to it")
  func lists() throws {
    let file = #"{"channel": {"namespaces": [{"name": "aa", "presence": true}, {"name": "bb"}]}}"#
    let key = "CENTRIFUGO_CHANNEL_NAMESPACES"
    let json = try setup(file, [key: #"[{"NAME": "zz", "join_leave": true}]"#])
    let elements = json["channel.namespaces"].elements
    #expect(elements.map { $0["name"].text } == ["zz"])
    #expect(elements.first?["presence"].isOn == true && elements.first?["join_leave"].isOn == true)
    let names = try setup(file, [key: "cc dd", "\(key)_CC_PRESENCE": "1"])["channel.namespaces"].elements
    #expect(names.map { $0["name"].text } == ["aa", "bb", "cc", "dd"])
    #expect(names.map { $0["presence"].isOn } == [true, false, true, false])
  }

  @Test("What Kubernetes sets, and what secrets in headers are filled from, is not unknown")
  func unknownVariables() throws {
    let setup = try setup(
      "{}",
      [
        "CENTRIFUGO_PORT": "tcp://10.0.0.1:8000", "CENTRIFUGO_SERVICE_HOST": "10.0.0.1", "CENTRIFUGO_VAR_X": "1",
        "CENTRIFUGO_CLIENT_INSECUR": "1", "PATH": "/bin", "CENTRIFUGO_HTTP_SERVER_PORT": "8000",
      ])
    #expect(setup.unknownVariables == ["CENTRIFUGO_CLIENT_INSECUR"])
  }

  @Test(
    "A duration is read as Go reads it",
    arguments: [
      ("1s", 1_000_000_000), ("1h30m", 5_400_000_000_000), ("1.5h", 5_400_000_000_000), ("250ms", 250_000_000),
      ("-1s", -1_000_000_000), ("+5s", 5_000_000_000), ("0", 0), ("0s", 0), (".5s", 500_000_000), ("1µs", 1_000),
      ("1.s", 1_000_000_000),
    ])
  func durations(_ text: String, _ nanoseconds: Int64) {
    #expect(GoDuration(text)?.nanoseconds == nanoseconds)
  }

  @Test(
    "What is no duration to Go is none",
    arguments: ["", "1", "s", "1x", "1 s", "1s ", "1..5s", ".s", "1d", "99999999999h", "--1s", "1S", "é"])
  func noDurations(_ text: String) { #expect(GoDuration(text) == nil) }

  @Test("Durations are written in the largest unit that fits")
  func durationTexts() {
    for text in ["90s", "5m", "24h", "250ms", "0s", "-1s"] { #expect(GoDuration(text)?.text == text) }
    #expect(GoDuration(nanoseconds: 10).text == "10ns")
    #expect(GoDuration(nanoseconds: .max) + .seconds(1) == GoDuration(nanoseconds: .max))
  }

  @Test(
    "Whole numbers are read as Go reads them",
    arguments: [("16", 16), ("0x10", 16), ("0b10", 2), ("0o17", 15), ("017", 15), ("-5", -5), ("+5", 5), ("0", 0)])
  func integers(_ text: String, _ value: Int) { #expect(Spot.integer(text) == value) }

  @Test(
    "What is no whole number is none",
    arguments: ["", "-", "0x", "0x-1", "08", "1.0", "1e3", " 1", "99999999999999999999"])
  func noIntegers(_ text: String) { #expect(Spot.integer(text) == nil) }

  @Test(
    "A pattern of origins that strangers match is told from one that they do not",
    arguments: [
      ("https://chat.example.org", nil), ("http://localhost:*", nil), ("https://*.example.org", nil),
      ("https://*.example.org:*", nil), ("http://127.0.0.1:80*", nil), ("*", nil), ("https://*", nil),
      ("https://chat.example.org*", "https://chat.example.org.example.net"),
      ("https://*example.org", "https://not-example.org"), ("https://example.*", "https://example.example.net"),
    ] as [(String, String?)])
  func origins(_ pattern: String, _ stranger: String?) {
    #expect(OriginPattern.foreignMatch(of: pattern) == stranger)
  }

  @Test("Patterns for all hosts are known")
  func everyOrigin() {
    for pattern in ["*", "**", "https://*", "*://*", "http://*:*", "https://*.*"] {
      #expect(OriginPattern.isForEveryHost(pattern))
    }
    for pattern in ["", "https://", "https://*.org", "http://localhost:*"] {
      #expect(!OriginPattern.isForEveryHost(pattern))
    }
  }

  @Test("A misspelt key finds the one that was meant, and a strange one finds none")
  func nearest() {
    let keys = KnownKeys.standard.keys(of: "channel_namespace").keys
    #expect(NearestKey.to("subscribe_proxi_enabled", among: keys) == "subscribe_proxy_enabled")
    #expect(NearestKey.to("presense", among: keys) == "presence")
    #expect(NearestKey.to("hsitory_size", among: keys) == "history_size")
    #expect(NearestKey.to("colour", among: keys) == nil)
    #expect(NearestKey.to("", among: keys) == nil)
    #expect(NearestKey.to(String(repeating: "x", count: 100_000), among: keys) == nil)
  }

  @Test("The table of keys is whole: each object that is named is there, and each is used")
  func table() {
    var used: Set = ["root"]
    var open = ["root"]
    while let name = open.popLast() {
      let keys = KnownKeys.standard.keys(of: name)
      #expect(!keys.isEmpty, "\(name)")
      for kind in keys.values {
        switch kind {
        case .object(let inner), .list(let inner): if used.insert(inner).inserted { open.append(inner) }
        default: break
        }
      }
    }
    #expect(KnownKeys.standard.keys(of: "root").count == 37)
    #expect(KnownKeys.standard.keys(of: "client")["expired_sub_close_delay"] == .duration(fallback: "25s"))
    #expect(KnownKeys.standard.keys(of: "proxy")["http"] == .object("proxy_common_http"))
  }
}
