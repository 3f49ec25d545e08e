import StrictJSON

/// Signs tokens with one key and one algorithm.
public struct TokenSigner: Sendable {
  /// Why a token was not signed.
  public enum Failure: String, Error, CaseIterable, Sendable {
    /// The claims are no strict JSON object.
    case malformedClaims = "malformed_claims"
    /// OpenSSL did not sign: this is no private key, or it failed.
    case notSigned = "not_signed"
  }

  private enum Material {
    case secret(MACKey)
    case asymmetric(EVPKey)
  }

  private let material: Material
  private let algorithm: Algorithm
  private let keyID: String?
  private let type: String

  /// Throws where the key is not of the algorithm's type, is bound to another, or is too weak. `keyID` becomes the header's `kid`, `type` its
  /// `typ`.
  public init(key: SigningKey, algorithm: Algorithm, keyID: String? = nil, type: String = "JWT") throws(KeyError) {
    guard key.algorithm == nil || key.algorithm == algorithm else { throw KeyError(.algorithmMismatch) }
    switch key.material {
    case .secret(let secret):
      guard algorithm.keyType == .secret, let digest = algorithm.digest else { throw KeyError(.algorithmMismatch) }
      material = .secret(try MACKey(secret: secret, digest: digest))
    case .asymmetric(let key):
      guard algorithm.keyType == key.type else { throw KeyError(.algorithmMismatch) }
      material = .asymmetric(key)
    }
    _ = try KeySet.checkedID(keyID)
    self.algorithm = algorithm
    self.keyID = keyID
    self.type = type
  }

  /// The compact token whose payload is `claimsJSON`, byte for byte.
  public func sign(claimsJSON: [UInt8]) throws(Failure) -> String {
    guard let claims = try? JSON.parse(claimsJSON), claims.kind == .object else { throw .malformedClaims }
    var header = JSONWriter()
    header.beginObject()
    header.key("alg")
    header.string(algorithm.rawValue)
    header.key("typ")
    header.string(type)
    if let keyID {
      header.key("kid")
      header.string(keyID)
    }
    header.endObject()
    return String(decoding: try sign(header: header.bytes, payload: claimsJSON), as: UTF8.self)
  }

  /// Signs whatever header and payload are given, as they are: tests make hostile tokens with it.
  func sign(header: [UInt8], payload: [UInt8]) throws(Failure) -> [UInt8] {
    let dot = UInt8(ascii: ".")
    let input = Base64URL.encode(header) + [dot] + Base64URL.encode(payload)
    guard let signature = signature(of: input[...]) else { throw .notSigned }
    return input + [dot] + Base64URL.encode(signature)
  }

  private func signature(of input: ArraySlice<UInt8>) -> [UInt8]? {
    switch material {
    case .secret(let key): key.tag(of: input)
    case .asymmetric(let key): key.signature(of: input, by: algorithm)
    }
  }
}
