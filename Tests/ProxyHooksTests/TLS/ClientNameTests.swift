import Testing

@testable import ProxyHooks

@Suite struct ClientNameTests {
  @Test(
    "What no certificate's name could equal is no allowed name",
    arguments: [
      "", " ", "*", "*.example", "a.*.example", "127.0.0.1", "::1", "[::1]", "a..b", ".a", "a.", "-a.example", "a-.b",
      "a b", "ä.example", "a,b", "://x", "1x://y", "spiffe:", "spiffe://a b", "spiffe://ä", "a/b", "1", "a.1", "a@b",
      String(repeating: "a", count: 64), String(repeating: "a.", count: 127) + "a", "a\0b",
    ])
  func wrong(text: String) { #expect(ClientName(text) == nil) }

  @Test("A DNS name is compared but for the case of ASCII letters, and whole")
  func dns() throws {
    let name = try #require(ClientName("Centrifugo-1.svc_a.Example"))
    #expect(name.matches(.dns, "centrifugo-1.svc_a.example".utf8))
    #expect(name.matches(.dns, "CENTRIFUGO-1.SVC_A.EXAMPLE".utf8))
    for other in [
      "centrifugo-1.svc_a.example.", "entrifugo-1.svc_a.example", "centrifugo-1.svc_a.example\0", "*.svc_a.example",
      "centrifugo-1.svc\u{7F}a.example", "", "centrifugo-1.svc_a.example\0.evil.example",
    ] { #expect(!name.matches(.dns, other.utf8)) }
    #expect(!name.matches(.uri, "centrifugo-1.svc_a.example".utf8))
    // The bit that tells a letter's case tells other characters apart.
    #expect(!(try #require(ClientName("a-b"))).matches(.dns, "A\rB".utf8))
  }

  @Test("A URI is compared byte for byte")
  func uri() throws {
    let name = try #require(ClientName("spiffe://example/centrifugo"))
    #expect(name.matches(.uri, "spiffe://example/centrifugo".utf8))
    for other in [
      "spiffe://EXAMPLE/centrifugo", "spiffe://example/centrifugo/", "spiffe://example/centrifug%6F", "",
      "spiffe://example/centrifugo\0",
    ] { #expect(!name.matches(.uri, other.utf8)) }
    #expect(!name.matches(.dns, "spiffe://example/centrifugo".utf8))
  }
}
