import Testing

@testable import Auth

@Suite("Spellings and forms of a token")
struct SpellingTests {
  @Test("No byte replaced, inserted or removed, at any place, leaves a good token")
  func everyByte() throws {
    let keys = try Sample.keys()
    let token = try Sample.token(claims: #"{"sub":"a","exp":1900000600}"#)
    let verifier = TokenVerifier(keys: keys, rules: TokenRules())
    func isRefused(_ forged: [UInt8]) -> Bool {
      do throws(TokenRefusal) {
        _ = try verifier.verify(forged, now: Sample.now)
        return false
      } catch {
        return true
      }
    }
    #expect(!isRefused(token))
    var passed: [[UInt8]] = []
    for place in 0...token.count {
      for byte in UInt8.min ... .max {
        var forged = token
        forged.insert(byte, at: place)
        if !isRefused(forged) { passed.append(forged) }
        guard place < token.count, byte != token[place] else { continue }
        forged = token
        forged[place] = byte
        if !isRefused(forged) { passed.append(forged) }
      }
      guard place < token.count else { continue }
      var forged = token
      forged.remove(at: place)
      if !isRefused(forged) { passed.append(forged) }
    }
    #expect(passed.isEmpty, "\(passed.map { String(decoding: $0, as: UTF8.self) })")
  }

  @Test("What carries tokens elsewhere is no part of one: scheme, quotes, percent and form encoding, line ends, lists")
  func carriers() throws {
    let token = String(decoding: try Sample.token(), as: UTF8.self)
    let carried = [
      "Bearer \(token)", "bearer \(token)", "Bearer\(token)", "\"\(token)\"", "'\(token)'", "<\(token)>", "\(token);",
      "\(token),\(token)", "\(token)\r\n", "\(token)\t", "\u{A0}\(token)", "\(token)\u{200B}", "\(token)\u{FEFF}",
      token.replacing(".", with: "%2E"), token.replacing(".", with: "%2e"), token.replacing(".", with: "\u{FF0E}"),
      token.replacing(".", with: "\u{3002}"), token.replacing(".", with: "\\u002e"), token.replacing(".", with: " ."),
      token.lowercased(), token.uppercased(), "\(token)#", "\(token)?", "\(token)&a=b", "token=\(token)",
    ]
    for text in carried {
      let reason = try Sample.refusal(of: Array(text.utf8))
      #expect(reason != nil && reason != .expired, "\(text)")
    }
  }

  @Test("A JWS in JSON, general or flattened, and a JWE are refused")
  func otherSerializations() throws {
    let parts = Sample.parts(try Sample.token())
    let signed = #""protected":"\#(parts[0])","signature":"\#(parts[2])""#
    for text in [
      #"{"payload":"\#(parts[1])",\#(signed)}"#, #"{"payload":"\#(parts[1])","signatures":[{\#(signed)}]}"#,
      #"["\#(parts.joined())"]"#, "\(parts[0])", "\(parts.joined(separator: ".")).", ".\(parts.joined(separator: "."))",
      "\(parts.joined(separator: ".")).\(parts[1])", "\(parts.joined(separator: ".")).\(parts[1]).\(parts[2])", "....",
    ] {
      #expect(try Sample.refusal(of: Array(text.utf8)) == .wrongPartCount, "\(text)")
    }
    // A JWE's header over three parts.
    let header = #"{"alg":"dir","enc":"A256GCM"}"#
    #expect(try Sample.refusal(of: forgedToken(header: header) { _ in [] }) == .algorithmUnknown)
    // The compact text as the value of a member, dots and all.
    #expect(
      try Sample.refusal(of: Array(#"{"token":"\#(parts.joined(separator: "."))"}"#.utf8)) == .malformedEncoding)
  }

  @Test("A token as the payload of a token is refused, with and without cty, as text and as a string")
  func nested() throws {
    let inner = String(decoding: try Sample.token(), as: UTF8.self)
    for claims in [inner, #""\#(inner)""#, #"["\#(inner)"]"#] {
      #expect(try Sample.refusal(claims: claims) == .malformedClaims)
      #expect(try Sample.refusal(header: #"{"alg":"HS256","cty":"JWT"}"#, claims: claims) == .nestedToken)
    }
    #expect(try Sample.refusal(claims: #"{"token":"\#(inner)"}"#) == .subjectMissing)
  }

  @Test("A token of 8192 bytes is read, of 8193 not: its size is looked at before anything else")
  func size() throws {
    // 20 characters of header, 43 of signature and two dots leave 8127 for the payload: 6095 bytes.
    let start = #"{"sub":"anna","exp":1900000600,"x":""#
    func token(_ bytes: Int) throws -> [UInt8] {
      try Sample.token(claims: start + String(repeating: "x", count: bytes - start.utf8.count - 2) + #""}"#)
    }
    #expect(try token(6_095).count == 8_192)
    #expect(try Sample.refusal(of: token(6_095)) == nil)
    #expect(try token(6_096).count == 8_193)
    #expect(try Sample.refusal(of: token(6_096)) == .tooLarge)
    // Each of these would be refused for another reason if anything else were looked at.
    for text in [".", "A", "{", "=", "\0"] {
      #expect(try Sample.refusal(of: Array(String(repeating: text, count: 8_193).utf8)) == .tooLarge)
    }
  }

  @Test("Where a limit lets a token of megabytes in, each part is refused without recursion, and nothing ends")
  func megabytes() throws {
    let rules = TokenRules(maximumBytes: 16 << 20)
    func refusal(_ token: [UInt8]) throws -> TokenRefusal.Reason? { try Sample.refusal(of: token, rules: rules) }
    let text = String(repeating: "x", count: 1 << 20)
    let lists = String(repeating: "[", count: 1 << 20)
    let objects = String(repeating: #"{"a":"#, count: 1 << 18)
    for value in [#""\#(text)""#, lists, objects] {
      #expect(try refusal(Sample.token(header: #"{"alg":"HS256","x":\#(value)}"#)) == .malformedHeader)
      #expect(try refusal(Sample.token(claims: #"{"sub":"anna","exp":1900000600,"x":\#(value)}"#)) == .malformedClaims)
      #expect(try refusal(Sample.token(header: value)) == .malformedHeader)
      #expect(try refusal(Sample.token(claims: value)) == .malformedClaims)
    }
    for count in [33, 1 << 20] {
      #expect(
        try refusal(forgedToken(header: Sample.header) { _ in [UInt8](repeating: 0xFF, count: count) })
          == .signatureMismatch)
    }
    #expect(try refusal([UInt8](repeating: UInt8(ascii: "."), count: 1 << 20)) == .wrongPartCount)
    let members = (0..<60_000).map { #""m\#($0)":1"# }.joined(separator: ",")
    #expect(try refusal(Sample.token(claims: "{\(members)}")) == .malformedClaims)
  }

  @Test("Deep claims under the limit of size are refused at once", arguments: [16, 17, 2_000])
  func depth(count: Int) throws {
    let value = String(repeating: "[", count: count - 1) + String(repeating: "]", count: count - 1)
    let reason = try Sample.refusal(claims: #"{"sub":"anna","exp":1900000600,"x":\#(value)}"#)
    #expect(reason == (count == 16 ? nil : .malformedClaims))
  }
}
