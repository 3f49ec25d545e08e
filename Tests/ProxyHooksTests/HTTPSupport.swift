import Auth
import Dispatch
import Logging
import NIOCore
import NIOPosix
import StrictJSON
import Synchronization
import Testing

@testable import ProxyHooks

#if canImport(Glibc)
  import Glibc
#endif

/// Answers by a script and remembers what it was asked.
final class ScriptedHooks: HookAnswering {
  private let asked = Mutex<[HookRequest]>([])
  private let script: @Sendable (HookRequest) async -> HookReply

  init(_ script: @escaping @Sendable (HookRequest) async -> HookReply = { _ in .error(.denied) }) {
    self.script = script
  }

  var requests: [HookRequest] { asked.withLock { $0 } }

  func answer(_ request: HookRequest) async -> HookReply {
    asked.withLock { $0.append(request) }
    return await script(request)
  }
}

/// A listener on a port of its own.
struct TestListener {
  static let secret = "a caller's secret, 32 bytes long"

  let listener: HTTPListener
  let hooks: ScriptedHooks
  let metrics: Metrics
  let tls: TLSIdentities?
  let port: Int

  /// Serves `body` with a listener that is drained afterwards.
  static func serve(
    hooks: ScriptedHooks = ScriptedHooks(), insecure: Bool = false, tls: TLSSettings? = nil,
    unixTime: @escaping @Sendable () -> Int64 = { UTCTime.now.seconds },
    settings change: (inout HTTPSettings) -> Void = { _ in }, _ body: (TestListener) async throws -> Void
  ) async throws {
    var settings = HTTPSettings()
    settings.port = 0
    settings.drainTime = .seconds(2)
    settings.drainIdleTime = .milliseconds(50)
    change(&settings)
    let metrics = Metrics(version: "test")
    let logger = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
    let identities = tls.map { TLSIdentities($0, metrics: metrics, logger: logger, now: unixTime) }
    let listener = HTTPListener(
      settings: settings, secrets: insecure ? nil : try CallerSecrets([Array(secret.utf8)]), answering: hooks,
      observer: HookObserver(metrics: metrics, log: nil), tls: identities, group: MultiThreadedEventLoopGroup.singleton,
      logger: logger)
    try await listener.start()
    let port = try #require(listener.ports.first)
    let test = TestListener(listener: listener, hooks: hooks, metrics: metrics, tls: identities, port: port)
    do {
      try await body(test)
    } catch {
      await listener.drain()
      throw error
    }
    await listener.drain()
  }

  /// A POST with the secret, as bytes.
  static func post(_ hook: String, _ body: String, headers: String = "") -> String {
    "POST /centrifugo/\(hook) HTTP/1.1\r\nHost: h\r\nX-ProxyHooks-Secret: \(secret)\r\n\(headers)"
      + "Content-Length: \(body.utf8.count)\r\n\r\n\(body)"
  }

  /// Sends `bytes` on a connection of its own and reads what comes back.
  func exchange(_ bytes: String, until end: RawClient.End = .replies(1)) async throws -> RawReplies {
    let client = try await RawClient(port: port)
    await client.send(bytes)
    return await client.receive(until: end)
  }

  /// How many requests were turned away with `status`.
  func refused(_ status: Int) -> String? { sample("proxyhooks_http_refused_total{status=\"\(status)\"}") }

  /// The value of a series, as it is spelled.
  func sample(_ series: String) -> String? {
    let prefix = series + " "
    return metrics.text.split(separator: "\n").first { $0.hasPrefix(prefix) }.map { String($0.dropFirst(prefix.count)) }
  }
}

/// What came back on a connection.
struct RawReplies {
  struct Reply: Equatable {
    var status: Int
    var headers: [String: String]
    var body: String
    var isWhole: Bool
  }

  var text: String
  var isClosed: Bool
  /// Whether the connection ended with a reset, which can take a reply with it.
  var isReset = false

  var replies: [Reply] {
    var replies: [Reply] = []
    var rest = text[...]
    while let end = rest.range(of: "\r\n\r\n") {
      let lines = rest[..<end.lowerBound].split(separator: "\r\n")
      var headers: [String: String] = [:]
      for line in lines.dropFirst() {
        let colon = line.firstIndex(of: ":") ?? line.endIndex
        headers[line[..<colon].lowercased()] = String(line[colon...].dropFirst(2))
      }
      let status = lines.first?.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
      let length = headers["content-length"].flatMap { Int($0) } ?? 0
      let body = rest[end.upperBound...].utf8.prefix(length)
      let isWhole = body.count == length
      replies.append(Reply(status: status, headers: headers, body: String(body) ?? "", isWhole: isWhole))
      rest = rest[body.endIndex...]
    }
    return replies
  }

  var statuses: [Int] { replies.map(\.status) }
}

extension Substring {
  fileprivate func range(of text: String) -> Range<Index>? {
    var start = startIndex
    while start < endIndex {
      if self[start...].utf8.starts(with: text.utf8) { return start..<utf8.index(start, offsetBy: text.utf8.count) }
      start = utf8.index(after: start)
    }
    return nil
  }
}

/// A socket written and read as raw bytes. Its calls block threads of Dispatch's, none of the tests'.
final class RawClient: Sendable {
  private let descriptor: Int32

  init(port: Int) async throws {
    descriptor = try await onThread {
      let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
      var address = sockaddr_in()
      address.sin_family = sa_family_t(AF_INET)
      address.sin_port = in_port_t(port).bigEndian
      address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
      let result = withUnsafePointer(to: &address) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
          connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
        }
      }
      guard result == 0 else { throw RawClientError.connect(errno) }
      var one: Int32 = 1
      setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &one, socklen_t(MemoryLayout<Int32>.size))
      return descriptor
    }
  }

  deinit { close(descriptor) }

  /// Sends all of `text`, or as much as the other side takes.
  func send(_ text: String) async { await send(Array(text.utf8)) }

  func send(_ bytes: [UInt8]) async {
    await onThread { [descriptor] in
      var rest = bytes[...]
      while !rest.isEmpty {
        let sent = rest.withUnsafeBytes { Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
        guard sent > 0 else { return }
        rest = rest.dropFirst(sent)
      }
    }
  }

  /// Ends the sending side.
  func finish() { shutdown(descriptor, Int32(SHUT_WR)) }

  /// When enough has been read.
  enum End {
    /// So many replies are whole; then a moment longer, to see whether the connection is closed too.
    case replies(Int)
    /// The other side has closed the connection.
    case closed
    /// Nothing came for so many milliseconds.
    case silence(Int32)
  }

  /// Reads until `end`, until the other side closes, or until it has said nothing for ten seconds.
  func receive(until end: End = .replies(1)) async -> RawReplies {
    await onThread { [descriptor] in
      var result = RawReplies(text: "", isClosed: false)
      var room = [UInt8](repeating: 0, count: 65_536)
      var bytes: [UInt8] = []
      while true {
        var patience: Int32 = 10_000
        switch end {
        case .replies(let count):
          result.text = String(decoding: bytes, as: UTF8.self)
          if bytes.count < 1_000_000, result.replies.count(where: \.isWhole) >= count { patience = 50 }
        case .closed: break
        case .silence(let milliseconds): patience = milliseconds
        }
        var ready = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        guard poll(&ready, 1, patience) > 0 else { break }
        let received = recv(descriptor, &room, room.count, 0)
        guard received > 0 else {
          result.isClosed = true
          result.isReset = received < 0
          break
        }
        bytes += room[..<received]
      }
      result.text = String(decoding: bytes, as: UTF8.self)
      return result
    }
  }
}

enum RawClientError: Error { case connect(Int32) }

/// Runs what blocks on a thread that may.
func onThread<Value: Sendable, Failure: Error>(
  _ work: @escaping @Sendable () throws(Failure) -> Value
) async throws(Failure) -> Value {
  let result: Result<Value, Failure> = await withCheckedContinuation { continuation in
    DispatchQueue.global().async { continuation.resume(returning: Result { () throws(Failure) in try work() }) }
  }
  return try result.get()
}

/// A gate that a scripted answer waits at.
final class Gate: Sendable {
  private let state = Mutex<(isOpen: Bool, waiting: [CheckedContinuation<Void, Never>])>((false, []))

  func open() {
    let waiting = state.withLock { state in
      state.isOpen = true
      defer { state.waiting = [] }
      return state.waiting
    }
    for continuation in waiting { continuation.resume() }
  }

  func wait() async {
    await withCheckedContinuation { continuation in
      let isOpen = state.withLock { state in
        if !state.isOpen { state.waiting.append(continuation) }
        return state.isOpen
      }
      if isOpen { continuation.resume() }
    }
  }
}

/// Waits until `condition` holds, for at most ten seconds.
func eventually(_ condition: () -> Bool) async -> Bool {
  for _ in 0..<2_000 {
    if condition() { return true }
    try? await Task.sleep(for: .milliseconds(5))
  }
  return condition()
}
