import Testing

@testable import ProxyHooks

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
    for _ in 0..<4 { #expect(gate.enter(.publish)) }
    #expect(!gate.hasPlace(for: .publish))
    #expect(!gate.enter(.publish))
    for kind in HookKind.allCases where kind != .publish { #expect(gate.hasPlace(for: kind)) }
    for _ in 0..<1_000 {
      #expect(gate.enter(.refresh))
      #expect(gate.enter(.subRefresh))
    }
    gate.leave(.publish)
    #expect(gate.enter(.publish))
  }
}
