/// The parameters of one statement, encoded in PostgreSQL's binary format ("Binary format" of `array_send` and the
/// types' `_send` functions).
///
/// Values travel with their lengths, so a NUL can't cut one short as it does in libpq's text parameters; nothing is
/// quoted, so nothing can be quoted wrongly. All parameters share one buffer.
struct PostgresParameters {
  private(set) var bytes: [UInt8] = []
  /// Each parameter's place in ``bytes``; nil for NULL.
  private(set) var ranges: [Range<Int>?] = []

  init() { bytes.reserveCapacity(4_096) }

  /// `text[]`; nil elements become NULL.
  mutating func append(texts: [String?]) {
    appendArray(of: 25, count: texts.count) { parameters in
      for element in texts {
        guard var text = element else {
          parameters.appendInt32(-1)
          continue
        }
        text.withUTF8 { utf8 in
          parameters.appendInt32(Int32(utf8.count))
          parameters.bytes.append(contentsOf: utf8)
        }
      }
    }
  }

  /// `text[]` of what is UTF-8 already.
  mutating func append(utf8 texts: [[UInt8]]) {
    appendArray(of: 25, count: texts.count) { parameters in
      for text in texts {
        parameters.appendInt32(Int32(text.count))
        parameters.bytes.append(contentsOf: text)
      }
    }
  }

  /// `uuid[]`; nil elements become NULL.
  mutating func append(uuids: [MessageID?]) {
    appendArray(of: 2950, count: uuids.count) { parameters in
      for uuid in uuids {
        guard let uuid else {
          parameters.appendInt32(-1)
          continue
        }
        parameters.appendInt32(16)
        withUnsafeBytes(of: uuid.bytes) { parameters.bytes.append(contentsOf: $0) }
      }
    }
  }

  /// `float8[]`; nil elements become NULL.
  mutating func append(doubles: [Double?]) {
    appendArray(of: 701, count: doubles.count) { parameters in
      for double in doubles {
        guard let double else {
          parameters.appendInt32(-1)
          continue
        }
        parameters.appendInt32(8)
        parameters.appendInt64(Int64(bitPattern: double.bitPattern))
      }
    }
  }

  /// `bigint[]`; nil elements become NULL.
  mutating func append(integers: [Int64?]) { append(integers, of: 20) }

  /// `timestamptz[]`, in microseconds since the start of 2000 in UTC; nil elements become NULL.
  mutating func append(moments: [Int64?]) { append(moments, of: 1184) }

  private mutating func append(_ integers: [Int64?], of element: Int32) {
    appendArray(of: element, count: integers.count) { parameters in
      for integer in integers {
        guard let integer else {
          parameters.appendInt32(-1)
          continue
        }
        parameters.appendInt32(8)
        parameters.appendInt64(integer)
      }
    }
  }

  /// `date[]`, in days since the start of 2000.
  mutating func append(days: [Int32]) {
    appendArray(of: 1082, count: days.count) { parameters in
      for day in days {
        parameters.appendInt32(4)
        parameters.appendInt32(day)
      }
    }
  }

  /// `tid[]`.
  mutating func append(places: [RowPlace]) {
    appendArray(of: 27, count: places.count) { parameters in
      for place in places {
        parameters.appendInt32(6)
        parameters.appendInt32(Int32(bitPattern: place.block))
        withUnsafeBytes(of: place.item.bigEndian) { parameters.bytes.append(contentsOf: $0) }
      }
    }
  }

  /// `boolean[]`.
  mutating func append(bools: [Bool]) {
    appendArray(of: 16, count: bools.count) { parameters in
      for bool in bools {
        parameters.appendInt32(1)
        parameters.bytes.append(bool ? 1 : 0)
      }
    }
  }

  /// `text`; nil is NULL.
  mutating func append(text: String?) {
    append(text) { $0.bytes.append(contentsOf: $1.utf8) }
  }

  /// `uuid`.
  mutating func append(uuid: MessageID) {
    append(uuid) { parameters, uuid in
      withUnsafeBytes(of: uuid.bytes) { parameters.bytes.append(contentsOf: $0) }
    }
  }

  /// `float8`; nil is NULL.
  mutating func append(double: Double?) {
    append(double) { $0.appendInt64(Int64(bitPattern: $1.bitPattern)) }
  }

  /// `boolean`.
  mutating func append(_ bool: Bool) {
    append(bool) { $0.bytes.append($1 ? 1 : 0) }
  }

  /// `timestamptz`, in microseconds since the start of 2000 in UTC.
  mutating func append(moment: Int64) {
    append(moment) { $0.appendInt64($1) }
  }

  private mutating func append<Value>(_ value: Value?, _ body: (inout PostgresParameters, Value) -> Void) {
    guard let value else { return ranges.append(nil) }
    let start = bytes.count
    body(&self, value)
    ranges.append(start..<bytes.count)
  }

  /// One dimension, lower bound 1; the flag says only that NULLs may occur.
  private mutating func appendArray(of element: Int32, count: Int, _ body: (inout PostgresParameters) -> Void) {
    let start = bytes.count
    appendInt32(count == 0 ? 0 : 1)
    appendInt32(1)
    appendInt32(element)
    if count > 0 {
      appendInt32(Int32(clamping: count))
      appendInt32(1)
      body(&self)
    }
    ranges.append(start..<bytes.count)
  }

  private mutating func appendInt32(_ value: Int32) {
    withUnsafeBytes(of: value.bigEndian) { bytes.append(contentsOf: $0) }
  }

  private mutating func appendInt64(_ value: Int64) {
    withUnsafeBytes(of: value.bigEndian) { bytes.append(contentsOf: $0) }
  }
}
