import NIOCore
import NIOEmbedded
import Synchronization

@testable import ProxyHooks

/// A connection's raw bytes, through the parser and all that stands behind it up to the responder.
///
/// Where one read ends and the next begins must not matter, and what reaches the responder must be what a plain reader
/// of RFC 9112 finds in the same bytes: two readers that disagree are what request smuggling is made of.
enum HTTPTarget {
  @Sendable static func run(_ input: [UInt8]) {
    let whole = Conversation(input, splitAt: [])
    let expected = PlainHTTP.requests(in: input, atMost: whole.requests.count)
    for (index, request) in whole.requests.enumerated() {
      guard index < expected.count else { return hold(false, "request \(index) is one to a plain reader") }
      hold(request == expected[index], "request \(index) is the plain reader's: \(request) \(expected[index])")
    }
    for places in splits(of: input) {
      hold(Conversation(input, splitAt: places) == whole, "bytes that come in pieces say the same: \(places)")
    }
  }

  /// Where reads end: inside and after each line's end, and in even pieces whose length the input decides; those are of
  /// one byte only where the input is short, as each read has its price.
  private static func splits(of input: [UInt8]) -> [[Int]] {
    let ends = input.indices.filter { input[$0] == 0x0A || $0 > 0 && input[$0 - 1] == 0x0A }
    let hash = input.reduce(7) { ($0 &* 31 &+ Int($1)) & 0xFFFF }
    let step = input.count < 64 ? 1 : hash % (input.count / 4) + 1
    return [ends, Array(stride(from: step, to: input.count, by: step))]
  }
}

/// A request as it reaches whoever answers it.
struct PlainRequest: Equatable, Sendable {
  var target: String
  var body: [UInt8]
}

/// What a connection made of its bytes.
private struct Conversation: Equatable {
  private(set) var requests: [PlainRequest] = []
  private(set) var replies: [[UInt8]] = []
  private var isOpen = true

  /// Sends `input` in as many reads as there are splits, and one more.
  init(_ input: [UInt8], splitAt places: [Int]) {
    let loop = EmbeddedEventLoop()
    let responder = Recorder()
    let shared = HTTPConnection.Shared(
      responder: responder, connections: Connections(maximumConnections: 1, maximumInFlight: 1), metrics: nil,
      maximumHeaderBytes: 256, maximumHeaderCount: 12, maximumBodyBytes: 128, headerTimeout: .seconds(1),
      strangerTimeout: .seconds(1), bodyTimeout: .seconds(1),
      drainIdleTime: .seconds(1))
    let channel = EmbeddedChannel(loop: loop)
    do {
      try channel.pipeline.syncOperations.addHandler(
        HTTPConnection(shared: shared, executor: EventLoopTaskExecutor(loop), allocator: channel.allocator))
      try channel.connect(to: SocketAddress(unixDomainSocketPath: "/fuzz")).wait()
      var start = 0
      for end in places + [input.count] where end > start {
        // A refused connection's errors are the connection's own to handle.
        try channel.writeInbound(ByteBuffer(bytes: input[start..<end]))
        loop.run()
        start = end
      }
      isOpen = channel.isActive
      while let reply = try channel.readOutbound(as: ByteBuffer.self) { note(reply) }
      requests = responder.requests
      _ = try channel.finish(acceptAlreadyClosed: true)
    } catch {
      hold(false, "no error is left over: \(error)")
    }
  }

  private mutating func note(_ reply: ByteBuffer) {
    guard reply.readableBytes > 0 else { return }
    // Of what is both too long and malformed, what is told depends on which is seen first. It ends either way.
    let isBad = ["HTTP/1.1 400", "HTTP/1.1 413", "HTTP/1.1 431"].contains {
      reply.readableBytesView.starts(with: $0.utf8)
    }
    guard !isBad else { return replies.append(Array("malformed, or too long".utf8)) }
    // The time of day is not what is compared.
    let lines = Array(reply.readableBytesView).split(separator: 0x0A, omittingEmptySubsequences: false)
    replies.append(Array(lines.filter { !$0.starts(with: "Date:".utf8) }.joined(separator: [0x0A])))
  }
}

/// Admits every POST and remembers it.
private final class Recorder: HTTPResponder {
  private let recorded = Mutex<[PlainRequest]>([])

  var requests: [PlainRequest] { recorded.withLock { $0 } }

  func admit(_ head: HTTPHead, from caller: String?, arrival: UInt64) -> Result<any HTTPAdmitted, HTTPRefusal> {
    head.method == .post ? .success(Admitted(recorder: self, target: head.path)) : .failure(.notPost)
  }

  private struct Admitted: HTTPAdmitted {
    let recorder: Recorder
    let target: String

    func respond(to body: [UInt8]) async -> HTTPReply {
      recorder.recorded.withLock { $0.append(PlainRequest(target: target, body: body)) }
      return HTTPReply(body: Array("{}".utf8))
    }
  }
}
