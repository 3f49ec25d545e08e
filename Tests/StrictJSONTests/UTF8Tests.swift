import StrictJSON
import Testing

@Suite("UTF-8")
struct UTF8Tests {
  @Test("Every character there is passes unchanged")
  func everyScalar() throws {
    let all = (UInt32(0x20)...0x10FFFF).lazy.compactMap(Unicode.Scalar.init).filter { $0 != "\"" && $0 != "\\" }
    var text = ""
    text.unicodeScalars.append(contentsOf: all)
    let value = try parse("\"\(text)\"", limits: .wide)
    #expect(value.rawBytes.count == text.utf8.count + 2)
    #expect(value.string.map { $0.utf8.elementsEqual(text.utf8) } == true)
  }

  @Test("Of the sequences with bytes at the edges, those pass that the standard library takes for UTF-8")
  func edges() {
    let edges: [UInt8] = [0x20, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xFF]
    var sequences: [[UInt8]] = (0x80...0xFF).map { [$0] }
    for length in 1...4 {
      for sequence in sequences {
        let error = refusal(of: [UInt8(ascii: "\"")] + sequence + [UInt8(ascii: "\"")])
        let isValid = String(validating: sequence, as: UTF8.self) != nil
        if (error == nil) != isValid || error.map({ $0.reason != .invalidUTF8 }) == true {
          Issue.record("\(sequence): \(error.map(\.description) ?? "accepted")")
        }
      }
      if length < 4 { sequences = sequences.flatMap { sequence in edges.map { sequence + [$0] } } }
    }
  }

  @Test(
    "Overlong forms, surrogates, code points that are none and strays are refused",
    arguments: [
      [0xC0, 0xAF], [0xC1, 0xBF], [0xE0, 0x80, 0xAF], [0xE0, 0x9F, 0xBF], [0xF0, 0x80, 0x80, 0xAF],
      [0xF0, 0x8F, 0xBF, 0xBF], [0xED, 0xA0, 0x80], [0xED, 0xBF, 0xBF], [0xED, 0xA0, 0x81, 0xED, 0xB0, 0x80],
      [0xF4, 0x90, 0x80, 0x80], [0xF5, 0x80, 0x80, 0x80], [0xF8, 0x88, 0x80, 0x80, 0x80], [0xFE], [0xFF], [0x80],
      [0xBF], [0xC3], [0xE2, 0x82], [0xF0, 0x9F, 0x98],
    ] as [[UInt8]])
  func malformed(sequence: [UInt8]) {
    let error = refusal(of: Array("\"ab".utf8) + sequence + Array("\"".utf8))
    #expect(error?.reason == .invalidUTF8)
    #expect(error?.offset == 3)
  }

  @Test("A character cut by the document's end is refused")
  func cut() {
    for sequence in [[0xC3], [0xE2], [0xE2, 0x82], [0xF0], [0xF0, 0x9F], [0xF0, 0x9F, 0x98]] as [[UInt8]] {
      #expect(refusal(of: [UInt8(ascii: "\"")] + sequence)?.reason == .invalidUTF8)
    }
  }
}
