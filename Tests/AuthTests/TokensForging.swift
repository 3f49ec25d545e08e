import COpenSSL
import Testing

@testable import Auth

// What an attacker computes: signatures in forms that no signer of ours makes, and tokens around them.

/// A token with any header, claims and signature; `sign` gets the signing input.
func forgedToken(
  header: String, claims: String = Sample.claims, _ sign: (_ input: [UInt8]) throws -> [UInt8]
) rethrows -> [UInt8] {
  let input = Array("\(text64(header.utf8)).\(text64(claims.utf8))".utf8)
  return input + [UInt8(ascii: ".")] + Base64URL.encode(try sign(input))
}

/// An HMAC with any key, which ``TokenSigner`` would refuse.
func hmac(_ digest: Digest, key: [UInt8], of input: [UInt8]) throws -> [UInt8] {
  var tag = [UInt8](repeating: 0, count: digest.size)
  var length = 0
  let isDone = EVP_Q_mac(
    nil, "HMAC", nil, digest.name, nil, key, key.count, input, input.count, &tag, tag.count, &length)
  try #require(isDone != nil && length == tag.count)
  return tag
}

/// The sum of two numbers of one width, big-endian; nil where it is wider.
func sum(_ one: [UInt8], _ other: [UInt8]) -> [UInt8]? {
  var sum = one
  var carry = 0
  for index in one.indices.reversed() {
    carry += Int(one[index]) + Int(other[index])
    sum[index] = UInt8(carry & 0xFF)
    carry >>= 8
  }
  return carry == 0 ? sum : nil
}

/// The difference of two numbers of one width, big-endian, the first being the larger.
func difference(_ one: [UInt8], _ other: [UInt8]) -> [UInt8] {
  var difference = one
  var borrow = 0
  for index in one.indices.reversed() {
    let value = Int(one[index]) - Int(other[index]) - borrow
    borrow = value < 0 ? 1 : 0
    difference[index] = UInt8(value + borrow * 256)
  }
  return difference
}

extension EVPKey {
  /// Whether `signature` verifies, by the way that tokens take.
  func verifies(_ signature: [UInt8], of input: ArraySlice<UInt8>, by algorithm: Algorithm) -> Bool {
    (try? SignatureVerifier(key: self, algorithm: algorithm))?.verifies(signature, of: input) ?? false
  }
}

extension KeyPair {
  /// The public key in DER (SubjectPublicKeyInfo).
  func publicDER() throws -> [UInt8] {
    let size = i2d_PUBKEY(key, nil)
    try #require(size > 0)
    var bytes = [UInt8](repeating: 0, count: Int(size))
    bytes.withUnsafeMutableBufferPointer { buffer in
      var end = buffer.baseAddress
      _ = i2d_PUBKEY(key, &end)
    }
    return bytes
  }

  /// RSA's private operation on a block as wide as the modulus, whatever is in it: what a verifier unwraps again.
  func rawSignature(of block: [UInt8]) throws -> [UInt8] {
    let context = try #require(EVP_PKEY_CTX_new_from_pkey(nil, key, nil))
    defer { EVP_PKEY_CTX_free(context) }
    try #require(EVP_PKEY_sign_init(context) == 1)
    try #require(EVP_PKEY_CTX_set_rsa_padding(context, RSA_NO_PADDING) == 1)
    var signature = [UInt8](repeating: 0, count: block.count)
    var length = signature.count
    try #require(EVP_PKEY_sign(context, &signature, &length, block, block.count) == 1)
    return signature
  }

  /// A PSS signature with SHA-256, any length of salt and any digest inside the mask.
  func pssSignature(of input: [UInt8], salt: Int32, mask: Digest) throws -> [UInt8] {
    let context = try #require(EVP_MD_CTX_new())
    defer { EVP_MD_CTX_free(context) }
    var parameters: OpaquePointer?
    try #require(EVP_DigestSignInit(context, &parameters, Digest.sha256.method, nil, key) == 1)
    try #require(EVP_PKEY_CTX_set_rsa_padding(parameters, RSA_PKCS1_PSS_PADDING) == 1)
    try #require(EVP_PKEY_CTX_set_rsa_mgf1_md(parameters, mask.method) == 1)
    try #require(EVP_PKEY_CTX_set_rsa_pss_saltlen(parameters, salt) == 1)
    var signature = [UInt8](repeating: 0, count: Int(EVP_PKEY_get_size(key)))
    var length = signature.count
    try #require(EVP_DigestSign(context, &signature, &length, input, input.count) == 1)
    return signature
  }
}
