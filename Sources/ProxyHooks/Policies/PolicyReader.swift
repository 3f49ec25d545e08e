import Auth
import Storage
import Yams

/// Reads a policy file's values and notes every mistake, so that one look shows all of them.
struct PolicyReader {
  private(set) var problems: [PolicyFileError.Problem] = []

  /// Notes a mistake, on another line than the place's own where one is given.
  mutating func problem(_ place: PolicyNode, _ text: String, on line: Int? = nil) {
    problems.append(.init(line: line ?? place.line, key: place.path, text: text))
  }

  /// The members of a mapping that has only `known` keys, and every one of `required`.
  mutating func members(of place: PolicyNode, known: [String], required: [String] = []) -> [String: PolicyNode] {
    guard let members = place.members else {
      problem(place, "want keys and values (\(known.joined(separator: ", "))), found \(place.found)")
      return [:]
    }
    var found: [String: PolicyNode] = [:]
    for (key, line, value) in members {
      guard known.contains(key) else {
        problems.append(
          .init(line: line, key: value.path, text: "unknown key; want one of \(known.joined(separator: ", "))"))
        continue
      }
      // YAML takes two spellings of a key for two keys.
      if found[key] != nil { problems.append(.init(line: line, key: value.path, text: "the key is there twice")) }
      found[key] = value
    }
    for key in required where found[key] == nil && !members.contains(where: { $0.key == key }) {
      problem(place, "`\(key)` is missing")
    }
    return found
  }

  /// A word out of `Words`.
  mutating func word<Words: CaseIterable & RawRepresentable<String>>(_ place: PolicyNode, _ type: Words.Type) -> Words?
  {
    if let word = place.text.flatMap({ Words(rawValue: $0) }) { return word }
    problem(place, "want \(Self.list(Words.allCases.map(\.rawValue))), found \(place.found)")
    return nil
  }

  /// A list of words, each once.
  mutating func words<Words: CaseIterable & RawRepresentable<String> & Hashable>(
    _ place: PolicyNode, _ type: Words.Type
  ) -> Set<Words> {
    Set(list(place) { reader, element in reader.word(element, type) })
  }

  /// A list of what `read` makes of its elements, of which no two are the same.
  mutating func list<Value: Hashable>(_ place: PolicyNode, _ read: (inout Self, PolicyNode) -> Value?) -> [Value] {
    guard let elements = place.elements else {
      problem(place, "want a list, such as [a, b], found \(place.found)")
      return []
    }
    if elements.isEmpty { problem(place, "the list is empty; leave the key out, or name what is meant") }
    var values: [Value] = []
    for element in elements {
      guard let value = read(&self, element) else { continue }
      if values.contains(value) { problem(element, "\(element.found) is there twice") }
      values.append(value)
    }
    return values
  }

  /// A whole number in `range`.
  mutating func integer(_ place: PolicyNode, in range: ClosedRange<Int>) -> Int? {
    // Int reads a sign too, which means nothing here.
    if let text = place.text, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let number = Int(text),
      range.contains(number)
    {
      return number
    }
    problem(place, "want a whole number from \(range.lowerBound) to \(range.upperBound), found \(place.found)")
    return nil
  }

  /// A span such as `90s`, `15m`, `24h` or `7d`, in seconds.
  mutating func seconds(_ place: PolicyNode, in range: ClosedRange<Int64>) -> Int64? {
    let units: [UInt8: Int64] = [0x73: 1, 0x6D: 60, 0x68: 3_600, 0x64: 86_400]
    if let text = place.text, let unit = text.utf8.last.flatMap({ units[$0] }) {
      let digits = text.utf8.dropLast()
      if !digits.isEmpty, digits.allSatisfy({ (0x30...0x39).contains($0) }), let number = Int64(text.dropLast()) {
        let (seconds, isTooLong) = number.multipliedReportingOverflow(by: unit)
        if !isTooLong, range.contains(seconds) { return seconds }
      }
    }
    problem(
      place,
      "want a span from \(Self.span(range.lowerBound)) to \(Self.span(range.upperBound)), such as 90s, 15m, 24h or 7d, found \(place.found)"
    )
    return nil
  }

  /// A span as the file has it.
  static func span(_ seconds: Int64) -> String {
    for (unit, length) in [("d", Int64(86_400)), ("h", 3_600), ("m", 60)]
    where seconds >= length && seconds % length == 0 {
      return "\(seconds / length)\(unit)"
    }
    return "\(seconds)s"
  }

  private static func list(_ words: [String]) -> String {
    words.count < 2
      ? words.joined() : words.dropLast().joined(separator: ", ") + " or " + (words.last ?? "")
  }
}
