import NIOCore
import Synchronization

/// One connection, for the calls on it.
final class GRPCPeer: Sendable {
  /// The name in the caller's certificate; nil without mutual TLS.
  let name: String?
  private let channel: any Channel
  private let known = Atomic<Bool>(false)

  init(name: String?, channel: any Channel) {
    self.name = name
    self.channel = channel
  }

  /// Whether a call was ever admitted here.
  var isKnown: Bool { known.load(ordering: .relaxed) }

  /// A call was admitted: the connection is no stranger's.
  func admitted(among connections: Connections) {
    if !known.exchange(true, ordering: .relaxed) { connections.know(channel) }
  }
}

/// The open connections, by the two addresses between which each of them is: all that a call is told of its own.
final class GRPCPeers: Sendable {
  private let peers = Mutex<[String: GRPCPeer]>([:])

  /// The connection of a call; nil once it is gone. A call that outlives its connection is taken for one of the next between
  /// the same two addresses, if there is one by then: that is the caller's name in the log, and no decision.
  ///
  /// - Parameters: the addresses as the transport spells them.
  func peer(remote: String, local: String) -> GRPCPeer? {
    peers.withLock { $0[Self.key(remote, local)] }
  }

  /// Takes a connection up.
  func add(_ peer: GRPCPeer, _ channel: any Channel) {
    let key = Self.key(Self.spelled(channel.remoteAddress), Self.spelled(channel.localAddress))
    peers.withLock { $0[key] = peer }
    channel.closeFuture.whenComplete { [weak self] _ in
      self?.peers.withLock { peers in
        // Another may be between the same two addresses by now.
        if peers[key] === peer { peers[key] = nil }
      }
    }
  }

  private static func key(_ remote: String, _ local: String) -> String { "\(remote) \(local)" }

  /// An address as the transport spells it (the server context's `remotePeer` and `localPeer`).
  private static func spelled(_ address: SocketAddress?) -> String {
    guard let address, let host = address.ipAddress, let port = address.port else { return "" }
    return address.protocol == .inet6 ? "ipv6:[\(host)]:\(port)" : "ipv4:\(host):\(port)"
  }
}
