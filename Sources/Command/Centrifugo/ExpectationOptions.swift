import ArgumentParser
import CentrifugoSetup
import ProxyHooks

/// What the service needs of Centrifugo, where it is not as shipped.
struct ExpectationOptions: ParsableArguments {
  @Option(help: "The namespace of rooms.")
  var rooms = SetupExpectations().roomNamespace

  @Option(help: "The namespace of personal channels.")
  var personal = SetupExpectations().personalNamespace

  @Option(
    name: .customLong("endpoint"),
    help:
      "Where the hooks must be over HTTP: http://host:port or https://host:port. Default: where the first of them is.")
  var endpoint: String?

  @Option(
    help: "Where they must be over gRPC: grpc://host:port, or off for nowhere. Default: where the first of them is.")
  var grpcEndpoint: String?

  @Option(help: "PROXYHOOKS_OUTBOX_PARTITIONS.")
  var partitions = SetupExpectations().outboxPartitions

  @Option(help: "PROXYHOOKS_DEADLINE_MS.")
  var deadline = SetupExpectations().deadlineMilliseconds

  @Option(help: "PROXYHOOKS_CLIENT_ADDRESS_HEADER.")
  var addressHeader: String?

  @Option(help: "The policy's delivery.")
  var delivery = SetupExpectations.Delivery.guaranteed

  func validate() throws {
    if let grpcEndpoint, grpcEndpoint != "off" {
      let address = grpcEndpoint.hasPrefix("grpc://") ? grpcEndpoint.dropFirst("grpc://".count) : grpcEndpoint[...]
      guard ListenAddress(String(address)) != nil else {
        throw ValidationError("--grpc-endpoint: want grpc://host:port or off")
      }
    }
    guard (1...64).contains(partitions) else { throw ValidationError("--partitions: want 1 to 64") }
    guard (50...950).contains(deadline) else { throw ValidationError("--deadline: want 50 to 950") }
  }

  var expectations: SetupExpectations {
    var expected = SetupExpectations()
    expected.roomNamespace = rooms
    expected.personalNamespace = personal
    expected.endpoint = endpoint.map { $0.hasSuffix("/") ? String($0.dropLast()) : $0 }
    if let endpoint, endpoint.hasPrefix("http") { expected.isEncrypted = endpoint.hasPrefix("https://") }
    if let grpcEndpoint {
      expected.grpc =
        grpcEndpoint == "off"
        ? .off : .at(grpcEndpoint.hasPrefix("grpc://") ? String(grpcEndpoint.dropFirst("grpc://".count)) : grpcEndpoint)
    }
    expected.outboxPartitions = partitions
    expected.deadlineMilliseconds = deadline
    expected.addressHeader = addressHeader
    expected.delivery = delivery
    return expected
  }
}
