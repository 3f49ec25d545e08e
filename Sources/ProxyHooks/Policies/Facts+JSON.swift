public import Auth
public import StrictJSON

/// Facts as a decision's line has them: `{"match":"open","role":"rider","muted":true,"token_revoked":false}`.
///
/// `left`, `muted`, `removed` and `banned` are there where they are true, `match` and `role` where there is one, and
/// `token_revoked` where the token was looked at. What a line says is decided as it was, with one exception: facts of which
/// nothing was read (``Decision/Reason/factsMissing``) look like those of a stranger where there is no match.
extension Facts {
  /// The facts as a JSON object.
  public var json: [UInt8] {
    var writer = JSONWriter(capacity: 96)
    writer.beginObject()
    if let match = membership?.matchState {
      writer.key("match")
      writer.string(match.rawValue)
    }
    if let role = membership?.role {
      writer.key("role")
      writer.string(role.name)
    }
    if membership?.hasLeft == true { writer.isTrue("left") }
    if membership?.isMuted == true { writer.isTrue("muted") }
    if membership?.isRemoved == true { writer.isTrue("removed") }
    if isBanned == true { writer.isTrue("banned") }
    if let standing {
      writer.key("token_revoked")
      writer.bool(standing.isTokenRevoked)
    }
    writer.endObject()
    return writer.bytes
  }

  /// The facts that ``json`` wrote; nil where the value is no such object, or has anything else in it.
  public init?(json: JSON) {
    guard let members = json.members else { return nil }
    var membership = MembershipFacts(matchState: nil, role: nil)
    var isTokenRevoked: Bool?
    for (key, value) in members {
      switch key {
      case "match":
        guard let state = value.string.flatMap({ MatchState(rawValue: $0) }) else { return nil }
        membership.matchState = state
      case "role":
        guard let role = value.string.flatMap({ MemberRole($0) }) else { return nil }
        membership.role = role
      case "left": guard value.reads(into: &membership.hasLeft) else { return nil }
      case "muted": guard value.reads(into: &membership.isMuted) else { return nil }
      case "removed": guard value.reads(into: &membership.isRemoved) else { return nil }
      case "banned": guard value.reads(into: &membership.isBanned) else { return nil }
      case "token_revoked":
        guard let isRevoked = value.bool else { return nil }
        isTokenRevoked = isRevoked
      default: return nil
      }
    }
    let isBanned = membership.isBanned
    self.init(
      standing: isTokenRevoked.map { StandingFacts(isBanned: isBanned, isTokenRevoked: $0) }, membership: membership)
  }
}

extension JSONWriter {
  fileprivate mutating func isTrue(_ key: StaticString) {
    self.key(key)
    bool(true)
  }
}

extension JSON {
  /// Whether it is a truth value, which `fact` then is.
  fileprivate func reads(into fact: inout Bool) -> Bool {
    guard let bool else { return false }
    fact = bool
    return true
  }
}
