import StrictJSON

/// Parses the UTF-8 of `text`.
func parse(_ text: String, limits: JSONLimits = .standard) throws(JSONError) -> JSON {
  try JSON.parse(Array(text.utf8), limits: limits)
}

/// Why `bytes` are refused; nil where they are accepted.
func refusal(of bytes: [UInt8], limits: JSONLimits = .standard) -> JSONError? {
  do {
    _ = try JSON.parse(bytes, limits: limits)
    return nil
  } catch {
    return error
  }
}

/// Why the UTF-8 of `text` is refused; nil where it is accepted.
func refusal(of text: String, limits: JSONLimits = .standard) -> JSONError? {
  refusal(of: Array(text.utf8), limits: limits)
}
