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
      private var children: Children

      fileprivate init(_ object: JSON) { children = Children(of: object) }

      /// The next member, its key decoded; nil after the last.
      public mutating func next() -> (key: String, value: JSON)? {
        guard let key = children.next(), let value = children.next() else { return nil }
        return (key.node.text(in: key.document.bytes), value)
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
      private var children: Children

      fileprivate init(_ array: JSON) { children = Children(of: array) }

      /// The next element; nil after the last.
      public mutating func next() -> JSON? { children.next() }
    }
  }
}

/// The nodes directly inside a container, an object's keys among them.
private struct Children {
  private let document: Document
  private var index: Int
  private let end: Int

  init(of container: JSON) {
    document = container.document
    index = container.index + 1
    end = Int(container.node.next)
  }

  mutating func next() -> JSON? {
    guard index < end else { return nil }
    defer { index = Int(document.nodes[index].next) }
    return JSON(document: document, index: index)
  }
}
