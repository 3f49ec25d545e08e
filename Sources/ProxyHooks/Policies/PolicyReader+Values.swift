import Auth
import Storage

// Everything but roles and rules. What a file leaves out is as in the policy that comes with the service.
extension PolicyReader {
  mutating func namespaces(_ place: PolicyNode?) -> Channel.Namespaces {
    guard let place else { return .standard }
    let parts = members(of: place, known: ["room", "person"])
    let standard = Channel.Namespaces.standard
    var names: [String] = []
    for (key, fallback) in [("room", standard.match), ("person", standard.user)] {
      let name = parts[key]?.text ?? fallback
      if let part = parts[key], part.text.map({ Identifier.isValid($0) }) != true {
        problem(part, "want 1 to 64 characters A-Z a-z 0-9 . _ @ -, found \(part.found)")
        return standard
      }
      names.append(name)
    }
    guard let namespaces = Channel.Namespaces(match: names[0], user: names[1]) else {
      problem(place, "`room` and `person` are the same; give each a name of its own")
      return standard
    }
    return namespaces
  }

  mutating func messages(_ place: PolicyNode?) -> (MessageRules, ChangeWindows, Delivery) {
    var rules = MessageRules()
    var windows = ChangeWindows()
    var delivery = Delivery.guaranteed
    guard let place else { return (rules, windows, delivery) }
    let parts = members(of: place, known: ["kinds", "edit", "delete", "delivery"])
    if let place = parts["kinds"] { rules = kinds(place) }
    let year: Int64 = 31_536_000
    if let part = parts["edit"], let seconds = seconds(part, in: 0...year) { windows.editSeconds = seconds }
    if let part = parts["delete"], let seconds = seconds(part, in: 0...year) { windows.deleteSeconds = seconds }
    if let part = parts["delivery"] {
      switch part.text {
      case "guaranteed": delivery = .guaranteed
      case "direct": delivery = .direct
      default: problem(part, "want guaranteed or direct, found \(part.found)")
      }
    }
    return (rules, windows, delivery)
  }

  private mutating func kinds(_ place: PolicyNode) -> MessageRules {
    var rules = MessageRules(kinds: [])
    let kinds = members(of: place, known: MessageKind.allCases.map(\.rawValue))
    for (name, place) in kinds {
      guard let kind = MessageKind(rawValue: name) else { continue }
      rules.kinds.insert(kind)
      // `location:` alone says as much as `location: {}`.
      if place.text == "" { continue }
      let parts = members(of: place, known: kind == .text ? ["characters"] : [])
      if let part = parts["characters"], let number = integer(part, in: 1...4_000) { rules.longestText = number }
    }
    return rules
  }

  mutating func expiry(_ place: PolicyNode?) -> Expiry {
    var expiry = Expiry()
    guard let place else { return expiry }
    let parts = members(of: place, known: ["connection", "subscription"])
    if let part = parts["connection"], let seconds = seconds(part, in: 10...86_400) {
      expiry.connectionSeconds = seconds
    }
    if let part = parts["subscription"], let seconds = seconds(part, in: 10...86_400) {
      expiry.subscriptionSeconds = seconds
    }
    return expiry
  }

  mutating func limits(_ place: PolicyNode?) -> LimitRules {
    var limits = LimitRules()
    guard let place else { return limits }
    for (name, place) in members(of: place, known: LimitName.allCases.map(\.rawValue)) {
      guard let name = LimitName(rawValue: name) else { continue }
      limits[name] = limit(place)
    }
    return limits
  }

  private mutating func limit(_ place: PolicyNode) -> LimitRules.LimitRule? {
    guard place.members != nil else { return rate(place).map { .init($0) } }
    let parts = members(of: place, known: ["rate", "mode"], required: ["rate"])
    let mode = parts["mode"].flatMap { word($0, PolicyRule.Mode.self) } ?? .enforce
    return parts["rate"].flatMap { rate($0) }.map { .init($0, mode: mode) }
  }

  private mutating func rate(_ place: PolicyNode) -> RateLimit? {
    if place.text == "off" { return nil }
    if let rate = place.text.flatMap({ RateLimit($0) }) { return rate }
    problem(place, "want count/period, such as 25/10s (ms, s, m, h), or off, found \(place.found)")
    return nil
  }
}
