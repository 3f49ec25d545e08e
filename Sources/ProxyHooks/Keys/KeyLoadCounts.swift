/// How often the key set's source was asked, by what came of it.
final class KeyLoadCounts: Sendable {
  /// The values of the label `outcome`.
  static let outcomes = ["replaced", "unchanged"] + KeyLoadFailure.Kind.allCases.map(\.rawValue)

  private let counters = outcomes.map { _ in Counter() }

  func count(_ load: KeyLoad) {
    let outcome =
      switch load {
      case .replaced: "replaced"
      case .unchanged: "unchanged"
      case .failed(let failure): failure.kind.rawValue
      }
    if let place = Self.outcomes.firstIndex(of: outcome) { counters[place].increment() }
  }

  func value(of outcome: String) -> UInt64 {
    Self.outcomes.firstIndex(of: outcome).map { counters[$0].value } ?? 0
  }
}
