public import Auth
import Yams

extension PolicyAssertions {
  /// Reads the text of a file of assertions about `policy`.
  ///
  /// - Throws: ``PolicyFileError`` with every mistake there is.
  public init(bytes: [UInt8], about policy: Policy) throws(PolicyFileError) {
    guard bytes.count <= PolicyDocument.maximumBytes else {
      throw PolicyFileError(whole: "the file is too large: want at most \(PolicyDocument.maximumBytes) bytes")
    }
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw PolicyFileError(whole: "the file is no UTF-8 text")
    }
    var reader = PolicyReader()
    let root = PolicyNode(path: "", node: try Self.root(of: text))
    let tests = reader.members(of: root, known: ["tests"], required: ["tests"])["tests"]
    let read = tests.map { reader.tests($0, about: policy) } ?? []
    guard reader.problems.isEmpty else {
      throw PolicyFileError(problems: reader.problems.sorted { ($0.line ?? 0) < ($1.line ?? 0) })
    }
    self.init(tests: read)
  }

  private static func root(of text: String) throws(PolicyFileError) -> Node {
    do {
      if let node = try Yams.compose(yaml: text) { return node }
    } catch let error as YamlError {
      throw PolicyFileError(error)
    } catch {
      throw PolicyFileError(whole: "it can't be read as YAML")
    }
    throw PolicyFileError(whole: "the file is empty; want `tests:` and a list of them")
  }
}

extension PolicyReader {
  private static let mostTests = 4_096
  private static let flags = ["left", "muted", "removed", "banned", "token_revoked"]

  fileprivate mutating func tests(_ place: PolicyNode, about policy: Policy) -> [PolicyAssertions.Test] {
    guard let elements = place.elements, !elements.isEmpty else {
      problem(
        place, "want a list of tests, each with `- name: …`, found \(place.elements == nil ? place.found : "none")")
      return []
    }
    guard elements.count <= Self.mostTests else {
      problem(place, "want at most \(Self.mostTests) tests, found \(elements.count)")
      return []
    }
    var names: Set<String> = []
    return elements.compactMap { element in
      let test = test(element, about: policy)
      if let test, !names.insert(test.name).inserted { problem(element, "another test is called `\(test.name)` too") }
      return test
    }
  }

  private mutating func test(_ place: PolicyNode, about policy: Policy) -> PolicyAssertions.Test? {
    let before = problems.count
    let known = members(of: place, known: ["name", "given", "allow", "deny"], required: ["name", "given"])
    if let name = known["name"], name.text?.isEmpty != false {
      problem(name, "want some words, found \(name.found)")
    }
    let facts = known["given"].flatMap { given($0, roles: policy.roles) }
    if place.members != nil && known["allow"] == nil && known["deny"] == nil {
      problem(place, "it asserts nothing; want `allow`, `deny` or both, lists of operations")
    }
    var assertions: [PolicyAssertions.Assertion] = []
    if let place = known["allow"] { assertions += self.assertions(place, isAllowed: true, policy) }
    if let place = known["deny"] { assertions += self.assertions(place, isAllowed: false, policy) }
    for (index, one) in assertions.enumerated()
    where assertions[..<index].contains(where: { $0.operation == one.operation }) {
      problem(place, "\(one.operation.rawValue) is asserted twice of the same person", on: one.line)
    }
    guard problems.count == before, let name = known["name"]?.text, let facts else { return nil }
    return PolicyAssertions.Test(name: name, facts: facts, assertions: assertions)
  }

  private mutating func given(_ place: PolicyNode, roles: [MemberRole]) -> Facts? {
    let known = members(of: place, known: ["role", "match"] + Self.flags, required: ["role", "match"])
    var role: MemberRole?
    if let place = known["role"], place.text != "none" {
      role = place.text.flatMap { MemberRole($0) }.flatMap { roles.contains($0) ? $0 : nil }
      // A role that is misspelt may nothing, and every `deny` would hold.
      if role == nil { problem(place, "want \((roles.map(\.name) + ["none"]).listed("or")), found \(place.found)") }
    }
    var match: MatchState?
    if let place = known["match"], place.text != "none" {
      match = place.text.flatMap { MatchState(rawValue: $0) }
      if match == nil {
        problem(place, "want \((MatchState.allCases.map(\.rawValue) + ["none"]).listed("or")), found \(place.found)")
      }
    }
    let flags = Dictionary(uniqueKeysWithValues: Self.flags.map { ($0, known[$0].map { flag($0) } ?? false) })
    func isSet(_ flag: String) -> Bool { flags[flag] ?? false }
    if let place = known["role"], place.text == "none", isSet("left") || isSet("muted") || isSet("removed") {
      problem(place, "only a member leaves, is muted or is removed; want a role")
    }
    if let place = known["match"], place.text == "none", known["role"]?.text != "none" {
      problem(place, "only a match has members; want `role: none`, or a match")
    }
    return Facts(
      role: role, match: match, hasLeft: isSet("left"), isMuted: isSet("muted"), isRemoved: isSet("removed"),
      isBanned: isSet("banned"), isTokenRevoked: isSet("token_revoked"))
  }

  private mutating func flag(_ place: PolicyNode) -> Bool {
    if place.text != "true" && place.text != "false" { problem(place, "want true or false, found \(place.found)") }
    return place.text == "true"
  }

  private mutating func assertions(_ place: PolicyNode, isAllowed: Bool, _ policy: Policy)
    -> [PolicyAssertions.Assertion]
  {
    list(place) { reader, element in
      guard let members = element.members else {
        return reader.word(element, Operation.self).map {
          PolicyAssertions.Assertion(operation: $0, isAllowed: isAllowed, by: nil, line: element.line)
        }
      }
      guard members.count == 1, let (key, line, value) = members.first else {
        reader.problem(
          element, "want one operation, or one with its \(isAllowed ? "rule" : "reason"), found \(members.count)")
        return nil
      }
      guard let operation = Operation(rawValue: key) else {
        reader.problem(value, "want an operation, such as publish or chat:send, found `\(key.prefix(40))`", on: line)
        return nil
      }
      guard let by = reader.cause(value, isAllowed: isAllowed, policy) else { return nil }
      return PolicyAssertions.Assertion(operation: operation, isAllowed: isAllowed, by: by, line: element.line)
    }
  }

  /// What is to decide: a rule of the policy that does so, or a reason.
  private mutating func cause(_ place: PolicyNode, isAllowed: Bool, _ policy: Policy) -> String? {
    let rules = policy.rules.filter { $0.effect == (isAllowed ? .allow : .deny) }.map(\.name)
    let reasons = isAllowed ? [] : Decision.Reason.allCases.map(\.rawValue)
    if let text = place.text, (rules + reasons).contains(text) { return text }
    problem(
      place,
      isAllowed
        ? "want the name of a rule that allows, found \(place.found)"
        : "want a reason (\(reasons.joined(separator: ", "))) or the name of a rule that denies, found \(place.found)")
    return nil
  }
}
