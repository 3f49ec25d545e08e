/// Makes lines of bodies: gives each its number and the hash that binds it to the line before.
struct Chain {
  /// What every line ends with: `,"hash":"`, the digits, `"}`.
  static let tailBytes = 9 + LineDigest.digits + 2

  let id: String
  private(set) var next: UInt64
  private(set) var previous: [UInt8]
  private let start: [UInt8]
  private let digest: LineDigest

  /// A new chain, or one that goes on after `position`.
  init(after position: ChainPosition? = nil, digest: LineDigest) {
    var random = SystemRandomNumberGenerator()
    let id = position?.log ?? Hex.text(withUnsafeBytes(of: random.next()) { Array($0) })
    self.id = id
    next = position.map { $0.seq + 1 } ?? 0
    previous = position.map { Array($0.hash.utf8) } ?? LineDigest.first
    start = Array(#"{"log":"\#(id)","seq":"#.utf8)
    self.digest = digest
  }

  /// The hash of the line before the next one; 64 zeros before the first.
  var previousHash: String { String(decoding: previous, as: UTF8.self) }

  /// Appends the line of `body` and a line feed to `output`; false, with nothing appended, where OpenSSL fails.
  ///
  /// - Parameter body: a JSON object that is not empty, on one line, without the keys `log`, `seq` and `hash`.
  mutating func append(_ body: ArraySlice<UInt8>, to output: inout [UInt8]) -> Bool {
    let begin = output.count
    output.append(contentsOf: start)
    Self.append(next, to: &output)
    output.append(UInt8(ascii: ","))
    output.append(contentsOf: body.dropFirst().dropLast())
    // The bytes stay where they are for the length of the call.
    let hash = output.withUnsafeBytes { digest.hash(after: previous, UnsafeRawBufferPointer(rebasing: $0[begin...])) }
    guard let hash else {
      output.removeSubrange(begin...)
      return false
    }
    output.append(contentsOf: Self.tail)
    output.append(contentsOf: hash)
    output.append(contentsOf: Self.end)
    next += 1
    previous = hash
    return true
  }

  private static let tail = Array(#","hash":""#.utf8)
  private static let end = Array("\"}\n".utf8)

  private static func append(_ number: UInt64, to output: inout [UInt8]) {
    guard number >= 10 else { return output.append(UInt8(ascii: "0") + UInt8(number)) }
    append(number / 10, to: &output)
    output.append(UInt8(ascii: "0") + UInt8(number % 10))
  }
}
