import Foundation
import Testing

@testable import ProxyHooks
@testable import Storage

/// Bad arguments, and who may call what.
@Suite("Refusals of chat over rpc")
struct ChatRefusalTests {
  private static let id = "6f1f7a52-6a58-4c3b-9d5e-1c1df8d0a5a1"

  @Test(
    "Bad arguments name the field",
    arguments: [
      ("chat:read", "null", 400), ("chat:read", "{}", 1011), ("chat:read", #"{"match":"a b","seq":1}"#, 1011),
      ("chat:read", #"{"match":"a"}"#, 1015), ("chat:read", #"{"match":"a","seq":-1}"#, 1015),
      ("chat:read", #"{"match":"a","seq":"1"}"#, 1015), ("chat:read", #"{"match":"a","seq":1.0}"#, 1015),
      ("chat:read", #"{"match":"a","seq":null}"#, 1015), ("chat:read", #"{"match":"a","seq":1,"seq":2}"#, 1015),
      ("chat:read", #"{"match":"a","seq":9223372036854775808}"#, 1015),
      ("chat:read", #"{"match":"a","seq":1,"user":"bob"}"#, 422),

      ("chat:edit", "[]", 400), ("chat:edit", #"{"id":"$I","text":"x"}"#, 1011),
      ("chat:edit", #"{"match":"a","text":"x"}"#, 1001), ("chat:edit", #"{"match":"a","id":"$I"}"#, 1003),
      ("chat:edit", #"{"match":"a","id":"$I","text":" "}"#, 1003),
      ("chat:edit", #"{"match":"a","id":"$I","text":7}"#, 1003),
      ("chat:edit", #"{"match":"a","id":"$I","text":"$L"}"#, 1004),
      ("chat:edit", #"{"match":"a","id":"$I","lat":91,"lon":0}"#, 1005),
      ("chat:edit", #"{"match":"a","id":"$I","lon":0}"#, 1005),
      ("chat:edit", #"{"match":"a","id":"$I","lat":0}"#, 1006),
      ("chat:edit", #"{"match":"a","id":"$I","text":"x","lat":0,"lon":0}"#, 422),
      ("chat:edit", #"{"match":"a","id":"$I","kind":"text","text":"x"}"#, 422),

      ("chat:delete", "null", 400), ("chat:delete", #"{"id":"$I"}"#, 1011), ("chat:delete", #"{"match":"a"}"#, 1001),
      ("chat:delete", #"{"match":"a","id":"x"}"#, 1001), ("chat:delete", #"{"match":"a","id":"$I","text":"x"}"#, 422),

      ("chat:report", "null", 400), ("chat:report", #"{"id":"$I","reason":"spam"}"#, 1011),
      ("chat:report", #"{"match":"a","reason":"spam"}"#, 1001), ("chat:report", #"{"match":"a","id":"$I"}"#, 1016),
      ("chat:report", #"{"match":"a","id":"$I","reason":"Spam"}"#, 1016),
      ("chat:report", #"{"match":"a","id":"$I","reason":1}"#, 1016),
      ("chat:report", #"{"match":"a","id":"$I","reason":"spam\u0000"}"#, 1016),
      ("chat:report", #"{"match":"a","id":"$I","reason":"spam","text":""}"#, 1003),
      ("chat:report", #"{"match":"a","id":"$I","reason":"spam","text":null}"#, 1003),
      ("chat:report", #"{"match":"a","id":"$I","reason":"spam","text":"$L"}"#, 1004),
      ("chat:report", #"{"match":"a","id":"$I","reason":"spam","to":"x"}"#, 422),

      ("chat:block", "null", 400), ("chat:block", "{}", 1017), ("chat:block", #"{"user":""}"#, 1017),
      ("chat:block", #"{"user":7}"#, 1017), ("chat:block", #"{"user":"a b"}"#, 1017),
      ("chat:block", #"{"user":"alice"}"#, 1018), ("chat:block", #"{"user":"bob","match":"a"}"#, 422),
      ("chat:unblock", "{}", 1017), ("chat:unblock", #"{"user":"alice"}"#, 1018),
    ])
  func badArguments(method: String, data: String, code: Int) async throws {
    let limit = method == "chat:report" ? 500 : 2_000
    let data = data.replacing("$I", with: Self.id).replacing("$L", with: String(repeating: "x", count: limit + 1))
    let reply = try await Installation.shared.rpc(method, data)
    #expect(reply.errorCode == code && !reply.isTemporary)
  }

  @Test("The longest text of a report is taken")
  func longestReport() async throws {
    let data =
      #"{"match":"a","id":"\#(Self.id)","reason":"other","text":"\#(String(repeating: "é", count: 500))"}"#
    #expect(try await Installation.shared.rpc("chat:report", data).errorCode == 403)
  }

  @Test(
    "Who may call what: the present, the muted, who left, who was removed and strangers, in open matches and others",
    arguments: ["open", "closed", "cancelled"])
  func membership(state: String) async throws {
    let installation = try await Installation.shared
    let match = try installation.newMatch()
    let run = UUID().uuidString.lowercased()
    let people = ["present", "muted", "left", "removed", "banned"].map { "\($0)-\(run)" }
    var ids: [String: String] = [:]
    for person in people {
      let id = UUID().uuidString.lowercased()
      ids[person] = id
      try installation.run("select proxyhooks.join_match('\(match)', '\(person)', 'rider')")
      let message = #"{"match":"\#(match)","id":"\#(id)","kind":"text","text":"first"}"#
      #expect(try await installation.rpc("chat:send", message, as: person).data != nil)
    }
    try installation.run(
      """
      select proxyhooks.mute_member('\(match)', '\(people[1])'), proxyhooks.leave_match('\(match)', '\(people[2])'),
             proxyhooks.remove_member('\(match)', '\(people[3])'), proxyhooks.ban_user('\(people[4])');
      update proxyhooks.route_match set state = '\(state)' where id = '\(match)'
      """)
    let over = state == "open" ? nil : 451
    for person in people + ["stranger-\(run)"] {
      let id = ids[person] ?? Self.id
      let isMuted = person == people[1]
      let isPresent = isMuted || person == people[0]
      for (method, rest, code) in [
        ("chat:read", #""seq":1"#, nil), ("chat:report", #""id":"\#(id)","reason":"other""#, nil),
        ("chat:edit", #""id":"\#(id)","text":"second""#, over ?? (isMuted ? 450 : nil)),
        ("chat:delete", #""id":"\#(id)""#, state == "cancelled" ? 451 : nil),
      ] as [(String, String, Int?)] {
        let reply = try await installation.rpc(method, #"{"match":"\#(match)",\#(rest)}"#, as: person)
        #expect(reply.errorCode == (isPresent ? code : 403), "\(method) by \(person)")
        #expect((reply.data != nil) == (isPresent && code == nil), "\(method) by \(person)")
      }
    }
    let kept = try installation.run(
      "select count(*) from proxyhooks.message where match_id = '\(match)' and text = 'first' and edited_at is null")
    #expect(kept.integer(0, 0) == (state == "cancelled" ? 5 : 3))
  }

  @Test(
    "What connect, refresh, subscribe and sub_refresh allow notes that the person was here, what they refuse does not")
  func lastSeen() async throws {
    let installation = try await Installation.shared
    let match = try installation.newMatch()
    let run = UUID().uuidString.lowercased()
    func body(_ user: String) -> String { #"{"client":"c","user":"\#(user)","channel":"match:\#(match)"}"# }
    for kind in [HookKind.connect, .refresh, .subscribe, .subRefresh] {
      let (good, banned) = ("good-\(kind.rawValue)-\(run)", "bad-\(kind.rawValue)-\(run)")
      try installation.run("select proxyhooks.ban_user('\(banned)')")
      for person in [banned, good] {
        try installation.run("select proxyhooks.join_match('\(match)', '\(person)', 'rider')")
        let token = try installation.token(person)
        let body =
          switch kind {
          case .connect: #"{"client":"c","data":{"token":"\#(token)"}}"#
          case .refresh: #"{"client":"c","user":"\#(person)","meta":{"proxyhooks":1}}"#
          default: body(person)
          }
        let reply = try await installation.call(kind, body)
        #expect((reply.result?["expire_at"] != nil) == (person == good), "\(kind)")
      }
      // The one who was refused came first, so their note would be there too.
      func noted(_ person: String) throws -> Bool {
        try installation.run("select from proxyhooks.last_seen where user_id = '\(person)'").rowCount == 1
      }
      for _ in 0..<2_000 {
        if try noted(good) { break }
        try await Task.sleep(for: .milliseconds(5))
      }
      #expect(try noted(good), "\(kind)")
      #expect(try !noted(banned), "\(kind)")
    }
  }
}
