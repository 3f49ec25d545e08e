import Testing

@testable import ProxyHooks

@Suite("Addresses of key sets")
struct KeyAddressTests {
  @Test(
    "An absolute URL is read, and spelled in one way",
    arguments: [
      ("https://issuer.example/keys", "https://issuer.example:443/keys"),
      ("HTTPS://Issuer.Example", "https://issuer.example:443/"),
      ("https://issuer.example?a=b%20c", "https://issuer.example:443/?a=b%20c"),
      ("http://127.0.0.1:8080/a/b?c", "http://127.0.0.1:8080/a/b?c"),
      ("http://[::1]/", "http://[::1]:80/"), ("https://[2001:DB8::1]:1/", "https://[2001:db8::1]:1/"),
      ("https://a/@b:c", "https://a:443/@b:c"),
    ])
  func good(text: String, spelling: String) throws {
    #expect(try #require(KeyAddress(text)).text == spelling)
  }

  @Test(
    "What is no plain URL of a server is refused",
    arguments: [
      "", "issuer.example", "//issuer.example/", "ftp://a/", "file:///etc/passwd", "https:/a/", "https:a", "https://",
      "https:///a", "https://user@a/", "https://user:password@a/", "https://a@b:c/", "https://a/#f", "https://a b/",
      "https://a/ b", "https://a\\b/", "https://a/\\b", "https://ä/", "https://a/ä", "https://a/%", "https://a/%4",
      "https://a/%gg", "https://a/\n", "https://a\r\nb/", "https://a:/", "https://a:0/", "https://a:65536/",
      "https://a:+1/", "https://a:1:2/", "https://[::1/", "https://::1/", "https://[::1]x/", "https://[127.0.0.1]/",
      "https://[fe80::1%25eth0]/", "https://a_b/", "https://%61/", "https://a/[", "unix:///run/x", "http+unix://x/",
    ])
  func bad(text: String) { #expect(KeyAddress(text) == nil) }

  @Test("One that is too long is refused")
  func long() {
    #expect(KeyAddress("https://a/" + String(repeating: "b", count: 2_038)) != nil)
    #expect(KeyAddress("https://a/" + String(repeating: "b", count: 2_039)) == nil)
  }

  @Test(
    "A redirection on the same server is followed",
    arguments: [
      ("/b", "https://a:443/b"), ("/b?c", "https://a:443/b?c"), ("https://a/b", "https://a:443/b"),
      ("https://A:443/b", "https://a:443/b"),
    ])
  func sameServer(location: String, next: String) throws {
    #expect(try #require(KeyAddress("https://a/x")).redirected(to: location)?.text == next)
  }

  @Test(
    "A redirection to another host, port or scheme, or of another form, is not",
    arguments: [
      "https://b/x", "https://a.b/x", "https://a./x", "https://a:444/x", "http://a/x", "http://a:443/x", "//b/x",
      "///b",
      "/\\b", "x", "../x", "?x", "", "#x", "/x#y", "https://a@b/x", "https://a:443@b/x", "javascript:x", "/\r\nHost: b",
    ])
  func otherServer(location: String) throws {
    #expect(try #require(KeyAddress("https://a/x")).redirected(to: location) == nil)
  }

  @Test("What is on this machine is known by its address")
  func loopback() throws {
    for text in ["http://127.0.0.1/", "http://[::1]/", "http://localhost/"] {
      #expect(try #require(KeyAddress(text)).isLoopback)
    }
    for text in [
      "http://127.0.0.1.example/", "http://localhost.example/", "http://127.1/", "http://[::2]/", "http://a/",
    ] {
      #expect(try !#require(KeyAddress(text)).isLoopback, "\(text)")
    }
  }
}
