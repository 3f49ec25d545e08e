import Auth
import Storage
import StrictJSON

// The arguments that several methods take, each read in one way and refused with one code.

extension MatchID {
  /// The argument `match`.
  init(argument json: JSON?) throws(Code) {
    guard let id = json?.string.flatMap({ MatchID($0) }) else { throw .badMatch }
    self = id
  }
}

extension UserID {
  /// The argument `user`.
  init(argument json: JSON?) throws(Code) {
    guard let id = json?.string.flatMap({ UserID($0) }) else { throw .badUser }
    self = id
  }
}

extension MessageID {
  /// The argument `id`.
  init(argument json: JSON?) throws(Code) {
    guard let id = json?.string.flatMap({ MessageID($0) }) else { throw .badID }
    self = id
  }
}

extension JSON {
  /// A whole number in `range`, nil where there is none, or `code`.
  static func number(_ json: JSON?, in range: ClosedRange<Int64>, else code: Code) throws(Code) -> Int64? {
    guard let json else { return nil }
    guard let number = json.integer, range.contains(number) else { throw code }
    return number
  }
}
