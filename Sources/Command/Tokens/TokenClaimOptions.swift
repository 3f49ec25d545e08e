import ArgumentParser
import Auth
import StrictJSON

/// What a token says of its bearer.
struct TokenClaimOptions: ParsableArguments {
  enum Kind: String, ExpressibleByArgument, CaseIterable {
    case connection, subscription
  }

  @Option(help: "What the token is for.")
  var kind = Kind.connection

  @Option(help: "The user's id, `sub`: 1 to 64 characters A-Z a-z 0-9 . _ @ -")
  var user: String

  @Option(help: "`jti`, 1 to 128 characters of printable ASCII, by which it can be revoked. Default: a random UUID.")
  var id: String?

  @Option(help: ArgumentHelp("`info`, shown to others in presence: an object of up to 1024 bytes.", valueName: "json"))
  var info: String?

  @Option(help: ArgumentHelp("`meta` of a connection: an object that only hooks are shown.", valueName: "json"))
  var meta: String?

  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp("`channels` of a connection: subscriptions without a hook.", valueName: "channel"))
  var channels: [String] = []

  @Option(
    help: ArgumentHelp(
      #"`subs` of a connection, in place of --channels: {"match:1":{"info":{},"data":{},"override":{}}}"#,
      valueName: "json"))
  var subs: String?

  @Option(help: "`channel` of a subscription, required there.")
  var channel: String?

  @Option(help: ArgumentHelp("`data` of a subscription: an object that its client is given.", valueName: "json"))
  var data: String?

  @Option(
    help: ArgumentHelp(
      #"`override` of a subscription: {"presence":{"value":false}}; also join_leave, force_push_join_leave, "#
        + "force_positioning, force_recovery.", valueName: "json"))
  var override: String?

  /// Throws where an option is of the other kind, or an id is none.
  func validateKind() throws {
    guard UserID(user) != nil else {
      throw ValidationError("--user: want 1 to 64 characters A-Z a-z 0-9 . _ @ -")
    }
    if let id, TokenID(id) == nil { throw ValidationError("--id: want 1 to 128 characters of printable ASCII") }
    switch kind {
    case .connection:
      guard channel == nil, data == nil, override == nil else {
        throw ValidationError("--channel, --data and --override are for --kind subscription")
      }
      guard channels.isEmpty || subs == nil else {
        throw ValidationError("--channels and --subs exclude each other: Centrifugo would pass over the first")
      }
    case .subscription:
      guard channel != nil else { throw ValidationError("--kind subscription wants --channel") }
      guard meta == nil, channels.isEmpty, subs == nil else {
        throw ValidationError("--meta, --channels and --subs are for --kind connection")
      }
    }
  }

  func connection(
    _ times: TokenTimeOptions, in namespaces: Channel.Namespaces
  ) throws(IssuingError) -> ConnectionToken {
    var token = ConnectionToken(user: try userID(), expiry: times.expiry, notBefore: times.notBefore)
    if let id = id.flatMap(TokenID.init) { token.id = id }
    token.info = try object(info)
    token.meta = try object(meta)
    if let subs {
      token.subscriptions = try .init(subs: parse(subs), in: namespaces)
    } else {
      var list: [Channel] = []
      for name in channels { list.append(try parsedChannel(name, in: namespaces)) }
      token.subscriptions = .channels(list)
    }
    return token
  }

  func subscription(
    _ times: TokenTimeOptions, in namespaces: Channel.Namespaces
  ) throws(IssuingError) -> SubscriptionToken {
    let channel = try parsedChannel(channel ?? "", in: namespaces)
    var token = SubscriptionToken(
      user: try userID(), channel: channel, expiry: times.expiry, notBefore: times.notBefore)
    if let id = id.flatMap(TokenID.init) { token.id = id }
    token.options.info = try object(info)
    token.options.data = try object(data)
    if let override { token.options.override = try .init(parse(override)) }
    return token
  }

  private func userID() throws(IssuingError) -> UserID {
    guard let user = UserID(user) else { throw IssuingError(.userInvalid) }
    return user
  }

  private func parsedChannel(
    _ name: String, in namespaces: Channel.Namespaces
  ) throws(IssuingError) -> Channel {
    guard let channel = Channel(name, in: namespaces) else { throw IssuingError(.channelInvalid) }
    return channel
  }

  private func object(_ json: String?) throws(IssuingError) -> ClaimObject? {
    guard let json else { return nil }
    return try ClaimObject(json)
  }

  private func parse(_ text: String) throws(IssuingError) -> JSON {
    do { return try JSON.parse(Array(text.utf8)) } catch {
      throw IssuingError(.malformedJSON, detail: error.description)
    }
  }
}
