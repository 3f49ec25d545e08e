import Foundation
import Logging
import Synchronization
import Testing

@testable import ProxyHooks

@Suite("Policy in force")
struct PolicyKeeperTests {
  /// A file that is what a test says, without a disk.
  private final class File: Sendable {
    let bytes: Mutex<[UInt8]?>

    init(_ text: String) { bytes = Mutex(Array(text.utf8)) }

    func write(_ text: String?) { bytes.withLock { $0 = text.map { Array($0.utf8) } } }
  }

  private func keeper(_ file: File) throws -> (PolicyKeeper, Metrics) {
    let bytes = try #require(file.bytes.withLock { $0 })
    let source = PolicySource(path: "policy.yaml", document: try PolicyDocument(bytes: bytes), bytes: bytes) { _ in
      file.bytes.withLock { $0 }
    }
    let keeper = PolicyKeeper(source, log: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    let metrics = Metrics(version: "test")
    keeper.addMetrics(to: metrics)
    return (keeper, metrics)
  }

  private static let first = PolicyText.standard()
  private static let second = PolicyText.standard(["rpc_user": "1/1s"])

  @Test("A changed file is taken at the second look that sees it, and at once when somebody asks")
  func taken() throws {
    let file = File(Self.first)
    let (keeper, metrics) = try keeper(file)
    let version = keeper.current.version
    file.write(Self.second)
    keeper.look()
    #expect(keeper.current.version == version)
    keeper.look()
    #expect(keeper.current.limits[.rpcUser]?.rate.count == 1)
    #expect(keeper.current.version != version)
    file.write(Self.first)
    keeper.look(isAsked: true)
    #expect(keeper.current.version == version)
    #expect(metrics.text.contains("proxyhooks_policy_reloads_total{result=\"taken\"} 2"))
  }

  @Test(
    "A bad file, one that is gone, and one with other namespaces are refused, and the old policy stays",
    arguments: ["rules: [", nil, PolicyText.standard(["room": "other"])])
  func refused(text: String?) throws {
    let file = File(Self.first)
    let (keeper, metrics) = try keeper(file)
    let version = keeper.current.version
    file.write(text)
    for _ in 0..<5 { keeper.look() }
    #expect(keeper.current.version == version)
    #expect(metrics.text.contains("proxyhooks_policy_reloads_total{result=\"refused\"} 1"))
    keeper.look(isAsked: true)
    #expect(metrics.text.contains("proxyhooks_policy_reloads_total{result=\"refused\"} 2"), "who asks is answered")
    file.write(Self.second)
    keeper.look()
    keeper.look()
    #expect(keeper.current.version != version, "a good one is taken after it")
  }

  @Test("Hooks judge by the policy that is in force when they begin")
  func hooks() async throws {
    let file = File(PolicyText.standard(PolicyText.unlimited))
    let installation = try await Installation(policyFile: ("policy.yaml", { _ in file.bytes.withLock { $0 } }))
    let match = try installation.newMatch()
    func publish() async throws -> Int? {
      try await installation.publish(
        #"{"id":"\#(UUID().uuidString)","kind":"text","text":"x"}"#, in: match
      ).errorCode
    }
    #expect(try await publish() == nil)
    file.write(
      PolicyText.standard(PolicyText.unlimited).replacing(
        "rules:\n", with: "rules:\n  - {name: silence, deny: [publish]}\n"))
    installation.policies.look(isAsked: true)
    #expect(try await publish() == 403)
    file.write(PolicyText.standard(PolicyText.unlimited))
    installation.policies.look(isAsked: true)
    #expect(try await publish() == nil)
  }
}
