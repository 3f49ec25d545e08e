import StrictJSON
import Testing

@testable import Auth

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Wycheproof's vectors, read from the folder that `PROXYHOOKS_VECTORS` names or from `../shared/vectors` beside the
/// package. They are not part of this repository.
enum Wycheproof {
  static let folder: String = {
    if let path = getenv("PROXYHOOKS_VECTORS") { return String(cString: path) }
    let root = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(3).joined(separator: "/")
    return root + "/../shared/vectors"
  }()

  static var isPresent: Bool { access(folder + "/wycheproof/json_web_signature_test.json", R_OK) == 0 }

  /// The groups of tests in a file.
  static func groups(_ name: String) throws -> [JSON] {
    let file = try #require(fopen("\(folder)/wycheproof/\(name)", "r"))
    defer { fclose(file) }
    var bytes = [UInt8](repeating: 0, count: 4_194_304)
    let count = fread(&bytes, 1, bytes.count, file)
    let limits = JSONLimits(
      maximumBytes: bytes.count, maximumDepth: 16, maximumMembers: 1_024, maximumNodes: 100_000)
    let document = try JSON.parse(Array(bytes.prefix(count)), limits: limits)
    return Array(try #require(document["testGroups"]?.elements))
  }

  /// Whether the token of `test` verifies with the JWK or JWK Set `keys`, as `proxyhooks jws verify` does it.
  static func accepts(_ test: JSON, keys: JSON) throws -> Bool {
    // Some vectors are a JWS in JSON serialization: their text is the object's.
    let token = try #require(test["jws"].map { $0.string.map { Array($0.utf8) } ?? Array($0.rawBytes) })
    do {
      let set = try KeySet(keyFile: Array(keys.rawBytes), allowed: Set(Algorithm.allCases))
      _ = try JWS.verify(token, keys: set)
      return true
    } catch {
      return false
    }
  }

  /// The ids of the tests whose result differs from ours, and how many tests there are.
  static func differences(_ name: String) throws -> (ids: Set<Int64>, count: Int) {
    var ids: Set<Int64> = []
    var count = 0
    for group in try groups(name) {
      let keys = try #require(group["public"] ?? group["private"])
      for test in try #require(group["tests"]?.elements) {
        let id = try #require(test["tcId"]?.integer)
        let result = try #require(test["result"])
        try #require(result.isString("valid") || result.isString("invalid"))
        if try accepts(test, keys: keys) != result.isString("valid") { ids.insert(id) }
        count += 1
      }
    }
    return (ids, count)
  }
}

@Suite("Wycheproof", .enabled(if: Wycheproof.isPresent, "no vectors in \(Wycheproof.folder)"))
struct WycheproofTests {
  @Test("All 401 JWS vectors agree but for the eight that contradict themselves or the RFCs")
  func signatures() throws {
    let exceptions: Set<Int64> = [
      // Marked invalid, yet byte for byte the valid 357.
      367, 370,
      // Marked valid, with a `?` in the header or the payload, which is no character of base64url.
      372, 373,
      // Marked valid: a PS384 token with a key whose `alg` is PS256.
      346, 350,
      // Marked valid: keys whose `alg` is "ES521", which does not exist (ES512 over P-521 does).
      347, 351,
    ]
    let (ids, count) = try Wycheproof.differences("json_web_signature_test.json")
    #expect(count == 401)
    #expect(ids == exceptions, "\(ids.symmetricDifference(exceptions).sorted())")
  }

  @Test("All 26 JWK vectors agree")
  func keys() throws {
    let (ids, count) = try Wycheproof.differences("json_web_key_test.json")
    #expect(count == 26)
    #expect(ids.isEmpty, "\(ids.sorted())")
  }
}
