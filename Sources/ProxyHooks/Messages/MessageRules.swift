import Auth
import Storage
import StrictJSON

/// What a message may be, and the reading of one from a client's payload. The only place that does either.
public struct MessageRules: Hashable, Sendable {
  /// The most characters (Unicode scalar values) a text may have.
  public var longestText: Int
  /// The kinds that may be sent; any other is refused.
  public var kinds: Set<MessageKind>

  /// Rules with a text of at most `longestText` characters.
  public init(longestText: Int = 2_000, kinds: Set<MessageKind> = Set(MessageKind.allCases)) {
    self.longestText = longestText
    self.kinds = kinds
  }

  /// The message that `payload` is, or the code that names the field at fault.
  func message(from payload: HookRequest.Payload, sender: UserID, match: MatchID) throws(Code) -> NewMessage {
    try message(from: try payload.object(in: .publish), sender: sender, match: match)
  }

  /// The message that an object is.
  ///
  /// - Parameter others: keys that it may have besides the message's own.
  func message(from json: JSON, sender: UserID, match: MatchID, others: [String] = []) throws(Code) -> NewMessage {
    let id = try MessageID(argument: json["id"])
    guard let kind = json["kind"]?.string else { throw .badKind }
    return NewMessage(
      match: match, id: id, sender: sender,
      content: try content(from: json, kind: kind, others: others + ["id", "kind"]))
  }

  /// What a message of a kind says.
  ///
  /// - Parameter others: keys that the object may have besides the content's own.
  func content(from json: JSON, kind: String, others: [String]) throws(Code) -> NewMessage.Content {
    guard let kind = MessageKind(rawValue: kind), kinds.contains(kind) else { throw .badKind }
    switch kind {
    case .text:
      try json.refuseKeys(otherThan: others + ["text"])
      return .text(try Self.text(json["text"], to: longestText))
    case .location:
      try json.refuseKeys(otherThan: others + ["lat", "lon"])
      return .location(
        latitude: try Self.degrees(json["lat"], to: 90, else: .badLatitude),
        longitude: try Self.degrees(json["lon"], to: 180, else: .badLongitude))
    }
  }

  /// A text of at most `limit` characters (Unicode scalar values), which is not blank.
  static func text(_ json: JSON?, to limit: Int) throws(Code) -> String {
    guard let text = json?.string else { throw .badText }
    var count = 0
    var isBlank = true
    for scalar in text.unicodeScalars {
      count += 1
      guard !isForbidden(scalar) else { throw .badText }
      isBlank = isBlank && (scalar.properties.isWhitespace || scalar.properties.isDefaultIgnorableCodePoint)
    }
    guard !isBlank else { throw .badText }
    guard count <= limit else { throw .textTooLong }
    return text
  }

  /// Control characters other than tab and line feed, and the code points that are no characters.
  private static func isForbidden(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x09, 0x0A: false
    case 0x00...0x1F, 0x7F...0x9F: true
    case 0xFDD0...0xFDEF: true
    default: scalar.value & 0xFFFE == 0xFFFE
    }
  }

  /// `-0` is 0: PostgreSQL keeps the sign and writes it, for nothing.
  private static func degrees(_ json: JSON?, to limit: Double, else code: Code) throws(Code) -> Double {
    guard let degrees = json?.double, abs(degrees) <= limit else { throw code }
    return degrees == 0 ? 0 : degrees
  }
}

extension HookRequest.Payload {
  /// The object that publish and rpc payloads are, or the code for what it is instead.
  func object(in kind: HookKind) throws(Code) -> JSON {
    switch self {
    case .json(let json) where json.kind == .object: return json
    case .json, .absent: throw .badRequest
    case .unreadable(let field): throw Code(unreadable: field, in: kind)
    }
  }
}

extension JSON {
  /// Throws ``Code/unknownField`` where the object has a key that is not among `known`.
  func refuseKeys(otherThan known: [String]) throws(Code) {
    guard let members else { throw .badRequest }
    for member in members where !known.contains(member.key) { throw .unknownField }
  }
}
