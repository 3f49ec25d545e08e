/// What a namespace, or `channel.without_namespace`, allows.
struct ChannelOptions: Sendable {
  /// Whose options they are.
  enum Kind: Sendable {
    case room, personal, other, none
  }

  let spot: Spot
  let kind: Kind

  subscript(key: String) -> Spot { spot[key] }

  /// Whether clients can ask for history at all.
  var hasHistory: Bool { spot["history_size"].integer > 0 && spot["history_ttl"].duration > .zero }

  /// Which channels these are, in words.
  var channels: String {
    switch kind {
    case .room: "rooms"
    case .personal: "personal channels"
    case .other: "channels of this namespace"
    case .none: "channels without a namespace"
    }
  }
}

extension Setup {
  /// The options of every namespace and of `without_namespace`.
  func channelOptions(_ expected: SetupExpectations) -> [ChannelOptions] {
    let without = self["channel.without_namespace"]
    let named = self["channel.namespaces"].elements.map { spot in
      let name = spot["name"].text
      let kind: ChannelOptions.Kind =
        name == expected.roomNamespace ? .room : name == expected.personalNamespace ? .personal : .other
      return ChannelOptions(spot: spot, kind: kind)
    }
    return (without.isThere ? [ChannelOptions(spot: without, kind: .none)] : []) + named
  }

  /// The options of rooms; nil where their namespace is missing.
  func rooms(_ expected: SetupExpectations) -> ChannelOptions? {
    channelOptions(expected).first { if case .room = $0.kind { true } else { false } }
  }

  /// The options of personal channels; nil where their namespace is missing.
  func personalChannels(_ expected: SetupExpectations) -> ChannelOptions? {
    channelOptions(expected).first { if case .personal = $0.kind { true } else { false } }
  }

  /// The proxies that are asked, each once for an event.
  func proxies(_ expected: SetupExpectations) -> [HookProxy] {
    var found: [HookProxy] = []
    func add(_ event: HookEvent, name: Spot?, user: Spot) {
      guard let spot = proxy(event, name: name) else { return }
      guard !found.contains(where: { $0.event == event && $0.spot.path == spot.path }) else { return }
      found.append(HookProxy(event: event, spot: spot, user: user))
    }
    for event in [HookEvent.connect, .refresh] where self["\(event.path).enabled"].isOn {
      add(event, name: nil, user: self["\(event.path).enabled"])
    }
    for options in channelOptions(expected) {
      for event in [HookEvent.subscribe, .publish, .subRefresh, .subscribeStream] {
        let flag = options["\(event.rawValue)_proxy_enabled"]
        if flag.isOn { add(event, name: options["\(event.rawValue)_proxy_name"], user: flag) }
      }
      for (event, key) in [(HookEvent.mapPublish, "publish"), (.mapRemove, "remove")] {
        let flag = options["map"]["\(key)_proxy_enabled"]
        if flag.isOn { add(event, name: options["map"]["\(key)_proxy_name"], user: flag) }
      }
      let type = options["subscription_type"]
      if type.text == "shared_poll" { add(.sharedPollRefresh, name: options["shared_poll"]["proxy_name"], user: type) }
    }
    for options in [self["rpc.without_namespace"]] + self["rpc.namespaces"].elements where options["proxy_enabled"].isOn
    {
      add(.rpc, name: options["proxy_name"], user: options["proxy_enabled"])
    }
    return found
  }

  /// The proxy that is asked; nil where it is one of a name that nothing has.
  private func proxy(_ event: HookEvent, name: Spot?) -> Spot? {
    let name = name?.text ?? ""
    guard !name.isEmpty, name != "default" else { return self[event.path] }
    return self["proxies"].elements.first { $0["name"].text == name }
  }
}
