import Logging

/// Counts what was turned away, and says so now and then.
final class GRPCCounts: Sendable {
  private let refusals = GRPCRefusal.allCases.map { _ in Counter() }
  private let away = Counter()
  private let connectionsAway = Counter()
  private let strangeAway = Counter()
  private let strange: RareWarning

  init(metrics: Metrics, logger: Logger) {
    strange = RareWarning(logger)
    for (refusal, count) in zip(GRPCRefusal.allCases, refusals) {
      metrics.addCounter(
        "proxyhooks_grpc_refused_total", help: "Calls that failed without a decision, by reason.",
        labels: ["reason": refusal.rawValue]
      ) { Double(count.value) }
    }
    metrics.addCounter(
      "proxyhooks_grpc_turned_away_total", help: "Calls refused for their size, or for how many there were."
    ) { [away] in Double(away.value) }
    metrics.addCounter(
      "proxyhooks_grpc_connections_turned_away_total", help: "Connections closed as they came, for how many there were."
    ) { [connectionsAway] in Double(connectionsAway.value) }
    metrics.addCounter(
      "proxyhooks_grpc_strange_calls_refused_total", help: "Calls without the secret that were too many, or too long."
    ) { [strangeAway] in Double(strangeAway.value) }
  }

  /// A call without the secret was one too many on its connection, or too long.
  func strangeTurnedAway() { strangeAway.increment() }

  /// A connection was closed as one too many.
  func connectionTurnedAway() { connectionsAway.increment() }

  /// A call failed.
  func refused(_ refusal: GRPCRefusal) {
    for (other, count) in zip(GRPCRefusal.allCases, refusals) where other == refusal { count.increment() }
  }

  /// A known caller's call was refused for its size, or as one too many.
  func turnedAway() { away.increment() }

  /// A known caller called a method that is no hook.
  func notServed(at time: UInt64) {
    strange.note(
      at: time, "Centrifugo called for a stream, a map or a shared poll, which are not served here: is one switched on?"
    )
  }
}
