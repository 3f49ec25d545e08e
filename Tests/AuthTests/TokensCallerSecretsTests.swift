import Testing

@testable import Auth

@Suite("Caller secrets")
struct CallerSecretsTests {
  private let first = Array("the first secret of ours".utf8)
  private let second = Array("the next one, longer than the first".utf8)

  @Test("Either of two secrets admits, and nothing else")
  func either() throws {
    let secrets = try CallerSecrets([first, second])
    #expect(secrets.admits(first))
    #expect(secrets.admits(second[...]))
    #expect(secrets.admits("the first secret of ours".utf8))
    #expect(!secrets.admits([]))
    #expect(!secrets.admits(first.dropLast()))
    #expect(!secrets.admits(first + [0]))
    #expect(!secrets.admits(first + second))
    #expect(!secrets.admits("THE FIRST SECRET OF OURS".utf8))
    #expect(!(try CallerSecrets([first])).admits(second))
  }

  @Test("No secret with a flipped bit admits")
  func flippedBit() throws {
    let secrets = try CallerSecrets([first, second])
    for index in first.indices {
      for bit in 0..<8 {
        var forged = first
        forged[index] ^= 1 << bit
        #expect(!secrets.admits(forged))
      }
    }
  }

  @Test("None, three, short and equal secrets are refused")
  func refused() {
    #expect(throws: CallerSecrets.Failure.wrongCount) { try CallerSecrets([]) }
    #expect(throws: CallerSecrets.Failure.wrongCount) { try CallerSecrets([first, second, first + second]) }
    #expect(throws: CallerSecrets.Failure.tooShort) { try CallerSecrets([Array(first.prefix(15))]) }
    #expect(throws: CallerSecrets.Failure.tooShort) { try CallerSecrets([first, []]) }
    #expect(throws: CallerSecrets.Failure.duplicate) { try CallerSecrets([first, first]) }
    #expect(throws: Never.self) { try CallerSecrets([Array(first.prefix(16))]) }
  }

  @Test(
    "A caller's secret that needs no guessing is refused",
    arguments: [String(repeating: "x", count: 40), "46b38493-147e-4e3f-86e0-dc5ec54f5133"])
  func guessable(secret: String) {
    #expect(throws: CallerSecrets.Failure.guessable) { try CallerSecrets([Array(secret.utf8)]) }
    #expect(throws: CallerSecrets.Failure.guessable) { try CallerSecrets([first, Array(secret.utf8)]) }
  }
}
