/// The seats from which an operation is allowed. Every other one is refused.
///
/// Storage applies it inside its statements, where the facts are read; ``Policy/decide(_:on:)`` is what counts, and a test
/// holds that the two never differ.
public struct Guard: Hashable, Sendable {
  /// The seats.
  public let seats: Set<Seat>
  /// The seats as `proxyhooks.passes` takes them: sorted, with commas between.
  public let text: String

  /// A guard that these seats pass.
  public init(_ seats: Set<Seat>) {
    self.seats = seats
    text = seats.map(\.description).sorted().joined(separator: ",")
  }

  private init(text: String) {
    seats = []
    self.text = text
  }

  /// One that nobody passes.
  public static let nobody = Guard([])
  /// For what is done in no match: one that everybody passes who is in good standing.
  public static let everybody = Guard(text: "everybody")
}
