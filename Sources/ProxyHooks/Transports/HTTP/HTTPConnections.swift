import NIOCore
import Synchronization

/// The connections of one server and the requests being answered on them, both bounded.
final class HTTPConnections: Sendable {
  private let maximumConnections: Int
  private let maximumInFlight: Int
  private let channels = Mutex<[ObjectIdentifier: any Channel]>([:])
  private let inFlightCount = Atomic<Int>(0)
  private let draining = Atomic<Bool>(false)

  init(maximumConnections: Int, maximumInFlight: Int) {
    self.maximumConnections = maximumConnections
    self.maximumInFlight = maximumInFlight
  }

  /// How many connections are open.
  var count: Int { channels.withLock(\.count) }

  /// How many requests are being answered.
  var requestCount: Int { inFlightCount.load(ordering: .acquiring) }

  /// Whether no connection is open and no request is being answered.
  var isIdle: Bool { count == 0 && requestCount == 0 }

  /// Whether the server is shutting down.
  var isDraining: Bool { draining.load(ordering: .acquiring) }

  /// Takes a connection up; false where there are too many.
  func add(_ channel: any Channel) -> Bool {
    channels.withLock { channels in
      guard channels.count < maximumConnections else { return false }
      channels[ObjectIdentifier(channel)] = channel
      return true
    }
  }

  /// Lets a connection go.
  func remove(_ channel: any Channel) {
    channels.withLock { _ = $0.removeValue(forKey: ObjectIdentifier(channel)) }
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
    for channel in channels.withLock({ Array($0.values) }) {
      channel.pipeline.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent())
    }
  }

  /// Cuts what is left.
  func closeAll() {
    for channel in channels.withLock({ Array($0.values) }) { channel.close(promise: nil) }
  }
}
