import Auth

/// Something in a policy file that is no mistake and that its author may not have meant.
public struct PolicyWarning: Hashable, Sendable, CustomStringConvertible {
  /// Where in the file, such as `rules[2]`.
  public let key: String
  /// What it is.
  public let text: String

  /// `rules[2]: …`.
  public var description: String { "\(key): \(text)" }
}

extension PolicyDocument {
  /// The warnings, in the order of the file's keys.
  public var warnings: [PolicyWarning] {
    let deciding = policy.deciding
    return policy.rules.enumerated().flatMap { place, rule in
      policy.warnings(of: rule, deciding).map { PolicyWarning(key: "rules[\(place)]", text: "\(rule.name) \($0)") }
    } + policy.operationsOfNobody + limitWarnings
  }

  private var limitWarnings: [PolicyWarning] {
    LimitName.allCases.compactMap { name in
      let key = "limits.\(name.rawValue)"
      switch limits[name] {
      case nil: return PolicyWarning(key: key, text: "is off: nothing bounds \(name.meaning)")
      case .some(let limit) where limit.mode == .shadow:
        return PolicyWarning(key: key, text: "is in shadow: it counts, and nothing bounds \(name.meaning)")
      case .some: return nil
      }
    }
  }
}

extension Policy {
  fileprivate func warnings(of rule: PolicyRule, _ deciding: Set<String>) -> [String] {
    switch rule.mode {
    case .enforce:
      return deciding.contains(rule.name) ? [] : ["is never the one that decides: other rules cover all that it says"]
    case .shadow:
      var texts: [String] = []
      if rule.effect == .deny { texts.append("is in shadow: it does not protect") }
      if !changesAnything(rule) { texts.append("is in shadow and would change nothing if it were enforced") }
      return texts
    }
  }

  /// The names of the enforced rules that decide something.
  fileprivate var deciding: Set<String> {
    Set(Situation.all(of: roles).compactMap { decide($0).outcome.rule?.text })
  }

  /// Whether a rule in shadow would, by itself or with all the others.
  private func changesAnything(_ rule: PolicyRule) -> Bool {
    let enforced = rules.filter { $0.mode == .enforce }
    let sets = [
      (enforced, rules.filter { $0.mode == .enforce || $0.name == rule.name }),
      (rules.filter { $0.name != rule.name }, rules),
    ]
    return sets.contains { without, with in
      let (one, other) = (Policy(enforcing: without, roles: roles), Policy(enforcing: with, roles: roles))
      return Situation.all(of: roles).contains { one.decide($0).isAllowed != other.decide($0).isAllowed }
    }
  }

  fileprivate var operationsOfNobody: [PolicyWarning] {
    let possible = Set(Situation.all(of: roles).filter { decide($0).isAllowed }.map(\.operation))
    return Operation.allCases.filter { !possible.contains($0) }.map {
      PolicyWarning(key: "rules", text: "nobody may \($0.rawValue): no rule allows it")
    }
  }

  /// A policy that enforces every rule, also those in shadow.
  fileprivate init(enforcing rules: [PolicyRule], roles: [MemberRole]) {
    self.init(
      roles: roles,
      rules: rules.map {
        PolicyRule(
          name: $0.name, effect: $0.effect, operations: $0.operations, roles: $0.roles, matches: $0.matches,
          speech: $0.speech)
      })
  }
}
