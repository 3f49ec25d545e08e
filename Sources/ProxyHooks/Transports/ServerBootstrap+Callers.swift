#if canImport(Glibc)
  import Glibc
#endif
import NIOCore
import NIOPosix

extension ServerBootstrap {
  /// A bootstrap for connections that may be idle for ever, as Centrifugo's are.
  static func forCallers(group: any EventLoopGroup, backlog: Int32) -> ServerBootstrap {
    ServerBootstrap(group: group)
      .serverChannelOption(.backlog, value: backlog)
      .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
      // Who comes back after an outage comes all at once; a few in each round of a busy loop would let them wait for seconds.
      .serverChannelOption(.maxMessagesPerRead, value: 256)
      .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
      // Finds out that an idle caller's machine is gone, as idle connections are not closed.
      .childChannelOption(.socketOption(.so_keepalive), value: 1)
      .childChannelOption(.tcpOption(NIOBSDSocket.Option(rawValue: TCP_KEEPIDLE)), value: 60)
      .childChannelOption(.tcpOption(NIOBSDSocket.Option(rawValue: TCP_KEEPINTVL)), value: 15)
      .childChannelOption(.tcpOption(NIOBSDSocket.Option(rawValue: TCP_KEEPCNT)), value: 4)
      // The same of a machine that went while something was on its way to it; in milliseconds.
      .childChannelOption(.tcpOption(NIOBSDSocket.Option(rawValue: TCP_USER_TIMEOUT)), value: 120_000)
  }
}
