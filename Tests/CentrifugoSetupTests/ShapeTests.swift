import Testing

@testable import CentrifugoSetup

/// Values of every type in the place of every value: no shape ends the process, and what can't be there is said.
@Suite("Configurations of the wrong shape")
struct ShapeTests {
  private static let shapes = [
    "5", "-0.5", "1e300", "true", "\"x\"", "\"\"", "null", "[]", "{}", "[[]]", "[{}]", "[5]", "[null]", "{\"a\": {}}",
    "{\"name\": 5}", "[{\"name\": \"match\"}, 7, {\"name\": [\"user\"]}]", "{\"\": 1}", "{\"a.b.c\": 1, \".\": 2}",
  ]

  @Test(
    "Every value of the shipped configuration may be anything",
    arguments: [
      "5", "true", "\"x\"", "[]", "{}", "[{}]", "[null]", "[{\"name\": \"match\"}, 7, {\"name\": [\"user\"]}]",
    ])
  func anywhere(_ shape: String) throws {
    let value = try #require(try SetupForm.json.read("{\"x\": \(shape)}")["x"])
    let shipped = try Repository.shipped()
    for path in paths(in: shipped) {
      let setup = Setup(file: replaced(shipped, path[...], value))
      let report = LintReport(of: setup)
      #expect(!report.text.isEmpty && !report.json.isEmpty)
    }
  }

  @Test("Variables are laid over values of any shape", arguments: shapes)
  func underVariables(_ shape: String) throws {
    let value = try #require(try SetupForm.json.read("{\"x\": \(shape)}")["x"])
    let names = [
      "CLIENT_INSECURE", "CLIENT_ALLOWED_ORIGINS", "CHANNEL_NAMESPACES", "CHANNEL_NAMESPACES_MATCH_MAP_MODE", "PROXIES",
      "RPC_PROXY_HTTP_STATIC_HEADERS", "RPC_PROXY_HTTP_STATUS_TO_CODE_TRANSFORMS", "CONSUMERS_5_ENABLED",
    ]
    let variables = EnvironmentFile(
      variables: Dictionary(uniqueKeysWithValues: names.map { ("CENTRIFUGO_\($0)", shape) }))
    for path in ["client", "channel", "channel.namespaces", "rpc.proxy", "rpc.proxy.http", "proxies", "consumers"] {
      let file = SetupValue(.object([.init(key: path, value: value)]))
      #expect(!LintReport(of: Setup(file: file, environment: variables)).findings.isEmpty)
    }
  }

  @Test("Every key of Centrifugo's may be anything", arguments: shapes)
  func everyKey(_ shape: String) throws {
    let value = try #require(try SetupForm.json.read("{\"x\": \(shape)}")["x"])
    var file: [SetupValue.Member] = []
    for (key, kind) in KnownKeys.standard.keys(of: "root") {
      var members = [SetupValue.Member(key: key, value: value)]
      if case .object(let inner) = kind {
        let keys = KnownKeys.standard.keys(of: inner).keys.sorted()
        members = [.init(key: key, value: SetupValue(.object(keys.map { .init(key: $0, value: value) })))]
      }
      file += members
      #expect(!LintReport(of: Setup(file: SetupValue(.object(members)))).findings.isEmpty)
    }
    #expect(!LintReport(of: Setup(file: SetupValue(.object(file)))).findings.isEmpty)
  }

  @Test(
    "A value of a type that Centrifugo can't read is a finding",
    arguments: [
      (#"{"channel": 5}"#, "channel"), (#"{"channel": {"namespaces": "match"}}"#, "channel.namespaces"),
      (#"{"channel": {"namespaces": [5]}}"#, "channel.namespaces[0]"),
      (#"{"client": {"proxy": []}}"#, "client.proxy"), (#"{"client": {"insecure": []}}"#, "client.insecure"),
      (#"{"client": {"insecure": "yes"}}"#, "client.insecure"),
      (#"{"client": {"concurrency": "many"}}"#, "client.concurrency"),
      (#"{"log": {"level": {}}}"#, "log.level"), (#"{"client": {"allowed_origins": [{}]}}"#, "client.allowed_origins"),
      (#"{"rpc": {"proxy": {"http": {"static_headers": {"A": 1}}}}}"#, "rpc.proxy.http.static_headers"),
      (#"{"rpc": {"proxy": {"http": {"static_headers": {"a.b": "c"}}}}}"#, "rpc.proxy.http.static_headers"),
      (#"{"rpc": {"proxy": {"http": {"static_headers": [{"key": "A"}]}}}}"#, "rpc.proxy.http.static_headers"),
    ])
  func wrongTypes(_ json: String, _ path: String) throws {
    let findings = LintReport(of: Setup(file: try SetupForm.json.read(json))).findings
    #expect(findings.filter { $0.rule == "wrong-type" }.map(\.key) == [path])
  }

  @Test("An object in place of a list is looked into, as Centrifugo does")
  func objectForList() throws {
    let json = #"{"channel": {"namespaces": {"name": "news", "allow_subscribe_for_client": 1, "presense": true}}}"#
    let rules = Set(LintReport(of: Setup(file: try SetupForm.json.read(json))).findings.map(\.rule))
    #expect(rules.isSuperset(of: ["open-subscribe", "unknown-key", "loose-type"]))
    #expect(!rules.contains("wrong-type"))
  }

  private enum Step { case key(String), index(Int) }

  private func paths(in value: SetupValue) -> [[Step]] {
    let inner: [(Step, SetupValue)] =
      (value.members ?? []).map { (.key($0.key), $0.value) }
      + (value.elements ?? []).enumerated().map { (.index($0.offset), $0.element) }
    return [[]] + inner.flatMap { step, value in paths(in: value).map { [step] + $0 } }
  }

  private func replaced(_ value: SetupValue, _ path: ArraySlice<Step>, _ new: SetupValue) -> SetupValue {
    guard let step = path.first else { return new }
    switch (step, value.content) {
    case (.key(let key), .object(let members)):
      return SetupValue(
        .object(
          members.map {
            $0.key == key ? .init(key: key, value: replaced($0.value, path.dropFirst(), new)) : $0
          }), value.origin)
    case (.index(let index), .array(let elements)):
      return SetupValue(
        .array(elements.enumerated().map { $0 == index ? replaced($1, path.dropFirst(), new) : $1 }), value.origin)
    default: return value
    }
  }
}
