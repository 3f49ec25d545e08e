import NIOCore
import Synchronization

/// The connections of one listener and the requests being answered on them, both bounded.
final class Connections: Sendable {
  /// The open connections, and those among them on which no request was ever admitted, the oldest first.
  private struct Open {
    struct Connection {
      let channel: any Channel
      let number: UInt64
      var isKnown = false
    }

    var connections: [ObjectIdentifier: Connection] = [:]
    /// Also names connections that are closed or known by now, until they come to the front.
    var strangers = CircularBuffer<(id: ObjectIdentifier, number: UInt64)>()
    var accepted: UInt64 = 0

    /// The connection that has been a stranger for the longest time.
    mutating func oldestStranger() -> ObjectIdentifier? {
      while let first = strangers.first {
        if let connection = connections[first.id], connection.number == first.number, !connection.isKnown {
          return first.id
        }
        strangers.removeFirst()
      }
      return nil
    }
  }

  private let maximumConnections: Int
  private let maximumInFlight: Int
  private let open = Mutex(Open())
  private let inFlightCount = Atomic<Int>(0)
  private let draining = Atomic<Bool>(false)

  init(maximumConnections: Int, maximumInFlight: Int) {
    self.maximumConnections = maximumConnections
    self.maximumInFlight = maximumInFlight
  }

  /// How many connections are open.
  var count: Int { open.withLock(\.connections.count) }

  /// How many there ever were.
  var acceptedCount: UInt64 { open.withLock(\.accepted) }

  /// How many requests are being answered.
  var requestCount: Int { inFlightCount.load(ordering: .acquiring) }

  /// Whether no connection is open and no request is being answered.
  var isIdle: Bool { count == 0 && requestCount == 0 }

  /// Whether the server is shutting down.
  var isDraining: Bool { draining.load(ordering: .acquiring) }

  /// Takes a connection up; false where there are too many. Where all places are taken, the one that has been a stranger's
  /// for the longest time is cut for it: who only wants to fill the places must not keep Centrifugo out.
  func add(_ channel: any Channel) -> Bool {
    let (isTaken, cut) = open.withLock { open -> (Bool, (any Channel)?) in
      let stranger = open.oldestStranger()
      var cut: (any Channel)?
      if open.connections.count >= maximumConnections {
        guard let stranger else { return (false, nil) }
        cut = open.connections.removeValue(forKey: stranger)?.channel
      }
      open.accepted += 1
      open.connections[ObjectIdentifier(channel)] = .init(channel: channel, number: open.accepted)
      open.strangers.append((ObjectIdentifier(channel), open.accepted))
      return (true, cut)
    }
    cut?.close(promise: nil)
    return isTaken
  }

  /// A request was admitted on a connection: it is no stranger's any more.
  func know(_ channel: any Channel) {
    open.withLock { $0.connections[ObjectIdentifier(channel)]?.isKnown = true }
  }

  /// Lets a connection go.
  func remove(_ channel: any Channel) {
    open.withLock { open in
      // One that was cut has left its place to another, whose object may be where its own was.
      guard let known = open.connections[ObjectIdentifier(channel)], known.channel === channel else { return }
      open.connections[ObjectIdentifier(channel)] = nil
    }
  }

  /// Takes a request up; false where there are too many. Each true is followed by one ``endRequest()``.
  func beginRequest() -> Bool {
    guard inFlightCount.wrappingAdd(1, ordering: .relaxed).newValue <= maximumInFlight else {
      endRequest()
      return false
    }
    return true
  }

  /// A request was answered.
  func endRequest() { inFlightCount.wrappingSubtract(1, ordering: .releasing) }

  /// Tells every connection to end with the request it has, and those that come to do so from the start.
  func beginDrain() {
    draining.store(true, ordering: .releasing)
    for channel in open.withLock({ $0.connections.values.map(\.channel) }) {
      channel.pipeline.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent())
    }
  }

  /// Cuts what is left.
  func closeAll() {
    for channel in open.withLock({ $0.connections.values.map(\.channel) }) { channel.close(promise: nil) }
  }
}
