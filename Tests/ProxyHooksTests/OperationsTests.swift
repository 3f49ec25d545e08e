import Logging
import NIOPosix
import Storage
import StrictJSON
import Synchronization
import Testing

@testable import ProxyHooks

@Suite struct OperationsListenerTests {
  private func serve(
    readiness: @escaping @Sendable () -> Readiness, metrics: Metrics = Metrics(version: "1.2.3"),
    _ body: (Int) async throws -> Void
  ) async throws {
    let listener = OperationsListener(
      port: 0, metrics: metrics, readiness: readiness, group: MultiThreadedEventLoopGroup.singleton,
      logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }))
    try await listener.start()
    try await body(try #require(listener.port))
    await listener.drain()
  }

  private func get(_ path: String, port: Int, method: String = "GET") async throws -> RawReplies.Reply {
    let client = try await RawClient(port: port)
    await client.send("\(method) \(path) HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n")
    return try #require(await client.receive(until: .closed).replies.first)
  }

  @Test("The service is alive while it answers, and ready unless it drains or something is down")
  func readiness() async throws {
    let state = Mutex(Readiness(components: [], isDraining: false))
    try await serve(readiness: { state.withLock { $0 } }) { port in
      #expect(try await get("/healthz", port: port).status == 200)
      let cases: [(Readiness.State, Readiness.State, Bool, Int)] = [
        (.up, .up, false, 200), (.up, .degraded, false, 200), (.down, .up, false, 503), (.up, .up, true, 503),
      ]
      for (database, redis, isDraining, status) in cases {
        state.withLock {
          $0 = Readiness(
            components: [.init(name: "database", state: database), .init(name: "redis", state: redis)],
            isDraining: isDraining)
        }
        let reply = try await get("/readyz", port: port)
        #expect(reply.status == status)
        let json = try JSON.parse(Array(reply.body.utf8))
        #expect(json["ready"]?.bool == (status == 200))
        #expect(json["draining"]?.bool == isDraining)
        #expect(json["components"]?["database"]?.string == database.rawValue)
        #expect(json["components"]?["redis"]?.string == redis.rawValue)
        #expect(try await get("/healthz", port: port).status == 200)
      }
    }
  }

  @Test("Only GET is served, and only three paths")
  func paths() async throws {
    try await serve(readiness: { Readiness(components: [], isDraining: false) }) { port in
      #expect(try await get("/", port: port).status == 404)
      #expect(try await get("/metrics/", port: port).status == 404)
      let post = try await get("/metrics", port: port, method: "POST")
      #expect(post.status == 405)
      #expect(post.headers["allow"] == "GET")
      let client = try await RawClient(port: port)
      await client.send("GET /metrics HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\n\r\na")
      #expect(await client.receive(until: .closed).statuses == [413])
    }
  }

  @Test("Metrics are served in Prometheus' text format")
  func metrics() async throws {
    try await serve(readiness: { Readiness(components: [], isDraining: false) }) { port in
      let reply = try await get("/metrics", port: port)
      #expect(reply.status == 200)
      #expect(reply.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8")
      #expect(reply.body.contains(#"proxyhooks_build_info{version="1.2.3"} 1"#))
    }
  }
}

@Suite struct OperationsMetricsTests {
  private func record(_ kind: HookKind, _ outcome: HookOutcome, _ code: Code?, microseconds: UInt64) -> HookRecord {
    let request = HookRequest(kind: kind, id: "1", deadline: Deadline(nanoseconds: 0))
    var record = HookRecord(request, outcome: outcome, code: code, reason: "r")
    record.durationMicroseconds = microseconds
    return record
  }

  /// The text as a scraper reads it: names with labels to values; fails on what is no line of the format.
  private func parse(_ text: String) throws -> [String: Double] {
    var samples: [String: Double] = [:]
    var typed: Set<String> = []
    try #require(text.hasSuffix("\n"))
    for line in text.split(separator: "\n") {
      if line.hasPrefix("# ") {
        let words = line.split(separator: " ", maxSplits: 3)
        try #require(words.count == 4)
        if words[1] == "TYPE" { try #require(typed.insert(String(words[2])).inserted, "\(words[2]) is split") }
        continue
      }
      let space = try #require(line.lastIndex(of: " "))
      let name = String(line[..<space])
      let value = try #require(Double(line[line.index(after: space)...]))
      try #require(name.wholeMatch(of: /[a-z_]+(\{[a-z_]+="[^"\n]*"(,[a-z_]+="[^"\n]*")*\})?/) != nil, "\(name)")
      try #require(samples.updateValue(value, forKey: name) == nil, "\(name) stands twice")
    }
    return samples
  }

  @Test("Hooks are counted by event, outcome and code, and timed in buckets that add up")
  func hooks() throws {
    let metrics = Metrics(version: "v")
    for kind in HookKind.allCases {
      for outcome in HookOutcome.allCases {
        for code in [nil] + Code.all { metrics.count(record(kind, outcome, code, microseconds: 1_500)) }
      }
    }
    for microseconds: UInt64 in [0, 500, 501, 1_000_000, 1_000_001, 60_000_000] {
      metrics.count(record(.publish, .allow, nil, microseconds: microseconds))
    }
    let samples = try parse(metrics.text)
    let codes = Code.all.count + 1
    let replies = samples.filter { $0.key.hasPrefix("proxyhooks_hook_replies_total{") }
    #expect(replies.count == 6 * 4 * codes)
    #expect(replies[#"proxyhooks_hook_replies_total{hook="publish",outcome="allow",code="none"}"#] == 7)
    #expect(replies[#"proxyhooks_hook_replies_total{hook="rpc",outcome="deny",code="muted"}"#] == 1)
    func bucket(_ bound: String) -> Double? {
      samples[#"proxyhooks_hook_duration_seconds_bucket{hook="publish",le="\#(bound)"}"#]
    }
    #expect(bucket("0.0005") == 2)
    #expect(bucket("0.001") == 3)
    #expect(bucket("0.002") == Double(3 + 4 * codes))
    #expect(bucket("1") == Double(4 + 4 * codes))
    #expect(bucket("+Inf") == Double(6 + 4 * codes))
    #expect(samples[#"proxyhooks_hook_duration_seconds_count{hook="publish"}"#] == Double(6 + 4 * codes))
    let sum = try #require(samples[#"proxyhooks_hook_duration_seconds_sum{hook="publish"}"#])
    #expect(abs(sum - (62.001002 - 0.000001 + 0.0015 * 4 * Double(codes))) < 0.01)
  }

  @Test("Gauges are asked when the text is made, and stand together under one name")
  func gauges() throws {
    let metrics = Metrics(version: #"v"\#n\"#)
    let depth = Atomic<Int>(0)
    let depths = { @Sendable in Double(depth.load(ordering: .relaxed)) }
    metrics.addGauge("proxyhooks_lane_depth", help: "Waiting.", labels: ["lane": "messages"], value: depths)
    metrics.addGauge("proxyhooks_redis_connected", help: "Whether it is.") { 1 }
    metrics.addGauge("proxyhooks_lane_depth", help: "Waiting.", labels: ["lane": "reading"]) { .nan }
    depth.store(7, ordering: .relaxed)
    let samples = try parse(metrics.text.replacing("NaN", with: "0").replacing(#"\"\n\\"#, with: ""))
    #expect(samples[#"proxyhooks_lane_depth{lane="messages"}"#] == 7)
    #expect(samples["proxyhooks_redis_connected"] == 1)
    #expect(samples[#"proxyhooks_build_info{version="v"}"#] == 1)
    #expect(try #require(samples["process_start_time_seconds"]) > 1_700_000_000)
    #expect(samples[#"proxyhooks_http_refused_total{status="401"}"#] == 0)
  }

  @Test("The hooks' listener counts its open connections")
  func connections() async throws {
    try await TestListener.serve { test in
      let client = try await RawClient(port: test.port)
      await client.send(TestListener.post("rpc", "{}"))
      _ = await client.receive()
      #expect(try parse(test.metrics.text)["proxyhooks_http_connections"] == 1)
    }
  }
}
