import StrictJSON

/// A JSON object that goes into a token byte for byte: `info`, `meta`, `data`.
public struct ClaimObject: Equatable, Sendable {
  /// The longest object, in bytes.
  public static let maximumBytes = 4_096
  /// How many objects and arrays may stand inside each other; the claims around it have up to four levels of their own.
  public static let maximumDepth = 8

  /// The object as it was spelled, without the white space around it.
  public let bytes: [UInt8]

  /// Reads `json`, UTF-8 by the strict rules of `docs/json.md`.
  public init(_ json: some Sequence<UInt8>) throws(IssuingError) {
    let limits = JSONLimits(maximumBytes: Self.maximumBytes, maximumDepth: Self.maximumDepth)
    let value: JSON
    do { value = try JSON.parse(Array(json), limits: limits) } catch {
      throw IssuingError(.malformedJSON, detail: error.description)
    }
    guard value.kind == .object else { throw IssuingError(.notAnObject) }
    bytes = Array(value.rawBytes)
  }

  /// Reads the UTF-8 of `json`.
  public init(_ json: String) throws(IssuingError) { try self.init(json.utf8) }
}
