import Testing

@testable import ProxyHooks

#if canImport(Glibc)
  import Glibc
#endif

/// Requests of a real Centrifugo 6.9.1, recorded byte for byte.
@Suite(.enabled(if: Captures.folder != nil, "no captures: set PROXYHOOKS_CAPTURES to their folder"))
struct HTTPCaptureTests {
  @Test("Each recorded request is understood and answered on a connection that stays open", arguments: Captures.names)
  func replay(name: String) async throws {
    let hooks = ScriptedHooks { _ in .error(.denied) }
    let recorded = try #require(Captures.read(name))
    try await TestListener.serve(hooks: hooks) { test in
      let result = try await test.exchange(Captures.asCaller(recorded))
      let hook = String(name.prefix { $0 != "-" && $0 != "." })
      let isRefresh = hook.hasSuffix("refresh")
      #expect(result.statuses == [200])
      #expect(!result.isClosed)
      #expect(
        result.replies.first?.body
          == (isRefresh
            ? #"{"result":{"expired":true}}"# : #"{"error":{"code":403,"message":"permission denied"}}"#))
      let request = try #require(hooks.requests.first)
      #expect(hooks.requests.count == 1)
      #expect(request.kind.rawValue == hook)
      #expect(request.encoding == (name.contains("binary") ? .binary : .json))
      #expect(request.client.count == 36)
      #expect(request.user == (hook == "connect" ? "" : "42"))
    }
  }

  @Test("The fields of the recorded requests arrive as they were sent")
  func fields() async throws {
    let hooks = ScriptedHooks()
    try await TestListener.serve(hooks: hooks, settings: { $0.clientAddressHeader = "X-Real-Ip" }) { test in
      for name in ["subscribe", "publish", "rpc-json-escaping", "connect-with-headers", "rpc-binary", "connect"] {
        let recorded = try #require(Captures.read(name + ".http"))
        _ = try await test.exchange(Captures.asCaller(recorded))
      }
    }
    let requests = hooks.requests
    try #require(requests.count == 6)
    #expect(requests[0].client == "b12ba457-82a5-4ea5-b08a-8cfd13ccd0f6")
    #expect(requests[0].channel == "chat:room")
    #expect(raw(requests[0].payload) == #"{"sub":"data"}"#)
    #expect(requests[0].meta.map { String(decoding: $0.rawBytes, as: UTF8.self) } == #"{"team":"blue"}"#)
    #expect(requests[0].authorization == nil)
    #expect(raw(requests[1].payload) == #"{"text":"hi"}"#)
    #expect(requests[2].method == "esc")
    #expect(
      raw(requests[2].payload)
        == #"{"h":"\u003cb\u003e\u0026é\u2028","big":12345678901234567890,"e":1.0}"#)
    #expect(requests[3].authorization == "Bearer emu")
    #expect(requests[3].clientAddress == "9.9.9.9")
    #expect(requests[4].method == "bin:getCurrentYear")
    #expect(isUnreadable(requests[4].payload))
    #expect(raw(requests[5].payload) == #"{"a":1}"#)
    #expect(requests[5].clientAddress?.isEmpty == true)
  }

  private func raw(_ payload: HookRequest.Payload) -> String? {
    guard case .json(let value) = payload else { return nil }
    return String(decoding: value.rawBytes, as: UTF8.self)
  }

  private func isUnreadable(_ payload: HookRequest.Payload) -> Bool {
    if case .unreadable = payload { true } else { false }
  }
}

enum Captures {
  /// `PROXYHOOKS_CAPTURES`, or `shared/captures` beside the package.
  static let folder: String? = {
    let named = getenv("PROXYHOOKS_CAPTURES").map { String(cString: $0) }
    let beside = #filePath.split(separator: "/").dropLast(4).map { "/" + $0 }.joined() + "/shared/captures"
    let folder = named ?? beside
    return access(folder, R_OK) == 0 ? folder : nil
  }()

  static let names =
    HookKind.allCases.flatMap { hook in
      ["\(hook.rawValue).http", "\(hook.rawValue)-binary.http"]
    } + ["connect-uni_http_stream.http", "connect-with-headers.http", "rpc-json-escaping.http"]

  /// The calls of gRPC in text form, without those of streams.
  static let calls = [
    "001-Connect", "002-Subscribe", "003-Publish", "004-RPC", "005-Subscribe", "006-Subscribe", "007-Refresh",
    "008-SubRefresh", "009-Subscribe", "010-Subscribe",
  ]

  /// The hooks by the names of their methods.
  static let kinds: [String: HookKind] = [
    "Connect": .connect, "Subscribe": .subscribe, "Publish": .publish, "RPC": .rpc, "Refresh": .refresh,
    "SubRefresh": .subRefresh,
  ]

  static func read(_ name: String) -> String? {
    guard let folder, let file = fopen("\(folder)/\(name)", "r") else { return nil }
    defer { fclose(file) }
    var bytes = [UInt8](repeating: 0, count: 65_536)
    let count = fread(&bytes, 1, bytes.count, file)
    return String(validating: bytes[..<count], as: UTF8.self)
  }

  /// The request with the secret beside its Host, and with the listener's path: some were recorded on another.
  static func asCaller(_ recorded: String) -> String {
    var lines = recorded.split(separator: "\r\n", omittingEmptySubsequences: false).map(String.init)
    lines[0] = lines[0].replacing("/bin/", with: "/centrifugo/")
    lines.insert("X-ProxyHooks-Secret: \(TestListener.secret)", at: 2)
    return lines.joined(separator: "\r\n")
  }
}
