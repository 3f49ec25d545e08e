import StrictJSON

extension TokenIssuer {
  /// The claims of a connection token as JSON text.
  func claims(of token: ConnectionToken, _ times: Times) throws(IssuingError) -> [UInt8] {
    try checkInfo(token.info)
    var claims = JSONWriter(capacity: 512)
    claims.beginObject()
    claims.member("sub", token.user.text)
    try registered(times, token.id, into: &claims)
    claims.member("info", token.info)
    claims.member("meta", token.meta)
    switch token.subscriptions {
    case .channels(let channels):
      guard !channels.isEmpty else { break }
      try check(channels)
      claims.key("channels")
      claims.beginArray()
      for channel in channels { claims.string(channel.name(in: namespaces)) }
      claims.endArray()
    case .options(let subscriptions):
      guard !subscriptions.isEmpty else { break }
      try check(subscriptions.map(\.channel))
      claims.key("subs")
      claims.beginObject()
      for (channel, options) in subscriptions {
        try checkInfo(options.info)
        claims.key(channel.name(in: namespaces))
        claims.beginObject()
        options.write(into: &claims)
        claims.endObject()
      }
      claims.endObject()
    }
    claims.endObject()
    return claims.bytes
  }

  /// The claims of a subscription token as JSON text.
  func claims(of token: SubscriptionToken, _ times: Times) throws(IssuingError) -> [UInt8] {
    try checkInfo(token.options.info)
    var claims = JSONWriter(capacity: 512)
    claims.beginObject()
    claims.member("sub", token.user.text)
    claims.member("channel", token.channel.name(in: namespaces))
    try registered(times, token.id, into: &claims)
    token.options.write(into: &claims)
    claims.endObject()
    return claims.bytes
  }

  private func registered(_ times: Times, _ id: TokenID, into claims: inout JSONWriter) throws(IssuingError) {
    guard issuer?.isEmpty != true else { throw IssuingError(.issuerEmpty) }
    guard !audiences.contains(where: \.isEmpty) else { throw IssuingError(.audienceEmpty) }
    claims.member("exp", times.expiresAt)
    claims.member("iat", times.issuedAt)
    if let notBefore = times.notBefore { claims.member("nbf", notBefore) }
    claims.member("jti", id.text)
    if let issuer { claims.member("iss", issuer) }
    if audiences.count > 1 {
      claims.key("aud")
      claims.beginArray()
      for audience in audiences { claims.string(audience) }
      claims.endArray()
    } else if let audience = audiences.first {
      claims.member("aud", audience)
    }
  }

  private func checkInfo(_ info: ClaimObject?) throws(IssuingError) {
    guard info.map(\.bytes.count) ?? 0 <= TokenClaims.maximumInfoBytes else { throw IssuingError(.infoTooLarge) }
  }

  private func check(_ channels: [Channel]) throws(IssuingError) {
    guard channels.count <= Self.maximumChannels else { throw IssuingError(.tooManyChannels) }
    guard Set(channels).count == channels.count else { throw IssuingError(.channelTwice) }
  }
}

extension JSONWriter {
  fileprivate mutating func member(_ key: StaticString, _ text: String) {
    self.key(key)
    string(text)
  }

  fileprivate mutating func member(_ key: StaticString, _ seconds: Int64) {
    self.key(key)
    integer(seconds)
  }

  /// Nothing where there is no object; else the object as it was spelled.
  mutating func member(_ key: StaticString, _ object: ClaimObject?) {
    guard let object else { return }
    self.key(key)
    raw(object.bytes)
  }
}
