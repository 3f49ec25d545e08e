import Testing

@testable import ProxyHooks
@testable import Storage

@Suite("The gate before the hooks")
struct HookGateTests {
  @Test("A burst is let in up to the bound, and not one more")
  func burst() {
    let places = HookGate.Places(most: 8)
    for _ in 0..<8 { #expect(places.enter(at: 1_000)) }
    #expect(!places.enter(at: 1_000))
    places.leave()
    #expect(places.enter(at: 1_000))
  }

  @Test("A crowd that stays is held to a quarter, until none was seen for a while")
  func standing() {
    let patience = HookGate.Places.patience
    let places = HookGate.Places(most: 16)
    for _ in 0..<5 { #expect(places.enter(at: 1_000)) }
    let late = 1_000 + patience
    #expect(places.enter(at: late - 1))
    #expect(!places.enter(at: late))
    for _ in 0..<3 { places.leave() }
    #expect(places.enter(at: late))
    #expect(!places.enter(at: late + patience), "four are there again, and the crowd was seen meanwhile")
    let calm = late + 2 * patience + 1
    for _ in 0..<12 { #expect(places.enter(at: calm)) }
    #expect(!places.enter(at: calm))
  }

  @Test("A place that was refused is not taken")
  func refused() {
    let places = HookGate.Places(most: 4)
    for _ in 0..<4 { #expect(places.enter(at: 1)) }
    for _ in 0..<100 { #expect(!places.enter(at: 1)) }
    places.leave()
    #expect(places.enter(at: 1))
  }

  @Test("A hook whose places are taken keeps no other out, and refresh and sub_refresh have no bound")
  func kinds() {
    let gate = HookGate(most: 4)
    let places = (0..<4).compactMap { _ in gate.enter(.publish) }
    #expect(places.count == 4)
    #expect(!gate.hasPlace(for: .publish))
    #expect(gate.enter(.publish) == nil)
    for kind in HookKind.allCases where kind != .publish { #expect(gate.hasPlace(for: kind)) }
    for _ in 0..<1_000 {
      #expect(gate.enter(.refresh) != nil)
      #expect(gate.enter(.subRefresh) != nil)
    }
    // Given back twice it is one place all the same.
    places.first?.leave()
    places.first?.leave()
    #expect(gate.enter(.publish) != nil)
    #expect(gate.enter(.publish) == nil)
  }

  @Test("Those who wait for a held room keep nobody out of the others, and are served when it is free")
  func heldRoom() async throws {
    let installation = try await Installation(policy: PolicyText.unlimited, most: 8)
    let (held, free) = (try installation.newMatch(), try installation.newMatch())
    let holder = try PostgresConnection(
      url: installation.databaseURL, applicationName: "holder", by: .after(milliseconds: 5_000))
    _ = try holder.run(
      script: "begin; select from proxyhooks.chat_room where match_id = '\(held)' for update",
      by: .after(milliseconds: 5_000))
    func publish(in match: String) async throws -> [String: Any] {
      try await installation.publish(
        #"{"kind":"text","id":"\#(MessageID.random())","text":"hello"}"#, in: match)
    }
    try await withThrowingTaskGroup(of: Bool.self) { group in
      for _ in 0..<20 {
        group.addTask { try await publish(in: held).result != nil }
        try await Task.sleep(for: .milliseconds(2))
        #expect(await eventually { installation.hooks.hasPlace(for: .publish) })
      }
      #expect(try await publish(in: free).result != nil)
      _ = try holder.run(script: "rollback", by: .after(milliseconds: 5_000))
      for try await isStored in group { #expect(isStored) }
    }
  }
}
