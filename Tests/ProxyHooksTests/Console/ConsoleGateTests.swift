import Auth
import Logging
import Synchronization
import Testing

@testable import ProxyHooks

@Suite struct ConsoleGateTests {
  private static let token = TestConsole.token
  private static let second: UInt64 = 1_000_000_000

  private func gate() throws -> ConsoleGate {
    ConsoleGate(try CallerSecrets([Array(Self.token.utf8)]), log: TestConsole.quiet)
  }

  private func headers(_ credentials: String, scheme: String = "Basic") -> Credentials {
    ["\(scheme) \(Base64.encode(Array(credentials.utf8)))"]
  }

  @Test("The token lets in with any user, and nothing else does")
  func token() throws {
    for user in ["", "reviewer", "Jürgen"] {
      #expect(try gate().refusal(headers("\(user):\(Self.token)"), at: 0) == nil)
    }
    #expect(try gate().refusal(headers("a:\(Self.token)", scheme: "bAsIC"), at: 0) == nil)
    let bad: [Credentials] = [
      [], headers("a:"), headers(Self.token), headers("a:\(Self.token) "), headers("a:\(Self.token.dropLast())"),
      headers("\(Self.token):a"), headers("a:b:\(Self.token)"), headers("a:\(Self.token)", scheme: "Bearer"),
      ["Basic"], ["Basic ===="], [Self.token],
      ["Basic " + String(repeating: "A", count: 2_000)],
      [headers("a:\(Self.token)").values[0], "Basic YTpi"],
    ]
    for headers in bad { #expect(try gate().refusal(headers, at: 0) == .noConsoleToken) }
  }

  @Test("After ten wrong tokens none is looked at for a while, not even the right one")
  func tooMany() throws {
    let gate = try gate()
    let (wrong, right) = (headers("a:a wrong token, a long one"), headers("a:\(Self.token)"))
    let start = 5 * Self.second
    for _ in 0..<9 { #expect(gate.refusal(wrong, at: start) == .noConsoleToken) }
    #expect(gate.refusal(right, at: start + 1) == nil)
    #expect(gate.refusal(wrong, at: start + 2) == .noConsoleToken)
    #expect(gate.refusal(right, at: start + 3) == .tooManyTokens)
    #expect(gate.refusal(wrong, at: start + 3) == .tooManyTokens)
    #expect(gate.refusal([] as Credentials, at: start + 3) == .noConsoleToken)
    #expect(gate.refusal(right, at: start + ConsoleGate.interval - 1) == .tooManyTokens)
    #expect(gate.refusal(right, at: start + ConsoleGate.interval) == nil)
  }

  @Test("A browser's first request, which has no token yet, is no attempt")
  func first() throws {
    let gate = try gate()
    for _ in 0..<100 { #expect(gate.refusal([] as Credentials, at: 0) == .noConsoleToken) }
    #expect(gate.refusal(headers("a:\(Self.token)"), at: 0) == nil)
  }

  @Test("Wrong tokens are told of once in a while, and none is in the log")
  func log() throws {
    let lines = Mutex<[String]>([])
    let logger = Logger(label: "test") { _ in Recorder { line in lines.withLock { $0.append(line) } } }
    let gate = ConsoleGate(try CallerSecrets([Array(Self.token.utf8)]), log: logger)
    for _ in 0..<20 { _ = gate.refusal(headers("a:a wrong token, a long one"), at: Self.second) }
    let written = lines.withLock { $0 }
    #expect(written.count == 1)
    #expect(!written.contains { $0.contains("a wrong token, a long one") || $0.contains(Self.token) })
  }

  private struct Recorder: LogHandler {
    let write: @Sendable (String) -> Void
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.debug
    init(_ write: @escaping @Sendable (String) -> Void) { self.write = write }
    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
      get { metadata[key] }
      set { metadata[key] = newValue }
    }
    func log(event: LogEvent) { write("\(event.message) \(event.metadata ?? [:])") }
  }
}

/// A request's headers: values of `Authorization`.
private struct Credentials: HookHeaders, ExpressibleByArrayLiteral {
  var values: [String]

  init(arrayLiteral values: String...) { self.values = values }

  func only(_ name: String) -> HeaderField {
    guard name == "authorization", let value = values.first else { return .absent }
    return values.count == 1 ? .one(value) : .several
  }
}
