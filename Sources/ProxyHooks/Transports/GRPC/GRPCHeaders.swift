import GRPCCore

/// A call's metadata, as the headers of a hook.
struct GRPCHeaders: HookHeaders {
  /// Where a ``GRPCStream`` says when the call came; what a caller sends of it is replaced.
  static let arrivalKey = "proxyhooks-arrival"

  let metadata: Metadata

  func only(_ name: String) -> HeaderField {
    var found: String?
    for (key, value) in metadata where key.isSameASCII(as: name) {
      // What is not text counts as one too many.
      guard found == nil, case .string(let text) = value else { return .several }
      found = text
    }
    return found.map(HeaderField.one) ?? .absent
  }

  /// The reading of `CLOCK_MONOTONIC` when the call came, in nanoseconds.
  var arrival: UInt64? {
    guard case .one(let text) = only(Self.arrivalKey) else { return nil }
    return UInt64(text)
  }

  /// The caller's own time for the call, in nanoseconds; nil where it gives none, or none that can be read.
  var timeout: UInt64? {
    guard case .one(let text) = only(GRPCTimeout.key) else { return nil }
    return GRPCTimeout.nanoseconds(text)
  }
}
