import Auth

// Roles and rules.
extension PolicyReader {
  private static let mostRoles = 32
  private static let mostRules = 256

  mutating func roles(_ place: PolicyNode) -> [MemberRole] {
    let roles = list(place) { reader, element in
      let role = element.text.flatMap { MemberRole($0) }
      if role == nil || role?.name == "none" {
        reader.problem(
          element, "want 1 to 32 of a-z 0-9 _, a letter first, and not `none`, found \(element.found)")
      }
      return role
    }
    if roles.count > Self.mostRoles { problem(place, "want at most \(Self.mostRoles) roles, found \(roles.count)") }
    return Array(roles.prefix(Self.mostRoles))
  }

  mutating func rules(_ place: PolicyNode, roles: [MemberRole]) -> [PolicyRule] {
    guard let elements = place.elements else {
      problem(place, "want a list of rules, each with `- name: …`, found \(place.found)")
      return []
    }
    guard elements.count <= Self.mostRules else {
      problem(place, "want at most \(Self.mostRules) rules, found \(elements.count)")
      return []
    }
    var rules: [PolicyRule] = []
    for element in elements {
      guard let rule = rule(element, roles: roles) else { continue }
      if rules.contains(where: { $0.name == rule.name }) {
        problem(element, "another rule is called `\(rule.name)` too")
      }
      rules.append(rule)
    }
    return rules
  }

  private mutating func rule(_ place: PolicyNode, roles: [MemberRole]) -> PolicyRule? {
    let before = problems.count
    let known = members(
      of: place, known: ["name", "allow", "deny", "roles", "matches", "members", "mode"], required: ["name"])
    let name = known["name"].flatMap { ruleName($0) } ?? ""
    let mode = known["mode"].flatMap { word($0, PolicyRule.Mode.self) } ?? .enforce
    let effect: PolicyRule.Effect = known["deny"] == nil ? .allow : .deny
    guard let what = known["allow"] ?? known["deny"], known["allow"] == nil || known["deny"] == nil else {
      if place.members != nil { problem(place, "want either `allow` or `deny`, a list of operations") }
      return nil
    }
    let operations = words(what, Operation.self)
    let seated = operations.filter(\.hasSeats)
    var rule = PolicyRule(name: name, effect: effect, mode: mode, operations: operations)
    if seated.isEmpty {
      for key in ["roles", "matches", "members"] {
        guard let place = known[key] else { continue }
        problem(place, "\(Self.names(operations)) is for people and not for members of a match; leave `\(key)` out")
      }
    } else if seated.count < operations.count {
      let others = operations.subtracting(seated)
      problem(what, "\(Self.names(others)) is for people and not for members of a match; give it a rule of its own")
    } else {
      rule = self.rule(rule, about: place, known, roles: roles)
    }
    return problems.count == before ? rule : nil
  }

  /// What a rule about members says of them: one that allows has to say it, one that denies denies it to all unless it does.
  private mutating func rule(
    _ rule: PolicyRule, about place: PolicyNode, _ known: [String: PolicyNode], roles: [MemberRole]
  ) -> PolicyRule {
    if rule.effect == .allow {
      for key in ["roles", "matches"] where known[key] == nil { problem(place, "`\(key)` is missing") }
    }
    let whose = known["roles"].map { place in
      Set(
        list(place) { reader, element in
          let role = element.text.flatMap { MemberRole($0) }.flatMap { roles.contains($0) ? $0 : nil }
          if role == nil {
            reader.problem(
              element,
              "want one of the file's roles (\(roles.map(\.name).joined(separator: ", "))), found \(element.found)")
          }
          return role
        })
    }
    return PolicyRule(
      name: rule.name, effect: rule.effect, mode: rule.mode, operations: rule.operations,
      roles: whose ?? Set(roles),
      matches: known["matches"].map { words($0, MatchState.self) } ?? Set(MatchState.allCases),
      speech: known["members"].map { words($0, PolicyRule.Speech.self) }
        ?? (rule.effect == .allow ? [.unmuted] : Set(PolicyRule.Speech.allCases)))
  }

  private mutating func ruleName(_ place: PolicyNode) -> String? {
    if let text = place.text, (1...64).contains(text.utf8.count), let first = text.utf8.first,
      (0x61...0x7A).contains(first),
      text.utf8.allSatisfy({ (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2D || $0 == 0x5F })
    {
      // A reason that holds under every policy must not be mistaken for a rule.
      if Decision.Reason(rawValue: text) == nil { return text }
    }
    problem(
      place, "want 1 to 64 of a-z 0-9 - _, a letter first, and none of the service's own reasons, found \(place.found)")
    return nil
  }

  private static func names(_ operations: Set<Operation>) -> String {
    operations.map(\.rawValue).sorted().joined(separator: ", ")
  }
}
