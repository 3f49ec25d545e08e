import NIOCore
import NIOPosix
import NIOSSL
import Synchronization

/// A server on the loopback address that answers each GET by a script, in bytes.
final class StubIssuer: Sendable {
  /// What a request gets.
  enum Reply: Sendable {
    /// These bytes, and the end of the connection.
    case bytes(String)
    /// The same, once the gate is open.
    case held(Gate, String)
    /// A head, and then a byte of the body every few milliseconds without end.
    case trickle
    /// Nothing, on an open connection.
    case silence

    /// A whole reply.
    static func ok(_ body: String, headers: String = "") -> Reply { .status("200 OK", body, headers: headers) }

    static func status(_ status: String, _ body: String = "", headers: String = "") -> Reply {
      .bytes(StubIssuer.text(status, body, headers: headers))
    }

    static func redirect(_ location: String) -> Reply { .status("302 Found", headers: "Location: \(location)\r\n") }
  }

  static func text(_ status: String = "200 OK", _ body: String, headers: String = "") -> String {
    "HTTP/1.1 \(status)\r\n\(headers)Content-Length: \(body.utf8.count)\r\n\r\n\(body)"
  }

  private let channel: any Channel
  private let script: Script

  /// Serves until `stop`; with TLS where a context is given.
  init(
    port: Int = 0, tls: NIOSSLContext? = nil, _ answer: @escaping @Sendable (String) -> Reply
  ) async throws {
    let script = Script(answer)
    self.script = script
    channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          if let tls { try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: tls)) }
          try channel.pipeline.syncOperations.addHandler(Connection(script))
        }
      }
      .bind(host: "127.0.0.1", port: port).get()
    self.port = channel.localAddress?.port ?? 0
  }

  let port: Int

  /// The paths asked for.
  var requests: [String] { script.requests.withLock { $0 } }

  func answer(_ answer: @escaping @Sendable (String) -> Reply) { script.answer.withLock { $0 = answer } }

  func stop() async { try? await channel.close().get() }
}

private final class Script: Sendable {
  let answer: Mutex<@Sendable (String) -> StubIssuer.Reply>
  let requests = Mutex<[String]>([])

  init(_ answer: @escaping @Sendable (String) -> StubIssuer.Reply) { self.answer = Mutex(answer) }

  func reply(to path: String) -> StubIssuer.Reply {
    requests.withLock { $0.append(path) }
    return answer.withLock { $0 }(path)
  }
}

private final class Connection: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  private let script: Script
  private var head = ""

  init(_ script: Script) { self.script = script }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    head += String(buffer: unwrapInboundIn(data))
    guard head.hasPrefix("GET ") else { return context.close(promise: nil) }
    guard head.hasSuffix("\r\n\r\n") else { return }
    let words = head.split(separator: " ", maxSplits: 2)
    head = ""
    guard words.count == 3 else { return context.close(promise: nil) }
    let channel = context.channel
    switch script.reply(to: String(words[1])) {
    case .bytes(let text): Self.finish(text, on: channel)
    case .held(let gate, let text):
      Self.finish(text, on: channel, after: gate)
    case .trickle:
      channel.writeAndFlush(ByteBuffer(string: "HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n"), promise: nil)
      channel.eventLoop.scheduleRepeatedTask(initialDelay: .zero, delay: .milliseconds(5)) { task in
        if !channel.isActive { task.cancel() }
        channel.writeAndFlush(ByteBuffer(string: " "), promise: nil)
      }
    case .silence: break
    }
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

  private static func finish(_ text: String, on channel: any Channel, after gate: Gate) {
    Task {
      await gate.wait()
      finish(text, on: channel)
    }
  }

  private static func finish(_ text: String, on channel: any Channel) {
    channel.writeAndFlush(ByteBuffer(string: text)).whenComplete { _ in channel.close(promise: nil) }
  }
}
