import Auth
import Foundation

@testable import ProxyHooks
@testable import Storage

/// A match, a person, their token and a message of theirs, made anew for the requests of one transport.
struct CorpusScene: Sendable {
  let match: String
  let alice: String
  let jti: String
  let token: String
  /// Of a message that alice wrote, where she is a member.
  let message: String

  private static let issued = Installation.now - 1

  /// Makes them in the database.
  ///
  /// - Parameters:
  ///   - name: of the transport; those of all transports are of one length, so that nothing else differs.
  ///   - facts: what is to be true of them.
  init(_ installation: Installation, _ name: String, given facts: Facts) throws {
    let id = MessageID.random()
    match = "m.\(name).\(id)"
    alice = "a.\(name).\(id)"
    jti = "j.\(name).\(id)"
    message = "\(MessageID.random())"
    token = try installation.token(alice, #""jti":"\#(jti)","iat":\#(Self.issued)"#)
    var sql = ""
    if facts.isBanned == true { sql += "insert into proxyhooks.user_ban (user_id) values ('\(alice)');" }
    if facts.standing?.isTokenRevoked == true {
      sql += "insert into proxyhooks.revoked_token (jti) values ('\(jti)');"
    }
    if let state = facts.membership?.matchState {
      sql += "insert into proxyhooks.route_match (id) values ('\(match)');"
      if let membership = facts.membership, let role = membership.role {
        func time(_ isSet: Bool) -> String { isSet ? "now()" : "null" }
        sql += """
          insert into proxyhooks.match_member (match_id, user_id, role, left_at, muted_at, banned_at) values
            ('\(match)', '\(alice)', '\(role)', \(time(membership.hasLeft)), \(time(membership.isMuted)),
             \(time(membership.isRemoved)));
          insert into proxyhooks.message (period, match_id, seq, id, sender, kind, text, sent_at, idempotency_key)
            select period, match_id, 1, '\(message)', '\(alice)', 'text', 'before', now(), gen_random_uuid()
              from proxyhooks.chat_room where match_id = '\(match)';
          update proxyhooks.chat_room set last_seq = 1 where match_id = '\(match)';
          """
      }
      sql += "update proxyhooks.route_match set state = '\(state.rawValue)' where id = '\(match)';"
    }
    if !sql.isEmpty { try installation.run(sql) }
  }

  /// A request's text with what its placeholders stand for.
  func filled(_ text: String) -> String { names.reduce(text) { $0.replacing($1.key, with: $1.value) } }

  /// A reply's or a line's text with placeholders again.
  func hidden(_ text: String) -> String { names.reduce(text) { $0.replacing($1.value, with: $1.key) } }

  private var names: [(key: String, value: String)] {
    [
      ("{match}", match), ("{alice}", alice), ("{token}", token), ("{jti}", jti), ("{message}", message),
      ("{iat}", "\(Self.issued)"),
    ]
  }
}
