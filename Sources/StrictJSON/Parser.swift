/// One pass over the bytes, by the grammar of RFC 8259, into a flat list of nodes.
///
/// It does not recurse: the way back up from a container is kept in the container's own node while that is open. It reads
/// through a `Span`, so a mistake here ends in a trap and not in foreign memory.
struct Parser {
  let limits: JSONLimits
  var nodes: [Node] = []
  var position = 0
  private var open = Node.none
  private var depth = 0
  private var lastKey: Node?

  init(limits: JSONLimits) { self.limits = limits }

  private enum State {
    case value, firstElement, key, firstKey, separator, end
  }

  mutating func parse(_ input: Span<UInt8>) throws(JSONError) {
    // Seen in hook bodies: a node for 9 bytes. Room for that many spares the list from growing.
    nodes.reserveCapacity(max(0, min(input.count / 8 + 4, limits.maximumNodes)))
    if input.count >= 3, input[0] == 0xEF, input[1] == 0xBB, input[2] == 0xBF { throw JSONError(.byteOrderMark, at: 0) }
    var state = State.value
    while state != .end {
      let byte = try significantByte(input)
      switch state {
      case .firstKey where byte == UInt8(ascii: "}"), .firstElement where byte == UInt8(ascii: "]"):
        state = close()
      case .firstKey, .key:
        try key(byte, input)
        state = .value
      case .firstElement, .value:
        state = try value(byte, input)
      case .separator:
        let isObject = nodes[Int(open)].kind == .object
        if byte == UInt8(ascii: ",") {
          position += 1
          state = isObject ? .key : .value
        } else if byte == (isObject ? UInt8(ascii: "}") : UInt8(ascii: "]")) {
          state = close()
        } else {
          throw JSONError(.unexpectedByte, at: position)
        }
      case .end: break
      }
    }
    skipSpace(input)
    guard position == input.count else { throw JSONError(.trailingBytes, at: position) }
  }

  private mutating func value(_ byte: UInt8, _ input: Span<UInt8>) throws(JSONError) -> State {
    switch byte {
    case UInt8(ascii: "\""): try append(string(input))
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): try append(number(input))
    case UInt8(ascii: "{"): return try open(.object)
    case UInt8(ascii: "["): return try open(.array)
    case UInt8(ascii: "t"): try append(literal("true", .true, input))
    case UInt8(ascii: "f"): try append(literal("false", .false, input))
    case UInt8(ascii: "n"): try append(literal("null", .null, input))
    default: throw JSONError(.unexpectedByte, at: position)
    }
    return open == Node.none ? .end : .separator
  }

  /// A key that its object does not have yet, and the colon after it.
  private mutating func key(_ byte: UInt8, _ input: Span<UInt8>) throws(JSONError) {
    guard byte == UInt8(ascii: "\"") else { throw JSONError(.unexpectedByte, at: position) }
    guard Int(nodes[Int(open)].end) < limits.maximumMembers else { throw JSONError(.tooManyMembers, at: position) }
    lastKey = nil
    var key = try string(input)
    lastKey = key
    key.next = KeyHash.of(key, in: input)
    var sibling = Int(open) + 1
    while sibling < nodes.count {
      if nodes[sibling].next == key.next, nodes[sibling].hasSameText(as: key, in: input), !limits.allowsDuplicateKeys {
        throw JSONError(.duplicateKey, at: Int(key.start))
      }
      sibling = Int(nodes[sibling + 1].next)
    }
    nodes[Int(open)].end += 1
    try append(key)
    guard try significantByte(input) == UInt8(ascii: ":") else { throw JSONError(.unexpectedByte, at: position) }
    position += 1
  }

  private mutating func open(_ kind: JSON.Kind) throws(JSONError) -> State {
    guard depth < limits.maximumDepth else { throw JSONError(.tooDeep, at: position) }
    let node = Node(start: UInt32(position), end: 0, next: open, kind: kind, isPlain: false)
    let index = UInt32(nodes.count)
    try append(node)
    open = index
    depth += 1
    position += 1
    return kind == .object ? .firstKey : .firstElement
  }

  private mutating func close() -> State {
    position += 1
    depth -= 1
    let index = Int(open)
    open = nodes[index].next
    nodes[index].end = UInt32(position)
    nodes[index].next = UInt32(nodes.count)
    return open == Node.none ? .end : .separator
  }

  private mutating func append(_ node: Node) throws(JSONError) {
    guard nodes.count < limits.maximumNodes else { throw JSONError(.tooManyNodes, at: Int(node.start)) }
    nodes.append(node)
  }

  /// The text of the key read last; nil where there is none, or where reading it is what failed.
  func lastKey(in input: Span<UInt8>) -> String? {
    lastKey.map { key in
      var text = DecodedText(key)
      var bytes: [UInt8] = []
      while let byte = text.next(in: input) { bytes.append(byte) }
      return String(decoding: bytes, as: UTF8.self)
    }
  }

  /// A node without children that ends where the parser stands.
  func leaf(_ kind: JSON.Kind, from start: Int, isPlain: Bool) -> Node {
    Node(
      start: UInt32(start), end: UInt32(position), next: UInt32(nodes.count + 1), kind: kind, isPlain: isPlain)
  }

  private mutating func literal(_ word: String, _ kind: JSON.Kind, _ input: Span<UInt8>) throws(JSONError) -> Node {
    let start = position
    for byte in word.utf8 {
      guard position < input.count else { throw JSONError(.unexpectedEnd, at: position) }
      guard input[position] == byte else { throw JSONError(.unexpectedByte, at: position) }
      position += 1
    }
    return leaf(kind, from: start, isPlain: true)
  }

  private mutating func significantByte(_ input: Span<UInt8>) throws(JSONError) -> UInt8 {
    skipSpace(input)
    guard position < input.count else { throw JSONError(.unexpectedEnd, at: position) }
    return input[position]
  }

  private mutating func skipSpace(_ input: Span<UInt8>) {
    while position < input.count {
      switch input[position] {
      case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\n"), UInt8(ascii: "\r"): position += 1
      default: return
      }
    }
  }
}
