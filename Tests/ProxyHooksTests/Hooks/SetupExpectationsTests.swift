import CentrifugoSetup
import Testing

@testable import ProxyHooks

@Suite("What the settings make the lint expect of Centrifugo")
struct SetupExpectationsTests {
  private func expectations(_ listen: String) throws -> SetupExpectations {
    let environment = [
      "PROXYHOOKS_SECRET": "0123456789abcdef", "PROXYHOOKS_TOKEN_HMAC_SECRET": "a secret of at least thirty-two bytes",
      "PROXYHOOKS_DATABASE_URL": "postgresql:///x", "PROXYHOOKS_REDIS_URL": "redis://localhost",
      "PROXYHOOKS_GRPC_LISTEN": listen,
    ]
    return SetupExpectations(try Configuration(environment: environment, file: nil, readFile: { _ in nil }))
  }

  @Test(
    "Hooks over gRPC are expected where the service listens for them on the machine itself, and nowhere if it does not")
  func grpc() throws {
    for own in ["127.0.0.1:8081", "localhost:8444", "[::1]:8081"] {
      let expected = try expectations(own)
      #expect(expected.grpc == .at(own) && expected.isEncrypted == false)
    }
    #expect(try expectations("off").grpc == .off)
  }

  @Test("By which name other machines reach the service, or which port the system chooses, is not expected")
  func unknown() throws {
    for wide in ["0.0.0.0:8081", "[::]:8081", "192.0.2.1:8081", "127.0.0.1:0"] {
      let expected = try expectations(wide)
      #expect(expected.grpc == .unknown && expected.isEncrypted == nil, "\(wide)")
    }
  }
}
