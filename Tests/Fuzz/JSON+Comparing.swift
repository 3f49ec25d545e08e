import Foundation

@testable import StrictJSON

#if canImport(Glibc)
  import Glibc
#endif

extension JSON {
  /// An object's members; none of anything else.
  var memberList: [(key: String, value: JSON)] { members.map { Array($0) } ?? [] }

  /// An array's elements; none of anything else.
  var elementList: [JSON] { elements.map { Array($0) } ?? [] }

  /// Whether both are the same value: strings by their decoded bytes, numbers by their spelling, members in order.
  func isSame(as other: JSON) -> Bool {
    guard kind == other.kind else { return false }
    switch kind {
    case .object:
      let (left, right) = (memberList, other.memberList)
      return left.count == right.count
        && zip(left, right).allSatisfy { $0.key.utf8.elementsEqual($1.key.utf8) && $0.value.isSame(as: $1.value) }
    case .array:
      let (left, right) = (elementList, other.elementList)
      return left.count == right.count && zip(left, right).allSatisfy { $0.isSame(as: $1) }
    case .string: return (string ?? "").utf8.elementsEqual((other.string ?? "x").utf8)
    case .number: return rawBytes.elementsEqual(other.rawBytes)
    case .true, .false, .null: return true
    }
  }

  /// Holds this value against what Foundation read, and its numbers against the C library.
  ///
  /// Two differences are known. Foundation's dictionaries take keys for one that are canonically equivalent in Unicode,
  /// and Foundation drops U+FEFF from a string where it begins one, or follows an escape. Objects with such keys are not
  /// compared, and strings without that character.
  func holdSame(as reference: Any) {
    switch kind {
    case .object:
      guard let dictionary = reference as? [String: Any] else { return hold(false, "an object is one to Foundation") }
      let members = memberList
      let isComparable = members.allSatisfy { !$0.key.unicodeScalars.contains("\u{FEFF}") }
      guard isComparable, Set(members.map(\.key)).count == members.count else { return }
      hold(dictionary.count == members.count, "as many members as Foundation finds")
      for (key, value) in members {
        guard let other = dictionary[key] else { return hold(false, "a key that Foundation finds too") }
        hold(self[key]?.rawBytes == value.rawBytes, "a member is found by its key")
        value.holdSame(as: other)
      }
    case .array:
      guard let array = reference as? [Any] else { return hold(false, "an array is one to Foundation") }
      let elements = elementList
      hold(array.count == elements.count, "as many elements as Foundation finds")
      for (value, other) in zip(elements, array) { value.holdSame(as: other) }
    case .string:
      hold((reference as? String)?.isSameText(as: string ?? "") ?? false, "a string as Foundation reads it")
    case .number: holdNumber()
    case .true, .false: hold((reference as? Bool) == bool, "a truth as Foundation reads it")
    case .null: hold(reference is NSNull, "null is null")
    }
  }

  private func holdNumber() {
    let text = String(decoding: rawBytes, as: UTF8.self)
    hold(double == strtod(text, nil), "\(text) is the nearest Double")
    let isWhole = !text.utf8.contains { $0 == 0x2E || $0 | 0x20 == 0x65 } && text != "-0"
    hold(integer == (isWhole ? Int64(text) : nil), "\(text) is the whole number it spells, or none")
  }
}

extension String {
  /// Whether both have the same scalars, but for U+FEFF, with which Foundation is not to be trusted.
  func isSameText(as other: String) -> Bool {
    unicodeScalars.filter { $0 != "\u{FEFF}" }.elementsEqual(other.unicodeScalars.filter { $0 != "\u{FEFF}" })
  }
}

extension JSONWriter {
  /// Writes a whole value anew.
  mutating func write(_ json: JSON) {
    switch json.kind {
    case .object:
      beginObject()
      for (name, value) in json.memberList {
        key(name)
        write(value)
      }
      endObject()
    case .array:
      beginArray()
      for value in json.elementList { write(value) }
      endArray()
    case .string: string(json.string ?? "")
    case .number: raw(json.rawBytes)
    case .true, .false: bool(json.bool ?? false)
    case .null: null()
    }
  }
}
