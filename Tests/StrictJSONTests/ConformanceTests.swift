import Foundation
import StrictJSON
import Testing

/// The documents of JSONTestSuite (nst/JSONTestSuite at 1ef36fa), which are not part of this repository.
///
/// Looked for in the folder that `PROXYHOOKS_VECTORS` names, else in `../shared/vectors` from the package's root.
private enum Vectors {
  static let folder: URL = {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let vectors =
      ProcessInfo.processInfo.environment["PROXYHOOKS_VECTORS"].map { URL(fileURLWithPath: $0) }
      ?? root.deletingLastPathComponent().appendingPathComponent("shared/vectors")
    return vectors.appendingPathComponent("JSONTestSuite/test_parsing")
  }()

  static let names = ((try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []).sorted()

  static func names(_ prefix: String) -> [String] { names.filter { $0.hasPrefix(prefix) } }

  static func bytes(_ name: String) throws -> [UInt8] {
    Array(try Data(contentsOf: folder.appendingPathComponent(name)))
  }
}

@Suite(
  "JSONTestSuite",
  .enabled(if: !Vectors.names.isEmpty, "JSONTestSuite is absent: name the folder that holds it in PROXYHOOKS_VECTORS"))
struct ConformanceTests {
  /// RFC 8259 as it is written: the three rules off that this service has beyond it.
  static let lenient = {
    var limits = JSONLimits.wide
    limits.allowsNUL = true
    limits.allowsDuplicateKeys = true
    limits.maximumNumberLength = 1_000
    return limits
  }()

  /// What RFC 8259 lets pass and a hook does not.
  static let deviations: [String: JSONError.Reason] = [
    "y_number_double_close_to_zero.json": .numberTooLong,
    "y_object_duplicated_key.json": .duplicateKey,
    "y_object_duplicated_key_and_value.json": .duplicateKey,
    "y_object_escaped_null_in_key.json": .nul,
    "y_string_null_escape.json": .nul,
  ]

  @Test("The suite is whole")
  func count() {
    #expect(Vectors.names("y_").count == 95)
    #expect(Vectors.names("n_").count == 188)
    #expect(Vectors.names("i_").count == Self.choices.count)
  }

  @Test(
    "What every parser must accept is accepted, with NUL, duplicate keys and long numbers allowed",
    arguments: Vectors.names("y_"))
  func accepted(name: String) throws {
    #expect(refusal(of: try Vectors.bytes(name), limits: Self.lenient) == nil)
  }

  @Test(
    "A hook refuses five of them: two for NUL, two for a duplicate key, one for a number's length",
    arguments: Vectors.names("y_"))
  func standard(name: String) throws {
    #expect(refusal(of: try Vectors.bytes(name))?.reason == Self.deviations[name])
  }

  @Test("What no parser may accept is refused, whatever the limits", arguments: Vectors.names("n_"))
  func refused(name: String) throws {
    let bytes = try Vectors.bytes(name)
    #expect(refusal(of: bytes) != nil)
    #expect(refusal(of: bytes, limits: Self.lenient) != nil)
  }

  @Test("What is left to the parser is decided as the table says", arguments: Vectors.names("i_"))
  func chosen(name: String) throws {
    let choice = try #require(Self.choices[name])
    #expect(refusal(of: try Vectors.bytes(name))?.reason == choice.refusal, "\(choice.why)")
  }

  @Test("500 nested arrays are refused for their depth alone")
  func depth() throws {
    #expect(refusal(of: try Vectors.bytes("i_structure_500_nested_arrays.json"), limits: .wide) == nil)
  }
}
