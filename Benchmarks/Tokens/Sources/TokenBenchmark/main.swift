import Glibc

// Time a token takes to verify, here and with jwt-kit: the same tokens, in one run, by turns.

/// Odd, so that the median is a round that was measured.
let rounds = 15
/// How long a round of one verifier takes, about.
let secondsPerRound = 0.2

/// Measures both verifiers and prints a line.
@Sendable func measure(_ pairing: Pairing) async throws {
  var ours = Measurement()
  var theirs = Measurement()
  // Also warms up what is made at the first call.
  var trial = Measurement()
  try await trial.run(pairing.ours, pairing.token, count: 500)
  let ourCount = max(1, Int(secondsPerRound * 1e6 / trial.median))
  trial = Measurement()
  try await trial.run(pairing.theirs, pairing.token, count: 500)
  let theirCount = max(1, Int(secondsPerRound * 1e6 / trial.median))
  for round in 0..<rounds {
    // Whoever comes second finds the caches as the other left them, so each is second every other time.
    if round.isMultiple(of: 2) {
      try await ours.run(pairing.ours, pairing.token, count: ourCount)
      try await theirs.run(pairing.theirs, pairing.token, count: theirCount)
    } else {
      try await theirs.run(pairing.theirs, pairing.token, count: theirCount)
      try await ours.run(pairing.ours, pairing.token, count: ourCount)
    }
  }
  let cells = [ours.median, ours.spread * 100, theirs.median, theirs.spread * 100, ours.median / theirs.median]
  let texts = zip(cells, ["%.1f µs", "± %.0f %%", "%.1f µs", "± %.0f %%", "%.2f"]).map(formatted)
  print("| \(pairing.name) | \(texts[0]) \(texts[1]) | \(texts[2]) \(texts[3]) | \(texts[4]) |")
}

@Sendable func formatted(_ value: Double, _ format: String) -> String {
  var text = [CChar](repeating: 0, count: 64)
  _ = withVaList([value]) { vsnprintf(&text, text.count, format, $0) }
  return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
}

print("| algorithm | here | jwt-kit 5.7.1 | here / jwt-kit |")
print("|---|---|---|---|")
// Off the main actor: jwt-kit's key collection is an actor, and a task that runs where actors run enters it without a
// change of thread.
try await Task.detached {
  for pairing in try await Pairing.all() { try await measure(pairing) }
}.value
