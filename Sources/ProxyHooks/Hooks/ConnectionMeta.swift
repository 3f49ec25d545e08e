import Auth
import StrictJSON

/// What connect puts into a connection's meta for refresh and sub_refresh: which token the connection came with.
///
/// Centrifugo keeps it, shows it to no client, and sends it back where `include_connection_meta` is on.
struct ConnectionMeta: Hashable, Sendable {
  /// The token's `jti`.
  let tokenID: String?
  /// The token's `iat`, in Unix seconds.
  let issuedAt: Int64?

  init(tokenID: String?, issuedAt: Int64?) {
    self.tokenID = tokenID
    self.issuedAt = issuedAt
  }

  /// Reads what ``json`` wrote; nil for a meta that is not ours, which tells nothing about the token.
  init?(_ json: JSON?) {
    guard let json, json["proxyhooks"]?.integer == 1 else { return nil }
    switch json["jti"] {
    case .none: tokenID = nil
    case .some(let value):
      guard let text = value.string else { return nil }
      tokenID = text
    }
    switch json["iat"] {
    case .none: issuedAt = nil
    case .some(let value):
      guard let number = value.integer else { return nil }
      issuedAt = number
    }
  }

  /// The meta as JSON; `proxyhooks` is the form's version.
  var json: [UInt8] {
    var writer = JSONWriter(capacity: 96)
    writer.beginObject()
    writer.key("proxyhooks")
    writer.integer(1)
    if let tokenID {
      writer.key("jti")
      writer.string(tokenID)
    }
    if let issuedAt {
      writer.key("iat")
      writer.integer(issuedAt)
    }
    writer.endObject()
    return writer.bytes
  }
}
