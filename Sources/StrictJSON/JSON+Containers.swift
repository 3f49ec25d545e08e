extension JSON {
  /// An object's members in the order they stand in; nil if the value is no object.
  public var members: Members? { kind == .object ? Members(object: self) : nil }

  /// An array's elements in order; nil if the value is no array.
  public var elements: Elements? { kind == .array ? Elements(array: self) : nil }

  /// The value of an object's member; nil if the value is no object or has no such key. Keys are compared decoded and
  /// as bytes, without Unicode equivalence.
  public subscript(key: String) -> JSON? {
    let node = node
    guard node.kind == .object else { return nil }
    let bytes = document.bytes
    let input = bytes.span
    let text = key.utf8.span
    var child = index + 1
    while child < Int(node.next) {
      if document.nodes[child].hasText(text, in: input) { return JSON(document: document, index: child + 1) }
      child = Int(document.nodes[child + 1].next)
    }
    return nil
  }

  /// The members of an object, in the order they stand in.
  public struct Members: Sequence, Sendable {
    fileprivate let object: JSON

    /// An iterator at the first member.
    public func makeIterator() -> Iterator { Iterator(object) }

    /// Goes from member to member.
    public struct Iterator: IteratorProtocol {
      private let document: Document
      private var index: Int
      private let end: Int

      fileprivate init(_ object: JSON) {
        document = object.document
        index = object.index + 1
        end = Int(object.node.next)
      }

      /// The next member, its key decoded; nil after the last.
      public mutating func next() -> (key: String, value: JSON)? {
        guard index < end else { return nil }
        let key = document.nodes[index].text(in: document.bytes)
        let value = JSON(document: document, index: index + 1)
        index = Int(value.node.next)
        return (key, value)
      }
    }
  }

  /// The elements of an array, in order.
  public struct Elements: Sequence, Sendable {
    fileprivate let array: JSON

    /// An iterator at the first element.
    public func makeIterator() -> Iterator { Iterator(array) }

    /// Goes from element to element.
    public struct Iterator: IteratorProtocol {
      private let document: Document
      private var index: Int
      private let end: Int

      fileprivate init(_ array: JSON) {
        document = array.document
        index = array.index + 1
        end = Int(array.node.next)
      }

      /// The next element; nil after the last.
      public mutating func next() -> JSON? {
        guard index < end else { return nil }
        let element = JSON(document: document, index: index)
        index = Int(element.node.next)
        return element
      }
    }
  }
}
