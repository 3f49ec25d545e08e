import Foundation
import Testing

@testable import CentrifugoSetup

/// A configuration with one mistake: `<rule>[+<rule that it breaks too>][.<variant>].<form>`.
///
/// A form of `json`, `yaml` or `toml` is a whole configuration. `patch.json` is a merge patch (RFC 7396) for the shipped one,
/// `env` an environment for it; `grpc.patch.json` and `grpc.env` are for the shipped one over gRPC.
struct Fixture: Sendable, CustomTestStringConvertible {
  let name: String

  static let folder = "Tests/CentrifugoSetupTests/Fixtures"

  static let all: [Fixture] = {
    let names =
      (try? FileManager.default.contentsOfDirectory(atPath: Repository.root.appending(path: folder).path)) ?? []
    return names.filter { $0 != "findings.txt" }.sorted().map { Fixture(name: $0) }
  }()

  var testDescription: String { name }

  /// The rules that it breaks, its own first.
  var rules: [String] {
    name.split(separator: ".").first.map { $0.split(separator: "+").map(String.init) } ?? []
  }

  func setup() throws -> Setup {
    let bytes = try Repository.bytes(of: "\(Self.folder)/\(name)")
    let isGRPC = [".grpc.patch.json", ".grpc.env"].contains { name.hasSuffix($0) }
    let shipped = try Repository.shipped(isGRPC ? .grpc : .http)
    if name.hasSuffix(".patch.json") {
      return Setup(file: shipped.patched(try SetupForm.json.read(bytes)))
    }
    if name.hasSuffix(".env") {
      let own = try EnvironmentFile(bytes).variables
      let environment = EnvironmentFile(variables: Self.environment.merging(own) { _, own in own })
      return Setup(file: shipped, environment: environment)
    }
    guard let form = SetupForm(fileName: name) else { throw CocoaError(.fileReadUnknown) }
    return Setup(file: try form.read(bytes))
  }

  /// What the shipped configuration leaves to the environment.
  static let environment = [
    "CENTRIFUGO_VAR_PROXYHOOKS_SECRET": "0123456789abcdef0123456789abcdef",
    "CENTRIFUGO_CONSUMERS_OUTBOX_POSTGRESQL_DSN": "postgresql://centrifugo@127.0.0.1/chat",
  ]
}
