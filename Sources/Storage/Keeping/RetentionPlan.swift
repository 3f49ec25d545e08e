/// What `proxyhooks prune` is to do.
public struct RetentionPlan: Hashable, Sendable {
  /// After how many days without a message a match that is over is deleted; nil keeps all of them.
  public var days: Int?
  /// After how many days a report is deleted; nil keeps them as long as their match.
  public var reportDays: Int?
  /// After how many days a decision is deleted from the decision log's table; nil keeps all of them.
  public var decisionDays: Int?
  /// A month that at most so many living rooms hold is ended all the same: they are moved to the present one.
  public var mostMovedRooms: Int
  /// Whether to say only what would be done.
  public var isDryRun: Bool

  /// A plan that keeps everything unless said otherwise.
  public init(
    days: Int? = nil, reportDays: Int? = nil, decisionDays: Int? = nil, mostMovedRooms: Int = 0, isDryRun: Bool = false
  ) {
    self.days = days
    self.reportDays = reportDays
    self.decisionDays = decisionDays
    self.mostMovedRooms = mostMovedRooms
    self.isDryRun = isDryRun
  }
}

/// What was done, or would be.
public struct RetentionReport: Hashable, Sendable {
  /// One thing that was looked at.
  public struct Line: Hashable, Sendable {
    /// The thing, such as `messages of 2026-01`.
    public let item: String
    /// How many rows, rooms or months.
    public let count: Int64
    /// What became of it.
    public let remark: String
  }

  /// In the order in which it was done.
  public internal(set) var lines: [Line] = []

  mutating func add(_ item: String, _ count: Int64, _ remark: String) {
    lines.append(Line(item: item, count: count, remark: remark))
  }
}
