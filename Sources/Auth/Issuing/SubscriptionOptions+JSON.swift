package import StrictJSON

extension ConnectionToken.Subscriptions {
  /// Reads the claim `subs`: an object of channels with their options.
  package init(subs json: JSON, in namespaces: Channel.Namespaces) throws(IssuingError) {
    guard let members = json.members else { throw IssuingError(.notAnObject) }
    var subscriptions: [(channel: Channel, options: SubscriptionOptions)] = []
    for (name, options) in members {
      guard let channel = Channel(name, in: namespaces) else { throw IssuingError(.channelInvalid) }
      subscriptions.append((channel, try SubscriptionOptions(options)))
    }
    self = .options(subscriptions)
  }
}

extension SubscriptionOptions {
  /// Reads `info`, `data` and `override` as a token has them; any other member is an error.
  package init(_ json: JSON) throws(IssuingError) {
    guard let members = json.members else { throw IssuingError(.notAnObject) }
    self.init()
    for (name, value) in members {
      switch name {
      case "info": info = try ClaimObject(Array(value.rawBytes))
      case "data": data = try ClaimObject(Array(value.rawBytes))
      case "override": override = try Override(value)
      default: throw IssuingError(.optionsInvalid)
      }
    }
  }
}

extension SubscriptionOptions.Override {
  /// Reads an object of options, each `{"value": true}` or `{"value": false}`.
  package init(_ json: JSON) throws(IssuingError) {
    guard let members = json.members else { throw IssuingError(.notAnObject) }
    self.init()
    for (name, option) in members {
      guard let path = Self.members.first(where: { $0.key == name })?.path,
        let value = option["value"]?.bool, option.members.map(Array.init)?.count == 1
      else { throw IssuingError(.optionsInvalid) }
      self[keyPath: path] = value
    }
  }
}
