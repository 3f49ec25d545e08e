import Foundation
import StrictJSON
import Testing

/// A document as a value of our own, to compare the parser's view with.
private indirect enum Model: Equatable {
  case object([String: Model]), array([Model]), string(String), integer(Int64), double(Double), bool(Bool), null
}

extension Model {
  init(random: inout SeededGenerator, depth: Int = 0) {
    switch Int.random(in: 0..<(depth < 4 ? 9 : 6), using: &random) {
    case 0: self = .null
    case 1: self = .bool(.random(using: &random))
    case 2: self = .integer(.random(in: .min ... .max, using: &random))
    case 3: self = .double(.random(in: -1e6...1e6, using: &random))
    case 4, 5: self = .string(Self.text(&random))
    case 6:
      self = .array(
        (0..<Int.random(in: 0...5, using: &random)).map { _ in Model(random: &random, depth: depth + 1) })
    default:
      var members: [String: Model] = [:]
      for _ in 0..<Int.random(in: 0...5, using: &random) {
        let key = Self.text(&random)
        // Equal strings may differ in bytes; the model has no place for both.
        guard members[key] == nil else { continue }
        members[key] = Model(random: &random, depth: depth + 1)
      }
      self = .object(members)
    }
  }

  private static func text(_ random: inout SeededGenerator) -> String {
    var text = ""
    for _ in 0..<Int.random(in: 0...12, using: &random) {
      let limit: UInt32 = [0x7F, 0x7F, 0x7FF, 0xFFFF, 0x10FFFF].randomElement(using: &random) ?? 0x7F
      let value = UInt32.random(in: 1...limit, using: &random)
      if let scalar = Unicode.Scalar(value) { text.unicodeScalars.append(scalar) }
    }
    return text
  }

  func write(to writer: inout JSONWriter) {
    switch self {
    case .object(let members):
      writer.beginObject()
      for (key, value) in members {
        writer.key(key)
        value.write(to: &writer)
      }
      writer.endObject()
    case .array(let elements):
      writer.beginArray()
      for element in elements { element.write(to: &writer) }
      writer.endArray()
    case .string(let text): writer.string(text)
    case .integer(let value): writer.integer(value)
    case .double(let value): writer.raw("\(value)".utf8)
    case .bool(let value): writer.bool(value)
    case .null: writer.null()
    }
  }

  init?(_ json: JSON) {
    switch json.kind {
    case .object:
      guard let members = json.members else { return nil }
      self = .object(
        Dictionary(members.compactMap { member in Model(member.value).map { (member.key, $0) } }) { first, _ in first })
    case .array:
      guard let elements = json.elements else { return nil }
      self = .array(elements.compactMap(Model.init))
    case .string:
      guard let text = json.string else { return nil }
      self = .string(text)
    case .number:
      guard let double = json.double else { return nil }
      self = json.integer.map(Model.integer) ?? .double(double)
    case .true: self = .bool(true)
    case .false: self = .bool(false)
    case .null: self = .null
    }
  }
}

@Suite("Properties")
struct PropertyTests {
  @Test("What the writer writes, the parser reads back", arguments: 0..<300)
  func roundTrip(seed: Int) throws {
    var random = SeededGenerator(seed: seed)
    let model = Model(random: &random)
    var writer = JSONWriter()
    model.write(to: &writer)
    let json = try JSON.parse(writer.bytes)
    #expect(Model(json) == model)
    #expect(Array(json.rawBytes) == writer.bytes)
  }

  /// The bytes that mean something, so that a change does not just end in the first string.
  private static let telling = Array("{}[]\",:\\u0d8ef1-+.Etn \n\u{0}\u{7F}é\u{2028}😀".utf8) + [0xC0, 0xED, 0xF5, 0xFF]

  @Test(
    "Documents with bytes changed, lost and added never end the process, and what passes holds together",
    arguments: 0..<300)
  func mutations(seed: Int) throws {
    var random = SeededGenerator(seed: seed)
    var writer = JSONWriter()
    Model(random: &random).write(to: &writer)
    for _ in 0..<60 {
      var bytes = writer.bytes
      for _ in 0..<Int.random(in: 1...3, using: &random) {
        let place = Int.random(in: 0...bytes.count, using: &random)
        let byte = Self.telling.randomElement(using: &random) ?? 0
        switch Int.random(in: 0..<4, using: &random) {
        case 0: bytes.insert(byte, at: place)
        case 1 where place < bytes.count: bytes.remove(at: place)
        case 2 where place < bytes.count: bytes[place] = byte
        default: bytes.removeSubrange(place..<min(bytes.count, place + Int.random(in: 0...4, using: &random)))
        }
      }
      guard let json = try? JSON.parse(bytes) else { continue }
      try holdsTogether(json)
      // Foundation's parser takes more than this one and never less.
      let data = Data(bytes)
      #expect(throws: Never.self, "\(String(decoding: bytes, as: UTF8.self))") {
        try JSONSerialization.jsonObject(with: data, options: .fragmentsAllowed)
      }
    }
  }

  @Test("Bytes at random never end the process", arguments: 0..<50)
  func noise(seed: Int) throws {
    var random = SeededGenerator(seed: seed)
    for _ in 0..<200 {
      let length = Int.random(in: 0...24, using: &random)
      let bytes = (0..<length).map { _ in Self.telling.randomElement(using: &random) ?? 0 }
      if let json = try? JSON.parse(bytes) { try holdsTogether(json) }
    }
  }

  /// Every value inside can be read, and is by itself a document of the same kind.
  private func holdsTogether(_ json: JSON) throws {
    let alone = try JSON.parse(Array(json.rawBytes))
    #expect(alone.kind == json.kind)
    switch json.kind {
    case .object:
      for (key, value) in try #require(json.members) {
        #expect(json[key]?.rawBytes == value.rawBytes)
        try holdsTogether(value)
      }
    case .array: for element in try #require(json.elements) { try holdsTogether(element) }
    case .string: #expect(json.string?.utf8.contains(0) == false)
    case .number: #expect(json.double?.isFinite == true)
    case .true, .false: #expect(json.bool == (json.kind == .true))
    case .null: #expect(json.isNull)
    }
  }
}
