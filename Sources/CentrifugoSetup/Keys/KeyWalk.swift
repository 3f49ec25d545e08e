/// A key that is there, with what it takes.
struct KnownKey: Sendable {
  let spot: Spot
  let kind: KnownKeys.Kind

  /// Why Centrifugo can't read the value, or reads another than is meant; nil where all is well.
  var problem: String? {
    guard let value = spot.value else { return nil }
    switch (kind, value.content) {
    case (.object, .object), (.list, .array), (.list, .object), (.string, .string), (.string, .number),
      (.string, .bool),
      (.bool, .bool), (.bool, .number), (.int, .number), (.int, .bool), (.strings, .string):
      return nil
    case (.bool, .string(let text)):
      return Spot.bool(text) == nil ? "\"\(text.prefix(40))\" is no boolean." : nil
    case (.int, .string(let text)):
      return Spot.integer(text) == nil && !text.isEmpty ? "\"\(text.prefix(40))\" is no whole number." : nil
    case (.strings, .array(let elements)):
      let isPlain = elements.allSatisfy { element in
        switch element.content {
        case .string, .number, .bool, .null: true
        case .object, .array, .date: false
        }
      }
      return isPlain ? nil : "An element is no string."
    case (.headers, .object(let members)):
      return members.first { !isString($0.value) }.map { "The value of \($0.key) is \($0.value.noun), not a string." }
    case (.headers, .array(let elements)):
      return elements.allSatisfy { isString($0["key"]) && isString($0["value"]) }
        ? nil : "An element is no {\"key\": …, \"value\": …} of strings."
    case (.duration, _): return durationProblem(value)
    default: return "This is \(value.noun)."
    }
  }

  /// How Centrifugo converts the value, where it does.
  var looseness: String? {
    switch (kind, spot.value?.content) {
    case (.bool, .string(let text)): "Centrifugo takes the string \"\(text)\" for \(spot.isOn)."
    case (.bool, .number): "Centrifugo takes a number for true unless it is 0."
    case (.list, .object):
      "Centrifugo takes a single object for a list of one, and does not look for misspelt keys in it."
    case (.strings, .string): "Centrifugo takes a single string for a list of one."
    default: nil
    }
  }

  private func isString(_ value: SetupValue?) -> Bool {
    if case .string = value?.content { true } else { false }
  }

  private func durationProblem(_ value: SetupValue) -> String? {
    switch value.content {
    case .number(let number):
      return number == 0
        ? nil : "A number without a unit counts nanoseconds: this is \(spot.duration.text), next to nothing."
    case .string(let text):
      guard let duration = GoDuration(text) else {
        return "\"\(text.prefix(40))\" is no duration, and Centrifugo does not start."
      }
      if duration < .zero {
        return "A time before now: Centrifugo does not refuse it, and what then happens differs by key."
      }
      let wantsSeconds = ["history_ttl", "history_meta_ttl"].contains { spot.path.hasSuffix($0) }
      if wantsSeconds, duration.nanoseconds % 1_000_000_000 != 0 {
        return "Centrifugo wants whole seconds here, and does not start."
      }
      return nil
    default: return "This is \(value.noun), and Centrifugo does not start."
    }
  }
}

extension KnownKeys.Kind {
  /// What to write, in words.
  var noun: String {
    switch self {
    case .string: "a string"
    case .int: "a whole number"
    case .bool: "true or false"
    case .duration: "a duration"
    case .strings: "a list of strings"
    case .headers: "an object of strings"
    case .object: "an object"
    case .list: "a list of objects"
    }
  }
}

/// A key that is there and that Centrifugo does not know.
struct UnknownKey: Sendable {
  let spot: Spot
  /// The keys that may stand in its place.
  let known: [String]
}

/// Goes through a configuration along the keys that Centrifugo knows.
struct KeyWalk {
  private(set) var known: [KnownKey] = []
  private(set) var unknown: [UnknownKey] = []

  /// Takes up what is in `spot`, an object of the name `object`.
  mutating func visit(_ spot: Spot, _ object: String) {
    let keys = KnownKeys.standard.keys(of: object)
    for member in spot.value?.members ?? [] {
      let place = spot[member.key]
      guard let kind = keys[member.key] else {
        unknown.append(UnknownKey(spot: place, known: Array(keys.keys)))
        continue
      }
      known.append(KnownKey(spot: place, kind: kind))
      switch kind {
      case .object(let inner): visit(place, inner)
      case .list(let inner):
        for element in place.elements {
          if element.value?.members == nil { known.append(KnownKey(spot: element, kind: .object(inner))) }
          visit(element, inner)
        }
      default: break
      }
    }
  }
}
