/// A piece of HTML. Text that is put into it with `\(…)` is escaped, so that only what stands in this module's own source is
/// ever markup: users, channels and methods are whatever a client sent.
struct HTML: ExpressibleByStringInterpolation, Sendable {
  /// The markup.
  private(set) var markup: String

  /// Nothing.
  static let none: HTML = ""

  init(stringLiteral value: StaticString) { markup = value.description }

  init(stringInterpolation: Interpolation) { markup = stringInterpolation.markup }

  /// Pieces one after the other.
  init(_ pieces: [HTML]) { markup = pieces.map(\.markup).joined() }

  static func + (left: HTML, right: HTML) -> HTML { HTML([left, right]) }

  static func += (left: inout HTML, right: HTML) { left.markup += right.markup }

  /// Collects the parts of a literal.
  struct Interpolation: StringInterpolationProtocol {
    fileprivate var markup = ""

    init(literalCapacity: Int, interpolationCount: Int) { markup.reserveCapacity(literalCapacity * 2) }

    mutating func appendLiteral(_ literal: StaticString) { markup += literal.description }

    /// Text, for between tags and for an attribute's value in quotes.
    mutating func appendInterpolation(_ text: String) { markup += HTMLText.escaped(text) }

    mutating func appendInterpolation(_ number: some BinaryInteger) { markup += String(number) }

    mutating func appendInterpolation(_ html: HTML) { markup += html.markup }

    mutating func appendInterpolation(_ pieces: [HTML]) { for piece in pieces { markup += piece.markup } }
  }
}

extension Sequence {
  /// A piece of HTML for each element.
  func html(_ piece: (Element) -> HTML) -> HTML { HTML(map(piece)) }
}
