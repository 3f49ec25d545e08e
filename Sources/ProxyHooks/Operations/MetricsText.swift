/// Writes Prometheus' text exposition format, version 0.0.4.
struct MetricsText {
  private(set) var text = ""
  private var name = ""

  /// Begins the series of one name.
  mutating func family(_ name: String, _ type: String, _ help: String) {
    self.name = name
    text += "# HELP \(name) \(help)\n# TYPE \(name) \(type)\n"
  }

  /// A value of the family; `labels` as they stand between the braces.
  mutating func sample(_ labels: String, _ value: some CustomStringConvertible) {
    line(name, labels, value)
  }

  /// A value of the family; the format has its own words for what is no number.
  mutating func sample(_ labels: String, _ value: Double) {
    let spelled = value.isNaN ? "NaN" : value.isInfinite ? (value < 0 ? "-Inf" : "+Inf") : "\(value)"
    line(name, labels, spelled)
  }

  /// A histogram of the family, in seconds.
  mutating func histogram(_ labels: String, _ histogram: Histogram) {
    let counts = histogram.counts
    var total: UInt64 = 0
    for (bound, count) in zip(Histogram.bounds, counts) {
      total += count
      line("\(name)_bucket", "\(labels),le=\"\(bound.seconds)\"", total)
    }
    total += counts.last ?? 0
    line("\(name)_bucket", "\(labels),le=\"+Inf\"", total)
    line("\(name)_sum", labels, Double(histogram.sum) / 1_000_000)
    line("\(name)_count", labels, total)
  }

  /// A label's value, quoted as the format wants it.
  static func escaped(_ value: String) -> String {
    var text = ""
    for scalar in value.unicodeScalars {
      switch scalar {
      case "\\": text += "\\\\"
      case "\"": text += "\\\""
      case "\n": text += "\\n"
      default: text.unicodeScalars.append(scalar)
      }
    }
    return text
  }

  private mutating func line(_ name: String, _ labels: String, _ value: some CustomStringConvertible) {
    text += labels.isEmpty ? "\(name) \(value)\n" : "\(name){\(labels)} \(value)\n"
  }
}
