import Testing

@testable import CentrifugoSetup

@Suite("Reading a configuration")
struct ReadingTests {
  private func fault(_ form: SetupForm, _ text: String) -> String? {
    do throws(SetupFault) {
      _ = try form.read(text)
      return nil
    } catch {
      return error.description
    }
  }

  /// The value without its places.
  private func bare(_ value: SetupValue) -> SetupValue {
    switch value.content {
    case .object(let members):
      let bare = members.map { SetupValue.Member(key: $0.key, value: self.bare($0.value)) }
      return SetupValue(.object(bare.sorted { $0.key < $1.key }))
    case .array(let elements): return SetupValue(.array(elements.map { self.bare($0) }))
    default: return SetupValue(value.content)
    }
  }

  @Test("The three forms give the same values")
  func forms() throws {
    let json = try SetupForm.json.read(
      #"{"client": {"insecure": true, "concurrency": 8, "allowed_origins": ["a", "b"]}, "proxies": [{"name": "x y"}]}"#)
    let yaml = try SetupForm.yaml.read(
      "client:\n  insecure: true\n  concurrency: 8\n  allowed_origins: [a, 'b']\nproxies:\n- name: x y\n")
    let toml = try SetupForm.toml.read(
      "[client]\ninsecure = true\nconcurrency = 8\nallowed_origins = ['a', \"b\"]\n[[proxies]]\nname = 'x y'\n")
    #expect(bare(json) == bare(yaml))
    #expect(bare(json) == bare(toml))
  }

  @Test("A form is told by the file's ending, whatever its case")
  func endings() {
    #expect(SetupForm(fileName: "a.b/config.json") == .json)
    #expect(SetupForm(fileName: "config.YAML") == .yaml)
    #expect(SetupForm(fileName: "config.yml") == .yaml)
    #expect(SetupForm(fileName: "config.toml") == .toml)
    for name in ["config", "config.", "json", "config.json.bak", "-", ""] { #expect(SetupForm(fileName: name) == nil) }
  }

  @Test("Values know their lines in JSON and YAML")
  func lines() throws {
    let json = try SetupForm.json.read("{\n\"a\": [1,\n 2],\n\n\"b\": {\n\"c\": null}}")
    #expect(json["a"]?.elements?.map(\.origin) == [.file(line: 2), .file(line: 3)])
    #expect(json["b"]?["c"]?.origin == .file(line: 6))
    let yaml = try SetupForm.yaml.read("a: 1\n\nb:\n  - c\n")
    #expect(yaml["a"]?.origin == .file(line: 1))
    #expect(yaml["b"]?.elements?.first?.origin == .file(line: 4))
  }

  @Test(
    "A scalar of YAML is what it is to Centrifugo",
    arguments: [
      ("yes", SetupValue.Content.string("yes")), ("on", .string("on")), ("True", .bool(true)),
      ("'true'", .string("true")),
      ("~", .null), ("", .null), ("010", .number(10)), ("0x10", .number(16)), ("1_000", .number(1_000)),
      ("1.5", .number(1.5)), ("1s", .string("1s")), ("!!str 5", .string("5")), ("\"5\"", .string("5")),
      ("-", .null),
    ])
  func scalars(_ text: String, _ content: SetupValue.Content) throws {
    if text == "-" {
      #expect(try SetupForm.yaml.read("a:\n  -\n")["a"]?.content == .array([SetupValue(.null, .file(line: 2))]))
    } else {
      #expect(try SetupForm.yaml.read("a: \(text)\n")["a"]?.content == content)
    }
  }

  @Test("Merge keys fill in what is not spelled out")
  func mergeKeys() throws {
    let yaml = try SetupForm.yaml.read("a: &a {x: 1, y: 2}\nb: {<<: *a, y: 3}\nc: {<<: [*a, {z: 4}]}\nd: {'<<': 5}\n")
    #expect(yaml["b"]?["x"]?.content == .number(1))
    #expect(yaml["b"]?["y"]?.content == .number(3))
    #expect(yaml["c"]?["z"]?.content == .number(4))
    #expect(yaml["d"]?["<<"]?.content == .number(5))
  }

  @Test(
    "What is none of its form is refused, with the line and nothing of a value",
    arguments: [
      (SetupForm.json, "{\n\"key\": secret}", "line 2: is no JSON: unexpected byte"),
      (.json, "{\"a\": 1,\n\"a\": 2}", "line 2: is no JSON: duplicate key, at the key \"a\""),
      (.json, "[]", "is a list, not an object of settings"),
      (.json, "", "line 1: is no JSON: unexpected end"),
      (.yaml, "a: 1\na: 2\n", "is no YAML: line 1: a twice in one mapping"),
      (.yaml, "", "is empty"),
      (.yaml, "a\n", "is a string, not an object of settings"),
      (.yaml, "? [a]\n: 1\n", "line 1: has a key that is no text"),
      (.yaml, "a: \0\n", "has a NUL"),
      (.toml, "a = \"\\u0000\"", "has a NUL"),
    ])
  func faults(_ form: SetupForm, _ text: String, _ expected: String) {
    #expect(fault(form, text) == expected)
  }

  @Test("Errors of YAML and TOML are on one line that begins with the place")
  func placedFaults() throws {
    let yaml = try #require(fault(.yaml, "a:\n  b: [secret\nc: d"))
    #expect(yaml.hasPrefix("is no YAML: line 3: ") && !yaml.contains("secret") && !yaml.contains("\n"))
    let toml = try #require(fault(.toml, "a = 1\nb = = 2\n"))
    #expect(toml.hasPrefix("line 2: is no TOML: ") && !toml.contains("\n"))
  }

  @Test("Bytes that are no text, and files that are too long, are refused", arguments: SetupForm.allCases)
  func bytes(_ form: SetupForm) {
    #expect(throws: SetupFault.self) { try form.read([0x61, 0xFF, 0xFE]) }
    #expect(throws: SetupFault("is over 1048576 bytes")) { try form.read([UInt8](repeating: 0x20, count: 1_048_577)) }
  }

  @Test("Aliases that stand for more than there is room for are refused, as keys too")
  func aliasBombs() {
    var bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n"
    for level in 1...6 {
      bomb += "a\(level): &a\(level) [" + Array(repeating: "*a\(level - 1)", count: 5).joined(separator: ", ") + "]\n"
    }
    #expect(fault(.yaml, bomb) == "has over 100000 values")
    #expect(fault(.yaml, bomb + "? *a6\n: 1\n") != nil)
    for level in 7...9 { bomb += "a\(level): &a\(level) [*a\(level - 1), *a\(level - 1)]\n" }
    #expect(fault(.yaml, bomb) == "has more than 32 aliases (*name)")
  }

  @Test("What is nested too deeply is refused", arguments: [65, 400, 20_000])
  func depth(_ depth: Int) {
    let open = String(repeating: "[", count: depth)
    let close = String(repeating: "]", count: depth)
    #expect(fault(.json, "{\"a\": \(open)\(close)}") != nil)
    #expect(fault(.yaml, "a: \(open)\(close)") != nil)
    #expect(fault(.toml, "a = \(open)\(close)") != nil)
  }

  @Test("An environment file has comments, quotes and the last of what is set twice")
  func environment() throws {
    let text = "# a\n; b\n\nA=1\n B = \"x \\\" $y\" \nC='[{\"name\":\"x\"}]'\nA=2\r\nD=\nE=\"a\\n\"\n"
    let variables = try EnvironmentFile(Array(text.utf8)).variables
    #expect(variables == ["A": "2", "B": "x \" $y", "C": #"[{"name":"x"}]"#, "D": "", "E": "a\\n"])
    #expect(throws: SetupFault("line 2: want KEY=VALUE")) { try EnvironmentFile(Array("A=1\nsecret\n".utf8)) }
    #expect(throws: SetupFault("line 1: want KEY=VALUE")) { try EnvironmentFile(Array("export A=1".utf8)) }
  }
}
