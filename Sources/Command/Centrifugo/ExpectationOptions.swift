import ArgumentParser
import CentrifugoSetup

/// What the service needs of Centrifugo, where it is not as shipped.
struct ExpectationOptions: ParsableArguments {
  @Option(help: "The namespace of rooms.")
  var rooms = SetupExpectations().roomNamespace

  @Option(help: "The namespace of personal channels.")
  var personal = SetupExpectations().personalNamespace

  @Option(name: .customLong("endpoint"), help: "Where the hooks must be: http://host:port. Default: where connect is.")
  var endpoint: String?

  @Option(help: "PROXYHOOKS_OUTBOX_PARTITIONS.")
  var partitions = SetupExpectations().outboxPartitions

  @Option(help: "PROXYHOOKS_DEADLINE_MS.")
  var deadline = SetupExpectations().deadlineMilliseconds

  @Option(help: "PROXYHOOKS_CLIENT_ADDRESS_HEADER.")
  var addressHeader: String?

  @Option(help: "PROXYHOOKS_DELIVERY: guaranteed or direct.")
  var delivery = SetupExpectations.Delivery.guaranteed

  func validate() throws {
    guard (1...64).contains(partitions) else { throw ValidationError("--partitions: want 1 to 64") }
    guard (50...950).contains(deadline) else { throw ValidationError("--deadline: want 50 to 950") }
  }

  var expectations: SetupExpectations {
    var expected = SetupExpectations()
    expected.roomNamespace = rooms
    expected.personalNamespace = personal
    expected.endpoint = endpoint.map { $0.hasSuffix("/") ? String($0.dropLast()) : $0 }
    expected.outboxPartitions = partitions
    expected.deadlineMilliseconds = deadline
    expected.addressHeader = addressHeader
    expected.delivery = delivery
    return expected
  }
}
