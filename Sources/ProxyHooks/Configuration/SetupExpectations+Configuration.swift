public import CentrifugoSetup

extension SetupExpectations {
  /// What the service needs of Centrifugo where its settings are these.
  public init(_ configuration: Configuration) {
    self.init()
    let document = configuration.policy.document
    roomNamespace = document.namespaces.match
    personalNamespace = document.namespaces.user
    delivery = Delivery(rawValue: document.delivery.rawValue) ?? .guaranteed
    outboxPartitions = configuration.outboxPartitions
    deadlineMilliseconds = configuration.deadlineMilliseconds
    bodyBytes = configuration.maximumBodyBytes
    addressHeader = configuration.addressHeader
    guard let listen = configuration.grpcListen else {
      grpc = .off
      return
    }
    // How the service is reached from other machines, and whether something before it speaks TLS, it doesn't know.
    guard listen.isLoopback, listen.port != 0 else { return }
    grpc = .at("\(listen)")
    isEncrypted = configuration.tls != nil
  }
}
