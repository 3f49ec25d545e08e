import StrictJSON

/// What a transport read of a hook's request, named as Centrifugo names it and not judged yet.
struct HookFields {
  var client = ""
  /// Nil where the request says none, which means JSON.
  var encoding: String?
  var user = ""
  var channel = ""
  var method = ""
  var meta: JSON?
  var data: JSON?
  var base64: String?

  /// Fills `request`, which has what could be read even after an error.
  ///
  /// - Parameter limits: of what is in the base64.
  func fill(_ request: inout HookRequest, limits: JSONLimits) throws(HookFault) {
    request.client = client
    request.user = user
    request.channel = channel
    request.method = method
    if let encoding {
      guard let encoding = HookRequest.Encoding(rawValue: encoding) else { throw .unknownEncoding }
      request.encoding = encoding
    }
    if let meta {
      guard meta.kind == .object else { throw .wrongType("meta") }
      request.meta = meta
    }
    request.payload = try payload(in: request.encoding, limits)
  }

  private func payload(
    in encoding: HookRequest.Encoding, _ limits: JSONLimits
  ) throws(HookFault) -> HookRequest.Payload {
    switch (encoding, data, base64) {
    case (.json, let data?, nil): return .json(data)
    case (.binary, nil, let text?):
      guard let bytes = Base64.decode(text.utf8) else { return .unreadable(field: nil) }
      do throws(JSONError) {
        return .json(try JSON.parse(bytes, limits: limits))
      } catch {
        return .unreadable(field: error.key)
      }
    case (_, nil, nil): return .absent
    default: throw .misplacedData
    }
  }
}
