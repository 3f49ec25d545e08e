import Storage

/// What is known of a hook's request before its bytes are looked at: which event, from whom, until when.
struct HookRoute: Sendable {
  var kind: HookKind
  var deadline: Deadline
  /// The reading of `CLOCK_MONOTONIC` when it came, in nanoseconds.
  var received: UInt64
  var authorization: String?
  var clientAddress: String?
  var caller: String
}

/// How often a header, or a key of a call's metadata, stands in a request, and its value where it stands once.
enum HeaderField {
  case absent
  case one(String)
  case several
}

/// The headers of a request that a hook uses, however the transport spells them.
protocol HookHeaders {
  /// The header `name`, for uses where a second value would let two readers take different ones.
  ///
  /// - Parameter name: in lower case, but for the one that the operator named.
  func only(_ name: String) -> HeaderField
}
