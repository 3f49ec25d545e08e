@testable import ProxyHooks

/// What a client can have Centrifugo send, and what only somebody else sends.
extension HookCase {
  private static let id = "0f3c1d5e-0001-4a00-8000-0000000000"

  private static func sent(_ number: Int, _ text: String = #""hello""#) -> String {
    #"{"id":"\#(id)\#(10 + number)","kind":"text","text":\#(text)}"#
  }

  static let hostile: [HookCase] = connects + publishes + subscribes + refreshes + rpcs + strangers

  private static let connects: [HookCase] =
    [
      nil, "{}", "[1", "[]", "{\"token\":1}", "{\"token\":\"\"}", "{\"token\":\"a.b.c\"}", "{\"token\":\"{token}\"}",
      "{\"token\":\"{token}\",\"more\":{}}", "{\"token\":\"{token}x\"}",
      "{\"token\":\"{token}\",\"token\":\"{token}\"}",
    ].map { HookCase(kind: .connect, data: $0) } + [
      HookCase(kind: .connect, encoding: "binary", base64: "e30="),
      HookCase(kind: .connect, encoding: "binary", base64: "?"),
      HookCase(kind: .connect, authorization: ["Bearer {token}"]),
      HookCase(kind: .connect, authorization: ["bearer  {token}"]),
      HookCase(kind: .connect, authorization: ["{token}"]),
      HookCase(kind: .connect, authorization: ["Basic {token}"]), HookCase(kind: .connect, authorization: [""]),
      HookCase(kind: .connect, authorization: ["Bearer {token}", "Bearer {token}"]),
      HookCase(kind: .connect, data: "{\"token\":\"{token}\"}", authorization: ["Bearer x"]),
      HookCase(kind: .connect, data: "{\"token\":\"x\"}", authorization: ["Bearer {token}"]),
    ]

  /// Who does not show the secret, and shows it once, is told nothing.
  private static let strangers: [HookCase] = HookKind.allCases.flatMap { kind in
    [[], [""], ["another secret, 32 bytes long, no"], [TestListener.secret, TestListener.secret]].map {
      HookCase(kind: kind, channel: "match:{match}", data: "{}", secrets: $0)
    }
  }

  private static let publishes: [HookCase] =
    [
      sent(0), sent(0), sent(0, #""another""#), sent(1, #""<b>&\u003c\u2028""#), sent(2, #""""#), sent(3, #"" ""#),
      sent(4, "1"), sent(5, "null"), sent(6, #""a\u0000b""#), sent(7, #""\ud800""#), sent(8, "\"\u{1}\""), "{}", "null",
      "[]", "1", "\"a\"", "{", "{}{}", #"{"text":"a","text":"b"}"#, #"{"id":"a","i\u0064":"b"}"#,
      #"{"kind":"location","lat":1.5,"lon":2}"#, #"{"id":"\#(id)30","kind":"location","lat":1e2,"lon":2}"#,
      #"{"id":"\#(id)31","kind":"location","lat":1.50,"lon":-0.0}"#,
      #"{"id":"\#(id)32","kind":"location","lat":1e999,"lon":2}"#,
      #"{"id":"\#(id)33","kind":"text","text":"a","more":1}"#, #"{"id":"x","kind":"text","text":"a"}"#,
      #"{"id":"\#(id)34","kind":"other","text":"a"}"#, String(repeating: "[", count: 40),
      String(repeating: "[", count: 15) + String(repeating: "]", count: 15),
      String(repeating: "[", count: 16) + String(repeating: "]", count: 16),
      #"{"a":1,"b":2,"c":{"text":"\u0000"}}"#, #"{"text":01}"#, "{\"text\":\"a\",}", "nul",
    ].map { HookCase(kind: .publish, channel: "match:{match}", data: $0) } + [
      HookCase(kind: .publish, channel: "match:{match}"),
      HookCase(kind: .publish, user: "mallory", channel: "match:{match}", data: sent(40)),
      HookCase(kind: .publish, user: "", channel: "match:{match}", data: sent(41)),
      HookCase(kind: .publish, user: "a\u{0}b", channel: "match:{match}", data: sent(42)),
      HookCase(kind: .publish, user: "a b", channel: "match:{match}", data: sent(43)),
      HookCase(kind: .publish, channel: "match:{match}\u{0}", data: sent(44)),
      HookCase(kind: .publish, channel: "match:none", data: sent(45)),
      HookCase(kind: .publish, channel: "", data: sent(46)),
      HookCase(kind: .publish, channel: "é:\u{301}", data: sent(47)),
      HookCase(kind: .publish, channel: "match:{match}", encoding: "proto", data: sent(48)),
      HookCase(kind: .publish, channel: "match:{match}", data: sent(49), base64: "e30="),
      HookCase(kind: .publish, channel: "match:{match}", encoding: "binary", data: sent(50)),
      HookCase(kind: .publish, channel: "match:{match}", base64: "e30="),
      HookCase(kind: .publish, channel: "match:{match}", encoding: "binary", base64: "e30="),
      HookCase(kind: .publish, channel: "match:{match}", encoding: "binary", base64: "MR=="),
      HookCase(
        kind: .publish, channel: "match:{match}", encoding: "binary",
        base64: Base64.encode(Array(sent(51, #""bytes""#).utf8))),
      HookCase(kind: .publish, channel: "match:{match}", data: sent(52), meta: "[]"),
      HookCase(kind: .publish, channel: "match:{match}", data: sent(53), meta: #"{"s":1,"s":2}"#),
      HookCase(kind: .publish, channel: "match:{match}", data: sent(54), meta: "{"),
    ]

  private static let subscribes: [HookCase] = [
    HookCase(kind: .subscribe, channel: "match:{match}"),
    HookCase(kind: .subscribe, channel: "match:{match}", data: "{}"),
    HookCase(kind: .subscribe, channel: "match:{match}", data: "{"),
    HookCase(kind: .subscribe, channel: "match:{match}", encoding: "binary", base64: "!"),
    HookCase(kind: .subscribe, user: "mallory", channel: "match:{match}"),
    HookCase(kind: .subscribe, channel: "user:{alice}"),
    HookCase(kind: .subscribe, channel: "match:{match}", token: "a\u{0}"),
    HookCase(kind: .subRefresh, channel: "match:{match}"),
    HookCase(kind: .subRefresh, user: "mallory", channel: "match:{match}"),
    HookCase(kind: .subRefresh, channel: "match:{match}", meta: "7"), HookCase(kind: .subRefresh, channel: "\u{0}"),
  ]

  private static let refreshes: [HookCase] = [
    HookCase(kind: .refresh), HookCase(kind: .refresh, meta: #"{"v":1}"#), HookCase(kind: .refresh, user: ""),
    HookCase(kind: .refresh, meta: "null"), HookCase(kind: .refresh, meta: "{}"), HookCase(kind: .refresh, meta: "{}}"),
    HookCase(kind: .refresh, user: "\u{0}"),
  ]

  private static let rpcs: [HookCase] = [
    HookCase(kind: .rpc, method: "chat:history", data: #"{"match":"{match}"}"#),
    HookCase(kind: .rpc, method: "chat:history", data: #"{"match":"{match}","limit":0}"#),
    HookCase(kind: .rpc, method: "chat:history", data: #"{"match":"{match}","match":"x"}"#),
    HookCase(kind: .rpc, user: "mallory", method: "chat:history", data: #"{"match":"{match}"}"#),
    HookCase(kind: .rpc, method: "chat:rooms", data: "{}"), HookCase(kind: .rpc, method: "chat:rooms"),
    HookCase(kind: .rpc, method: "chat:rooms", data: #"{"limit":1,"before":"848594229409000.m1"}"#),
    HookCase(kind: .rpc, method: "chat:rooms", data: #"{"limit":201}"#),
    HookCase(kind: .rpc, method: "chat:rooms", data: #"{"before":1}"#),
    HookCase(kind: .rpc, method: "chat:none", data: "{}"), HookCase(kind: .rpc, method: ""),
    HookCase(kind: .rpc, method: "chat:read", data: #"{"match":"{match}","seq":1}"#),
    HookCase(kind: .rpc, method: "chat:read", data: #"{"match":"{match}","seq":-1}"#),
    HookCase(kind: .rpc, method: "chat:report", data: #"{"match":"{match}","id":"x","reason":"spam"}"#),
    HookCase(kind: .rpc, method: "chat:send", encoding: "binary", base64: "AP8="),
  ]
}
