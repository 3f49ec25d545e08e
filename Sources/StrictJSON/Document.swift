/// A parsed document: the bytes and, in the order of their starts, the nodes found in them.
///
/// A container's children follow it directly; in an object they are key, value, key, value.
final class Document: Sendable {
  let bytes: [UInt8]
  let nodes: [Node]

  init(bytes: [UInt8], nodes: [Node]) {
    self.bytes = bytes
    self.nodes = nodes
  }
}

/// One value or key: 16 bytes, offsets into the document's bytes.
struct Node: Sendable {
  /// In place of an index: the document's own value has no parent.
  static let none = UInt32.max

  let start: UInt32
  /// One past the last byte. While a container is open: how many members it has.
  var end: UInt32
  /// The index of the node after this one and all inside it. While a container is open: its parent's index. Of a key,
  /// which its value always follows: its ``KeyHash``.
  var next: UInt32
  let kind: JSON.Kind
  /// Of a string, that it has no escape; of a number, that it has neither fraction nor exponent.
  let isPlain: Bool

  /// The text between a string's quotes, escapes and all.
  var contents: Range<Int> { Int(start) + 1..<Int(end) - 1 }
}
