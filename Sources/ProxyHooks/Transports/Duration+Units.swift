extension Duration {
  /// The duration in whole milliseconds, cut off; 0 where it is negative.
  var milliseconds: Int {
    let (seconds, attoseconds) = components
    guard seconds >= 0, attoseconds >= 0 else { return 0 }
    let (whole, overflow) = seconds.multipliedReportingOverflow(by: 1_000)
    return overflow ? Int(Int32.max) : Int(clamping: min(whole, Int64(Int32.max)) + attoseconds / 1_000_000_000_000_000)
  }
}
