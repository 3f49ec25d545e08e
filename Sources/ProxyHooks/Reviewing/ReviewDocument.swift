/// A text for a reviewer apart from how it is shown: headings, sentences and tables.
public struct ReviewDocument: Hashable, Sendable {
  /// A part of it, from top to bottom.
  public enum Part: Hashable, Sendable {
    case heading(String)
    case sentence(String)
    case list([String])
    case table(Table)
  }

  /// A table; each row has as many cells as there are columns.
  public struct Table: Hashable, Sendable {
    /// The columns' titles, each of one or more lines.
    public var columns: [[String]]
    /// The rows.
    public var rows: [[Cell]]

    /// A table.
    public init(columns: [[String]], rows: [[Cell]]) {
      self.columns = columns
      self.rows = rows
    }
  }

  /// A cell of a table.
  public struct Cell: Hashable, Sendable {
    /// What a cell says beyond its words, for those who see colours.
    public enum Tone: String, Sendable {
      case plain
      case allowed
      case denied
    }

    /// What it says.
    public var text: String
    /// What there is to add, where there is a place for it.
    public var note: String
    /// Yes, no, or neither.
    public var tone: Tone

    /// A cell.
    public init(_ text: String, note: String = "", tone: Tone = .plain) {
      self.text = text
      self.note = note
      self.tone = tone
    }
  }

  /// The parts.
  public var parts: [Part]

  /// A document.
  public init(_ parts: [Part] = []) { self.parts = parts }
}
