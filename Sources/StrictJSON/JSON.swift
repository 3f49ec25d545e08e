/// A JSON value (RFC 8259): a view of one place in a parsed document.
///
/// All values of a document share its bytes and keep them alive; what a value's text was, to the byte, is
/// ``rawBytes``. Strings are decoded when they are asked for.
public struct JSON: Sendable {
  /// What a value is.
  public enum Kind: Sendable {
    case object, array, string, number, `true`, `false`, null
  }

  let document: Document
  let index: Int

  init(document: Document, index: Int) {
    self.document = document
    self.index = index
  }

  /// Reads a whole document: exactly one value, in UTF-8, with nothing before or after it but white space.
  ///
  /// Stricter than RFC 8259 where it leaves a choice: no byte order mark, no duplicate keys (compared decoded, as bytes),
  /// no `\u0000`, no lone surrogates, no number of over 64 characters or beyond a `Double`'s range.
  public static func parse(_ bytes: [UInt8], limits: JSONLimits = .standard) throws(JSONError) -> JSON {
    // Nodes hold offsets in 32 bits.
    let maximumBytes = min(limits.maximumBytes, Int(Int32.max))
    guard bytes.count <= maximumBytes else { throw JSONError(.tooLarge, at: max(0, maximumBytes)) }
    var parser = Parser(limits: limits)
    do throws(JSONError) {
      try parser.parse(bytes.span)
    } catch {
      throw JSONError(error.reason, at: error.offset, key: error.isOfAValue ? parser.lastKey(in: bytes.span) : nil)
    }
    return JSON(document: Document(bytes: bytes, nodes: parser.nodes), index: 0)
  }

  var node: Node { document.nodes[index] }

  /// What the value is.
  public var kind: Kind { node.kind }

  /// The value as it was spelled, without the white space around it. Shares the document's storage.
  public var rawBytes: ArraySlice<UInt8> {
    let node = node
    return document.bytes[Int(node.start)..<Int(node.end)]
  }
}
