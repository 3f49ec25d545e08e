extension KeyRing {
  /// Down until there was a first set: a new instance takes no traffic that it can't decide. Never again after that:
  /// without keys nobody connects, but who is connected can still be served.
  var readiness: Readiness.Component {
    let state: Readiness.State = age == nil ? .down : lastLoadFailed || remaining == .zero ? .degraded : .up
    return .init(name: "token_keys", state: state)
  }
}

extension Metrics {
  /// What the keys' source gave, and what is believed now.
  func addKeys(_ ring: KeyRing, counts: KeyLoadCounts) {
    for outcome in KeyLoadCounts.outcomes {
      addCounter(
        "proxyhooks_token_key_loads_total", help: "Questions to the source of the token keys, by what came of them.",
        labels: ["outcome": outcome]
      ) { Double(counts.value(of: outcome)) }
    }
    addGauge("proxyhooks_token_keys", help: "Keys that tokens are verified with.") { Double(ring.count) }
    addGauge("proxyhooks_token_keys_age_seconds", help: "Time since the source was asked for the newest key set.") {
      ring.age.map { $0 / .seconds(1) } ?? .nan
    }
  }
}
