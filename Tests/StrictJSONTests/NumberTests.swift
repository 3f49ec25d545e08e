import StrictJSON
import Testing

@Suite("Numbers")
struct NumberTests {
  @Test(
    "Numbers of the grammar are accepted and have the value that is nearest",
    arguments: [
      ("0", 0), ("-0", -0.0), ("1", 1), ("-1", -1), ("10", 10), ("0.0", 0), ("1.5", 1.5), ("-0.25", -0.25),
      ("1e2", 100), ("1E2", 100), ("1e+2", 100), ("1e-2", 0.01), ("0e0", 0), ("1.0e00", 1), ("0.1", 0.1),
      ("9007199254740993", 9_007_199_254_740_992), ("18446744073709551616", 18_446_744_073_709_551_616),
      ("1.7976931348623157e308", .greatestFiniteMagnitude), ("5e-324", .leastNonzeroMagnitude), ("1e-400", 0),
      ("0e9999", 0), ("-1e-9999", -0.0),
    ])
  func accepted(text: String, value: Double) throws {
    let number = try parse(text)
    #expect(number.double == value)
    #expect(number.double?.sign == value.sign)
    #expect(number.rawText == text)
  }

  @Test(
    "What the grammar does not have is refused",
    arguments: [
      "+1", ".5", "1.", "-.5", "-", "--1", "-+1", "00", "01", "-01", "00.5", "1.e1", "1e", "1e+", "1E-", "1e1.5",
      "0x10", "1_000", "1;000", "NaN", "-NaN", "Infinity", "-Infinity", "1f", "1e1e1", "1.2.3", "- 1", "1 .5",
      "\u{FF11}", "1\u{301}",
    ])
  func refused(text: String) {
    #expect(refusal(of: text) != nil)
    #expect(refusal(of: "[\(text)]") != nil)
    #expect(refusal(of: #"{"a":\#(text)}"#) != nil)
  }

  @Test("A number may have 64 characters and no more")
  func length() throws {
    let digits = String(repeating: "9", count: 64)
    #expect(try parse(digits).double == 1e64)
    #expect(refusal(of: "-" + digits)?.reason == .numberTooLong)
    #expect(refusal(of: "0." + String(repeating: "0", count: 62)) == nil)
    #expect(refusal(of: "[0." + String(repeating: "0", count: 63) + "]")?.reason == .numberTooLong)
    #expect(refusal(of: "1e" + String(repeating: "0", count: 62)) == nil)
    #expect(refusal(of: "1e" + String(repeating: "0", count: 63))?.reason == .numberTooLong)
  }

  @Test(
    "A number beyond a Double's range is refused",
    arguments: [
      "1e309", "-1e309", "1.7976931348623159e308", "1e0999", "0.1e400", "99999e305", "1e99999999999999999999",
    ])
  func range(text: String) {
    #expect(refusal(of: "[\(text)]")?.reason == .numberOutOfRange)
    #expect(refusal(of: "[\(text)]")?.offset == 1)
  }

  @Test("A longer number, where one is let in, is held to the same range")
  func longRange() {
    var limits = JSONLimits.standard
    limits.maximumNumberLength = 1_000
    #expect(refusal(of: String(repeating: "9", count: 308), limits: limits) == nil)
    #expect(refusal(of: String(repeating: "9", count: 310), limits: limits)?.reason == .numberOutOfRange)
    #expect(refusal(of: String(repeating: "9", count: 300) + "e9", limits: limits)?.reason == .numberOutOfRange)
  }

  @Test("The largest number of 64 characters with a two-digit exponent is finite")
  func shortExponent() throws {
    #expect(try parse(String(repeating: "9", count: 61) + "e99").double?.isFinite == true)
  }

  @Test(
    "A whole number in range is an integer",
    arguments: [
      ("0", 0), ("7", 7), ("-7", -7), ("9223372036854775807", .max), ("-9223372036854775808", .min),
      ("-9223372036854775807", -.max),
    ] as [(String, Int64)])
  func integers(text: String, value: Int64) throws {
    #expect(try parse(text).integer == value)
  }

  @Test(
    "Any other number is no integer, and still a number",
    arguments: [
      "-0", "1.0", "1e2", "0.0", "-0.0", "1E0", "9223372036854775808", "-9223372036854775809", "92233720368547758070",
      "18446744073709551616", "99999999999999999999999999999999",
    ])
  func noIntegers(text: String) throws {
    #expect(try parse(text).integer == nil)
    #expect(try parse(text).double != nil)
  }
}
