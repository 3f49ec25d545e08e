#if canImport(Glibc)
  import Glibc
#endif

/// A time of the wall clock, spelled in UTC. No calendar but the proleptic Gregorian one, no leap seconds.
struct UTCTime {
  /// Seconds since 1970-01-01T00:00:00Z.
  let seconds: Int64
  /// Milliseconds of the second, 0 to 999.
  let milliseconds: Int

  init(seconds: Int64, milliseconds: Int = 0) {
    self.seconds = seconds
    self.milliseconds = milliseconds
  }

  /// The reading of `CLOCK_REALTIME`.
  static var now: UTCTime {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return UTCTime(seconds: Int64(time.tv_sec), milliseconds: time.tv_nsec / 1_000_000)
  }

  /// RFC 3339, section 5.6, with milliseconds: `2026-01-31T09:05:00.123Z`.
  var rfc3339: String { String(decoding: rfc3339Bytes, as: UTF8.self) }

  /// The same, as bytes.
  var rfc3339Bytes: [UInt8] {
    let (date, time) = (date, time)
    var bytes: [UInt8] = []
    bytes.reserveCapacity(24)
    func append(_ number: Int, digits: Int) {
      var power = 1
      for _ in 1..<digits { power *= 10 }
      while power > 0 {
        bytes.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: number / power % 10))
        power /= 10
      }
    }
    let year = Int(clamping: date.year)
    if (0...9_999).contains(year) {
      append(year, digits: 4)
    } else {
      bytes += Array("\(year)".utf8)
    }
    for (separator, number) in [
      (UInt8(ascii: "-"), date.month), (UInt8(ascii: "-"), date.day), (UInt8(ascii: "T"), time.hour),
      (UInt8(ascii: ":"), time.minute), (UInt8(ascii: ":"), time.second),
    ] {
      bytes.append(separator)
      append(number, digits: 2)
    }
    bytes.append(UInt8(ascii: "."))
    append(milliseconds, digits: 3)
    bytes.append(UInt8(ascii: "Z"))
    return bytes
  }

  /// RFC 9110, section 5.6.7: `Sat, 31 Jan 2026 09:05:00 GMT`.
  var httpDate: String {
    let (date, time) = (date, time)
    let weekday = Self.weekdays[Int(floorMod(days + 4, 7))]
    let month = Self.months[date.month - 1]
    return
      "\(weekday), \(two(date.day)) \(month) \(date.year) \(two(time.hour)):\(two(time.minute)):\(two(time.second)) GMT"
  }

  private static let weekdays = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
  private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

  private var days: Int64 { (seconds - floorMod(seconds, 86_400)) / 86_400 }

  private var time: (hour: Int, minute: Int, second: Int) {
    let second = Int(floorMod(seconds, 86_400))
    return (second / 3_600, second / 60 % 60, second % 60)
  }

  // Years are counted from March, so that the leap day is a year's last; an era is 400 years, 146 097 days.
  private var date: (year: Int64, month: Int, day: Int) {
    let sinceEraZero = days + 719_468
    let dayOfEra = floorMod(sinceEraZero, 146_097)
    let era = (sinceEraZero - dayOfEra) / 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let marchMonth = (5 * dayOfYear + 2) / 153
    let day = Int(dayOfYear - (153 * marchMonth + 2) / 5 + 1)
    let month = Int(marchMonth < 10 ? marchMonth + 3 : marchMonth - 9)
    return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day)
  }

  private func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }

  private func floorMod(_ number: Int64, _ divisor: Int64) -> Int64 {
    let rest = number % divisor
    return rest < 0 ? rest + divisor : rest
  }
}
