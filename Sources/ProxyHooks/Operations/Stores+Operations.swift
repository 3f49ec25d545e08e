import Storage

extension Stores {
  /// Ready while every lane to PostgreSQL has a connection. Redis is done without: limits are counted here then.
  func readiness(isDraining: Bool) -> Readiness {
    Readiness(
      components: [
        .init(name: "database", state: databaseLanes.allSatisfy(\.isConnected) ? .up : .down),
        .init(name: "redis", state: redisLane.isConnected ? .up : .degraded),
      ], isDraining: isDraining)
  }
}

extension Metrics {
  /// What the lanes and the limiter say of themselves.
  func addGauges(of stores: Stores) {
    addGauge(
      "proxyhooks_lanes_connected", help: "Lanes that have a connection.", labels: ["server": "postgresql"]
    ) { Double(stores.databaseLanes.filter(\.isConnected).count) }
    addGauge(
      "proxyhooks_lanes_connected", help: "Lanes that have a connection.", labels: ["server": "redis"]
    ) { stores.redisLane.isConnected ? 1 : 0 }
    addGauge(
      "proxyhooks_lane_waiting", help: "Requests that wait for the batch in flight.", labels: ["server": "postgresql"]
    ) { Double(stores.databaseLanes.reduce(0) { $0 + $1.waiting }) }
    addGauge(
      "proxyhooks_lane_waiting", help: "Requests that wait for the batch in flight.", labels: ["server": "redis"]
    ) { Double(stores.redisLane.waiting) }
    addGauge(
      "proxyhooks_limits_counted_locally", help: "1 while this instance counts the limits, since Redis does not."
    ) { stores.countsLocally ? 1 : 0 }
  }
}
