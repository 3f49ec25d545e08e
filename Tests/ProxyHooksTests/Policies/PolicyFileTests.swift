import Auth
import Foundation
import Testing

@testable import ProxyHooks

@Suite("Policy file")
struct PolicyFileTests {
  /// What is wrong with a text; empty where it is right.
  private func problems(_ text: String) -> [String] {
    do throws(PolicyFileError) {
      _ = try PolicyDocument(text: text)
      return []
    } catch {
      return error.problems.map(\.description)
    }
  }

  /// A small right file, with one more text at its end.
  private func file(_ more: String) -> String {
    """
    version: 1
    roles: [driver, rider]
    rules:
      - name: come-in
        allow: [connect, refresh]
    \(more)
    """
  }

  @Test("The file that comes with the service is the one that is built in, and says what holds without any other key")
  func standard() throws {
    let file = try String(contentsOf: Repository.root.appending(path: "centrifugo/policy.yaml"), encoding: .utf8)
    #expect(file == PolicyDocument.standardText)
    let document = try PolicyDocument(text: file)
    #expect(document.policy == PolicyDocument.standard.policy)
    #expect(document.policy.rules.count == 6)
    let smallest = try PolicyDocument(text: self.file(""))
    #expect(document.namespaces == smallest.namespaces)
    #expect(document.messages == smallest.messages)
    #expect(document.windows == smallest.windows)
    #expect(document.delivery == smallest.delivery)
    #expect(document.expiry == smallest.expiry)
    #expect(document.limits == smallest.limits)
  }

  @Test("The version is what sha256sum says of the file, its first sixteen digits")
  func version() throws {
    let text = file("")
    let digest = try #require(Digest.sha256.hash(Array(text.utf8)))
    let hexadecimal = digest.map { String(format: "%02x", $0) }.joined()
    #expect(try PolicyDocument(text: text).version == hexadecimal.prefix(16))
    #expect(try PolicyDocument(text: text + "\n").version != hexadecimal.prefix(16))
  }

  @Test("Every value is read")
  func values() throws {
    let document = try PolicyDocument(
      text: """
        version: 1
        namespaces: {room: ride, person: people}
        roles: [pilot]
        rules:
          - {name: listen, allow: [subscribe, chat:rooms], roles: [pilot], matches: [open, closed], members: [muted]}
          - {name: no-more, deny: [subscribe], mode: shadow}
        messages: {kinds: {text: {characters: 7}}, edit: 0s, delete: 2d, delivery: direct}
        expiry: {connection: 1h, subscription: 90s}
        limits: {connect_address: off, rpc_user: 5/2s, typing_room: {rate: 1/1m, mode: shadow}}
        """)
    let pilot = try #require(MemberRole("pilot"))
    #expect(document.namespaces.match == "ride" && document.namespaces.user == "people")
    #expect(
      document.policy.rules == [
        PolicyRule(
          name: "listen", effect: .allow, operations: [.subscribe, .rooms], roles: [pilot], matches: [.open, .closed],
          speech: [.muted]),
        PolicyRule(
          name: "no-more", effect: .deny, mode: .shadow, operations: [.subscribe], roles: [pilot],
          matches: Set(MatchState.allCases), speech: Set(PolicyRule.Speech.allCases)),
      ])
    #expect(document.messages == MessageRules(longestText: 7, kinds: [.text]))
    #expect(document.windows == ChangeWindows(editSeconds: 0, deleteSeconds: 172_800))
    #expect(document.delivery == .direct)
    #expect(document.expiry == Expiry(connectionSeconds: 3_600, subscriptionSeconds: 90))
    #expect(document.limits[.connectAddress] == nil)
    #expect(document.limits[.rpcUser]?.rate.description == "5/2s" && document.limits[.rpcUser]?.mode == .enforce)
    #expect(document.limits[.typingRoom]?.rate.description == "1/60s" && document.limits[.typingRoom]?.mode == .shadow)
    #expect(document.limits[.publishRoom]?.rate.description == "40/10s", "what is left out is as usual")
  }

  @Test(
    "A rule that allows lets the unmuted alone unless it says more; one that denies denies it to all unless it says less"
  )
  func whatIsNotSaid() throws {
    let document = try PolicyDocument(
      text: file(
        """
          - {name: write, allow: [publish], roles: [driver, rider], matches: [open]}
          - {name: stop, deny: [chat:edit]}
        """))
    #expect(document.policy.rules[1].speech == [.unmuted])
    #expect(document.policy.rules[2].speech == [.unmuted, .muted])
    #expect(document.policy.rules[2].roles == [.driver, .rider])
    #expect(document.policy.rules[2].matches == Set(MatchState.allCases))
  }

  @Test(
    "A mistake is refused with its line, its key and what was expected",
    arguments: [
      ("wrongs: 1", "line 6: wrongs: unknown key; want one of version, namespaces, "),
      ("limits: {connect_usr: 1/1s}", "line 6: limits.connect_usr: unknown key; want one of connect_address, "),
      (
        "limits: {connect_user: 1}",
        "line 6: limits.connect_user: want count/period, such as 25/10s (ms, s, m, h), or off, found `1`"
      ),
      ("limits: {connect_user: {mode: shadow}}", "line 6: limits.connect_user: `rate` is missing"),
      (
        "limits: {connect_user: {rate: 1/1s, mode: soft}}",
        "line 6: limits.connect_user.mode: want enforce or shadow, found `soft`"
      ),
      ("limits: 5", "line 6: limits: want keys and values (connect_address, "),
      (
        "expiry: {connection: 300}",
        "line 6: expiry.connection: want a span from 10s to 1d, such as 90s, 15m, 24h or 7d, found `300`"
      ),
      ("expiry: {connection: 9s}", "line 6: expiry.connection: want a span from 10s to 1d"),
      ("expiry: {subscription: 25h}", "line 6: expiry.subscription: want a span"),
      ("expiry: {subscription: -60s}", "line 6: expiry.subscription: want a span"),
      ("expiry: {subscription: 99999999999999999999d}", "line 6: expiry.subscription: want a span"),
      ("expiry: {subscription: 9223372036854775807d}", "line 6: expiry.subscription: want a span"),
      (
        "messages: {kinds: {text: {characters: 4001}}}",
        "line 6: messages.kinds.text.characters: want a whole number from 1 to 4000, found `4001`"
      ),
      ("messages: {kinds: {text: {characters: +5}}}", "line 6: messages.kinds.text.characters: want a whole number"),
      ("messages: {kinds: {picture: {}}}", "line 6: messages.kinds.picture: unknown key; want one of text, location"),
      ("messages: {kinds: {location: {characters: 5}}}", "line 6: messages.kinds.location.characters: unknown key"),
      ("messages: {delivery: outbox}", "line 6: messages.delivery: want guaranteed or direct, found `outbox`"),
      ("namespaces: {room: 'a:b'}", "line 6: namespaces.room: want 1 to 64 characters"),
      ("namespaces: {room: user}", "line 6: namespaces: `room` and `person` are the same"),
      ("  - name: x", "line 6: rules[1]: want either `allow` or `deny`"),
      ("  - {allow: [connect]}", "line 6: rules[1]: `name` is missing"),
      ("  - {name: x, allow: [connect], deny: [refresh]}", "line 6: rules[1]: want either `allow` or `deny`"),
      ("  - {name: x, allow: connect}", "line 6: rules[1].allow: want a list, such as [a, b], found `connect`"),
      ("  - {name: x, allow: []}", "line 6: rules[1].allow: the list is empty"),
      ("  - {name: x, allow: [connect, connect]}", "line 6: rules[1].allow[1]: `connect` is there twice"),
      (
        "  - {name: x, allow: [chat:shout]}",
        "line 6: rules[1].allow[0]: want connect, refresh, subscribe, sub_refresh, publish, chat:send, "
      ),
      ("  - {name: x, allow: [publish], matches: [open]}", "line 6: rules[1]: `roles` is missing"),
      ("  - {name: x, allow: [publish], roles: [rider]}", "line 6: rules[1]: `matches` is missing"),
      (
        "  - {name: x, allow: [publish], roles: [pilot], matches: [open]}",
        "line 6: rules[1].roles[0]: want one of the file's roles (driver, rider), found `pilot`"
      ),
      (
        "  - {name: x, allow: [publish], roles: [rider], matches: [ended]}",
        "line 6: rules[1].matches[0]: want open, closed or cancelled, found `ended`"
      ),
      (
        "  - {name: x, allow: [publish], roles: [rider], matches: [open], members: [loud]}",
        "line 6: rules[1].members[0]: want unmuted or muted, found `loud`"
      ),
      (
        "  - {name: x, allow: [connect], roles: [rider]}",
        "line 6: rules[1].roles: connect is for people and not for members of a match; leave `roles` out"
      ),
      (
        "  - {name: x, allow: [connect, publish], roles: [rider], matches: [open]}",
        "line 6: rules[1].allow: connect is for people and not for members of a match; give it a rule of its own"
      ),
      ("  - {name: x, allow: [connect], mode: off}", "line 6: rules[1].mode: want enforce or shadow, found `off`"),
      ("  - {name: come-in, allow: [connect]}", "line 6: rules[1]: another rule is called `come-in` too"),
      ("  - {name: X, allow: [connect]}", "line 6: rules[1].name: want 1 to 64 of a-z 0-9 - _"),
      ("  - {name: not_a_member, allow: [connect]}", "line 6: rules[1].name: want 1 to 64 of a-z 0-9 - _"),
      ("  - x", "line 6: rules[1]: want keys and values (name, "),
      ("version: 1", "line 1: a key is there twice: version"),
      ("x: [", "line 7: no YAML: "),
    ])
  func mistakes(more: String, problem: String) throws {
    let found = problems(file(more))
    #expect(found.count == 1)
    #expect(found.first?.hasPrefix(problem) == true, "\(found)")
  }

  @Test(
    "A file that is no policy as a whole is refused",
    arguments: [
      ("", "the file is empty"), ("# nothing", "the file is empty"), ("policy", "line 1: want keys and values"),
      ("- 1", "line 1: want keys and values"),
      ("version: 2\nroles: [a]\nrules: []", "line 1: version: want 1, found `2`"),
      ("version: 1\nrules: []", "line 1: `roles` is missing"), ("version: 1\nroles: [a]", "line 1: `rules` is missing"),
      ("version: 1\nroles: [a, A]\nrules: []", "line 2: roles[1]: want 1 to 32 of a-z 0-9 _"),
      ("version: 1\nroles: [none]\nrules: []", "line 2: roles[0]: want 1 to 32 of a-z 0-9 _"),
      (
        "version: 1\nroles: [\"a\\x1b[31m\"]\nrules: []",
        "line 2: roles[0]: want 1 to 32 of a-z 0-9 _, a letter first, and not `none`, found `a\u{FFFD}[31m`"
      ),
      ("version: 1\nroles: [a]\nrules: 5", "line 3: rules: want a list of rules"),
      (String(repeating: "#\n", count: 131_073), "the file is too large"),
    ])
  func noPolicy(text: String, problem: String) {
    let found = problems(text)
    #expect(found.count == 1)
    #expect(found.first?.hasPrefix(problem) == true, "\(found)")
  }

  @Test(
    "What an editor shows otherwise than YAML reads it is refused, in comments too",
    arguments: [
      "\u{2028}", "\u{2029}", "\u{85}", "\r", "\u{202E}", "\u{2066}", "\u{200B}", "\u{FEFF}", "\u{0}", "\u{1B}",
      "\u{E000}",
    ])
  func hidden(character: String) {
    let found = problems(file("# a comment\(character)    mode: shadow"))
    #expect(found.count == 1)
    #expect(found.first?.hasPrefix("line 6: column 12: U+") == true, "\(found)")
  }

  @Test("Lines may end as on Windows, and comments may say anything that is seen")
  func harmless() {
    #expect(problems(file("# Wer darf was? * & ! «é» 🚗").replacing("\n", with: "\r\n")) == [])
  }

  @Test(
    "Anchors, aliases and tags are refused, quoted or not, but for comments",
    arguments: [
      ("limits: &x {rpc_user: off}", "line 6: column 9: `&` begins an anchor"),
      ("limits: *x", "line 6: column 9: `*` begins an alias"),
      ("limits: {rpc_user: off, !x rpc_user: 1/1s}", "line 6: column 25: `!` begins a tag"),
      ("a\"b: \"x # \" &y", "line 6: column 2: a quotation mark stands inside a word"),
      ("a: \"x # \" &y", "line 6: column 11: `&` begins an anchor"),
      ("a: \"x \\\" # \" &y", "line 6: column 14: `&` begins an anchor"),
      ("a: 'x '' # ' &y", "line 6: column 14: `&` begins an anchor"),
      ("a: [\"x\n# \", &y]", "line 6: column 7: a quotation mark is not closed on its line"),
    ])
  func unneeded(more: String, problem: String) {
    let found = problems(file(more))
    #expect(found.count == 1)
    #expect(found.first?.hasPrefix(problem) == true, "\(found)")
  }

  @Test("All mistakes are told at once, in the order of their lines")
  func all() {
    let found = problems("version: 3\nroles: [A]\nrules:\n  - {name: x, allow: [fly]}\nlimits: {rpc_user: often}\n")
    #expect(found.map { String($0.prefix(7)) } == ["line 1:", "line 2:", "line 4:", "line 5:"])
  }

  @Test("Bytes that are no UTF-8 are refused")
  func noText() {
    #expect(throws: PolicyFileError.self) { _ = try PolicyDocument(bytes: [0x76, 0xFF, 0xFE]) }
  }

  @Test("No text makes the reader do anything but refuse or read", arguments: 0..<400)
  func anything(seed: Int) {
    // Pieces of the standard file, cut and put together anew.
    var state = UInt64(seed) &+ 1
    func random(_ bound: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % bound
    }
    var lines = PolicyDocument.standardText.split(separator: "\n").map(String.init).filter { !$0.hasPrefix("#") }
    for _ in 0..<(1 + random(6)) {
      let place = random(lines.count)
      switch random(5) {
      case 0: lines.remove(at: place)
      case 1: lines.insert(lines[random(lines.count)], at: place)
      case 2: lines[place] = String(lines[place].dropFirst(random(4)))
      case 3: lines[place] = String(lines[place].prefix(random(lines[place].count + 1)))
      default: lines[place] += [" *x", " &x", ": {", "]", " !!int 5", "\t"][random(6)]
      }
    }
    if let document = try? PolicyDocument(text: lines.joined(separator: "\n")) {
      let stranger = Facts(membership: MembershipFacts(matchState: .open, role: nil))
      for operation in Operation.allCases where operation.scope == .match {
        #expect(!document.policy.decide(operation, on: stranger).isAllowed)
      }
    }
  }
}
