import Testing

@testable import ProxyHooks

@Suite struct ConsoleQueryTests {
  private func read(_ text: String) -> Result<ConsoleQuery, ConsoleQuery.Fault> {
    Result { () throws(ConsoleQuery.Fault) in try ConsoleQuery(text, keys: ["user", "rule"]) }
  }

  @Test("A query says what the form had in it")
  func reads() throws {
    let query = try read("user=a%2Bb+c%E2%82%AC&rule=").get()
    #expect(query["user"] == "a+b c€")
    #expect(query["rule"] == "" && !query.isEmpty)
    #expect(try read("").get().isEmpty)
    #expect(try read("user=&rule").get().isEmpty)
    #expect(try read("user=a=b").get()["user"] == "a=b")
  }

  @Test(
    "A query that is not exactly one is refused",
    arguments: [
      ("user=%", ConsoleQuery.Fault.malformed), ("user=%4", .malformed), ("user=%zz", .malformed),
      ("user=%+1", .malformed),
      ("user=%C3", .malformed), ("user=%C0%80", .malformed), ("user=%ED%A0%80", .malformed), ("user=a&user=b", .twice),
      ("user=&user=", .twice), ("u%73er=a&user=b", .twice), ("other=a", .unknown), ("=a", .unknown),
      ("User=a", .unknown),
      ("user=" + String(repeating: "a", count: 257), .tooLong), (String(repeating: "&", count: 4_097), .tooLong),
    ])
  func refused(text: String, fault: ConsoleQuery.Fault) { #expect(read(text) == .failure(fault)) }

  @Test("What is encoded is read as it was")
  func roundTrip() throws {
    for name in hostileNames where name.utf8.count <= 256 {
      let encoded = ConsoleQuery.encoded(name)
      #expect(encoded.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && !"&=#?+\"'<>".utf8.contains($0) })
      #expect(try read("user=\(encoded)").get()["user"] == name)
    }
  }

  @Test("Only the console's own paths are its, to the letter")
  func routes() {
    for path in ConsolePage.allCases.map(\.rawValue) + [ConsoleRoute.stylePath, "/console?", "/console/explain?id=a"] {
      #expect(ConsoleRoute(path) != nil)
    }
    for path in [
      "/console/", "/Console", "/console/style.css?a", "/console/../console", "//console", "/console/x", "", "?",
    ] {
      #expect(ConsoleRoute(path) == nil, "\(path)")
    }
  }
}
