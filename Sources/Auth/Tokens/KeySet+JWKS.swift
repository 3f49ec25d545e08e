import StrictJSON

extension KeySet {
  /// A JWK Set document (RFC 7517 §5), from a file or from its issuer, or a single JWK. `allowed` are the algorithms the
  /// configuration permits.
  ///
  /// A key that cannot be used is left out and listed in ``skipped``. The whole document is refused where it is
  /// malformed or too large, where two keys have the same `kid` (one for another purpose, such as encryption, does not
  /// count, a broken one does), where it has both secrets and public keys, and where no key is left.
  ///
  /// - Parameter isPublished: whether everybody can read the document. A key pair in it is left out then: its private
  ///   half is everybody's too.
  public init(jwksFile bytes: [UInt8], allowed: Set<Algorithm>, isPublished: Bool = false) throws(KeyError) {
    guard bytes.count <= Self.maximumBytes else { throw KeyError(.setTooLarge) }
    let limits = JSONLimits(maximumBytes: Self.maximumBytes, maximumDepth: 8, maximumMembers: 64, maximumNodes: 8_192)
    let document: JSON
    do { document = try JSON.parse(bytes, limits: limits) } catch { throw KeyError(.malformedSet) }

    var entries = [document]
    if document["kty"] == nil {
      guard let elements = document["keys"]?.elements else { throw KeyError(.malformedSet) }
      entries = Array(elements)
    }
    guard entries.count <= Self.maximumKeys else { throw KeyError(.tooManyKeys) }

    var usable: [(index: Int, key: VerificationKey)] = []
    var skipped: [SkippedKey] = []
    var ids: Set<[UInt8]> = []
    for (index, entry) in entries.enumerated() {
      guard entry.kind == .object else { throw KeyError(.malformedSet) }
      do throws(KeyError) {
        usable.append((index, try JWK.key(from: entry, allowed: allowed, isPublished: isPublished)))
      } catch {
        skipped.append(SkippedKey(index: index, reason: error.reason))
        if error.reason.isOtherPurpose { continue }
      }
      guard let id = try? JWK.id(of: entry) else { continue }
      guard ids.insert(id).inserted else { throw KeyError(.duplicateKeyID) }
    }
    guard Set(usable.map(\.key.isSecret)).count < 2 else { throw KeyError(.secretAmongPublicKeys) }
    if usable.count > 1 {
      skipped += usable.filter { $0.key.id == nil }.map { SkippedKey(index: $0.index, reason: .keyIDMissing) }
      usable.removeAll { $0.key.id == nil }
    }
    try self.init(usable.map(\.key), skipped: skipped)
  }
}

extension KeyError.Reason {
  /// Whether the key may be a good one for something that is not done here.
  fileprivate var isOtherPurpose: Bool {
    switch self {
    case .typeUnknown, .curveUnknown, .notForSignatures, .notForVerifying, .algorithmUnknown, .algorithmNotAllowed: true
    default: false
    }
  }
}
