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
  }
}
