import CZlib

/// Unpacks gzip (RFC 1952) within a bound.
///
/// Written here since what the transport has for it runs before anybody is known to be a caller, and never comes back from
/// a message that is cut (`Zlib.Decompressor` of grpc-swift-nio-transport 2.9.2).
enum Gzip {
  /// Why there is no result.
  enum Failure: Error {
    /// It is no gzip, is cut, or more follows it.
    case broken
    /// It is longer than it may be.
    case tooLong
  }

  /// Whether bytes begin as gzip does, which no protocol buffer does: there is no wire type 7.
  static func isGzip(_ bytes: [UInt8]) -> Bool { bytes.starts(with: [0x1F, 0x8B]) }

  /// What was packed.
  ///
  /// - Parameter limit: the most bytes that may be.
  static func unpacked(_ packed: [UInt8], atMost limit: Int) throws(Failure) -> [UInt8] {
    var stream = z_stream()
    // 16 more than the size of the window: gzip alone (zlib's manual, inflateInit2).
    guard inflateInit2_(&stream, MAX_WBITS + 16, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
      throw .broken
    }
    defer { inflateEnd(&stream) }
    var packed = packed
    var status = Z_DATA_ERROR
    // Both pointers are used within their closures alone. One call, with room for a byte too many: nothing to go on with.
    let bytes = [UInt8](unsafeUninitializedCapacity: limit + 1) { room, count in
      packed.withUnsafeMutableBufferPointer { input in
        stream.next_in = input.baseAddress
        stream.avail_in = UInt32(clamping: input.count)
        stream.next_out = room.baseAddress
        stream.avail_out = UInt32(clamping: room.count)
        status = inflate(&stream, Z_FINISH)
        count = room.count - Int(stream.avail_out)
      }
    }
    guard bytes.count <= limit else { throw .tooLong }
    guard status == Z_STREAM_END, stream.avail_in == 0 else { throw .broken }
    return bytes
  }
}
