import Testing

@testable import Auth

@Suite("Ids and channels")
struct ChannelTests {
  @Test(
    "Ids of 1 to 64 characters of the grammar are taken",
    arguments: [
      "a", "A-Z_a.z@0-9", String(repeating: "x", count: 64), "550e8400-e29b-41d4-a716-446655440000", "ann@example.org",
    ])
  func ids(text: String) {
    #expect(UserID(text)?.text == text)
    #expect(MatchID(text)?.text == text)
  }

  @Test(
    "Whatever else Centrifugo would take is no id",
    arguments: [
      "", String(repeating: "x", count: 65), "a b", "a:b", "a#b", "a,b", "a*", "$a", "a/b", "a&b", "a\u{0}", "a\n", "é",
      "e\u{301}", "а" /* Cyrillic */, "１", "a\u{200B}", "\u{FEFF}a",
    ])
  func noIDs(text: String) {
    #expect(UserID(text) == nil)
    #expect(MatchID(text) == nil)
  }

  @Test("A channel's name is read and written alike")
  func names() throws {
    let match = try #require(MatchID("m.1"))
    let user = try #require(UserID("alice"))
    #expect(Channel("match:m.1") == .match(match))
    #expect(Channel("user:alice") == .user(user))
    #expect(Channel.match(match).name() == "match:m.1")
    let ride = try #require(Channel.Namespaces(match: "ride", user: "person"))
    #expect(Channel("ride:m.1", in: ride) == .match(match))
    #expect(Channel("match:m.1", in: ride) == nil)
    #expect(Channel.user(user).name(in: ride) == "person:alice")
  }

  @Test(
    "What is no channel of ours is none",
    arguments: [
      "", ":", "match", "match:", ":m", "match::m", "match:m:x", "match:m#u", " match:m", "match: m", "MATCH:m",
      "$match:m", "other:m", "match:m,n", "match:é", "match\u{301}:m", "match:\u{301}m", "match:\u{200D}m",
      "match:\u{FE0F}m", "match:m\u{301}",
      "match:\u{E33}m",
    ])
  func noChannels(name: String) {
    #expect(Channel(name) == nil)
  }

  @Test("Namespaces that would make a room and a person one channel are refused")
  func namespaces() {
    #expect(Channel.Namespaces(match: "a", user: "a") == nil)
    #expect(Channel.Namespaces(match: "a:b", user: "c") == nil)
    #expect(Channel.Namespaces(match: "", user: "c") == nil)
  }

  @Test("A name is a channel in one spelling only: with any one character put in, it is none")
  func oneSpelling() {
    let name = "match:m.1"
    for value in [0x00, 0x09, 0x20, 0x2A, 0x301, 0x20E3, 0x200B, 0x200D, 0xE33, 0xFE0F, 0xFEFF, 0x1F3FB, 0xE0061]
      as [UInt32]
    {
      guard let scalar = Unicode.Scalar(value) else { continue }
      for place in 0...name.unicodeScalars.count {
        var scalars = Array(name.unicodeScalars)
        scalars.insert(scalar, at: place)
        var other = ""
        other.unicodeScalars.append(contentsOf: scalars)
        #expect(Channel(other) == nil, "U+\(String(value, radix: 16)) at \(place)")
      }
    }
  }

  @Test("Namespaces are compared by their bytes")
  func namespaceBytes() throws {
    let kelvin = try #require(Channel.Namespaces(match: "K", user: "user"))
    #expect(Channel("K:m", in: kelvin) != nil)
    #expect(Channel("\u{212A}:m", in: kelvin) == nil)
  }
}
