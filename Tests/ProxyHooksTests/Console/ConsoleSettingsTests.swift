import Testing

@testable import ProxyHooks

@Suite struct ConsoleSettingsTests {
  private static let secrets = [
    "PROXYHOOKS_SECRET": "0123456789abcdefghij",
    "PROXYHOOKS_TOKEN_HMAC_SECRET": "a secret of at least thirty-two bytes",
    "PROXYHOOKS_CENTRIFUGO_API_URL": "http://127.0.0.1:8000/api",
    "PROXYHOOKS_CENTRIFUGO_API_KEY": "a-key-of-some-length",
  ]

  private func read(_ settings: [String: String]) throws(ConfigurationError) -> Configuration {
    let servers = ["PROXYHOOKS_DATABASE_URL": "postgresql:///p", "PROXYHOOKS_REDIS_URL": "redis://127.0.0.1:6379/0"]
    return try Configuration(
      environment: servers.merging(Self.secrets) { $1 }.merging(settings) { $1 }, file: nil, readFile: { _ in nil })
  }

  @Test("There is no console unless it has a token")
  func off() throws {
    #expect(try read([:]).console == nil)
    let settings = ["PROXYHOOKS_CONSOLE_TOKEN": TestConsole.token, "PROXYHOOKS_CONSOLE_CENTRIFUGO_CONFIG": "/c.json"]
    let console = try #require(try read(settings).console)
    #expect(console.token.admits(TestConsole.token.utf8) && console.centrifugoFile == "/c.json")
  }

  @Test("A token that is short, can be guessed or is another secret too is refused, as is a file without a console")
  func refused() throws {
    let cases =
      ["short", "aaaaaaaaaaaaaaaaaaaaaaaa"].map { (["PROXYHOOKS_CONSOLE_TOKEN": $0], "PROXYHOOKS_CONSOLE_TOKEN: ") }
      + Self.secrets.values.filter { !$0.hasPrefix("http") }.map {
        (["PROXYHOOKS_CONSOLE_TOKEN": $0], "PROXYHOOKS_CONSOLE_TOKEN: is the same as PROXYHOOKS_")
      } + [
        (["PROXYHOOKS_CONSOLE_CENTRIFUGO_CONFIG": "/c.json"], "PROXYHOOKS_CONSOLE_CENTRIFUGO_CONFIG: is set without")
      ]
    for (settings, problem) in cases {
      let error = #expect(throws: ConfigurationError.self) { try read(settings) }
      #expect(error?.problems.count == 1 && error?.problems.first?.hasPrefix(problem) == true)
      for value in settings.values where value != "/c.json" {
        #expect(error?.problems.contains { $0.contains(value) } == false)
      }
    }
  }

  @Test("A console that other machines reach is warned of, and one on the loopback is not")
  func cautions() throws {
    let on = ["PROXYHOOKS_CONSOLE_TOKEN": TestConsole.token]
    func cautions(_ settings: [String: String]) throws -> [String] {
      try read(settings).cautions.filter { $0.hasPrefix("PROXYHOOKS_CONSOLE") }
    }
    #expect(try cautions(on).isEmpty)
    #expect(try cautions(["PROXYHOOKS_OPERATIONS_LISTEN": "0.0.0.0:9090"]).isEmpty)
    let warned = try cautions(on.merging(["PROXYHOOKS_OPERATIONS_LISTEN": "0.0.0.0:9090"]) { $1 })
    #expect(warned.count == 1 && !warned[0].contains(TestConsole.token))
  }
}
