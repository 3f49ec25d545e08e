import NIOCore
import NIOSSL

extension TLSIdentities {
  /// Adds TLS to a connection that was just accepted, and the gate behind it.
  func addHandlers(
    for application: TLSIdentity.Application, to channel: any Channel, handshakeTimeout: TimeAmount
  ) throws {
    let identity = current
    let gate = TLSGate(self, isMutual: identity.isMutual, handshakeTimeout: handshakeTimeout)
    try channel.pipeline.syncOperations.addHandlers([
      NIOSSLServerHandler(context: identity.context(for: application)), gate,
    ])
  }
}
