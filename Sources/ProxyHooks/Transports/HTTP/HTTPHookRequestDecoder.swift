import StrictJSON

/// Reads a hook's body as Centrifugo sends it: one strict parse, of which the client's own payload is a part.
///
/// Keys that no hook uses are passed over, as Centrifugo adds some from version to version.
struct HTTPHookRequestDecoder: Sendable {
  /// Why a body is no hook's request. Says nothing of what is in it.
  enum Fault: Error, CustomStringConvertible {
    case notJSON(JSONError)
    case notObject
    case wrongType(StaticString)
    case unknownEncoding
    case misplacedData

    /// The code for a client whose payload made the body what it is.
    func code(in kind: HookKind) -> Code {
      if case .notJSON(let error) = self { Code(unreadable: error.key, in: kind) } else { .badRequest }
    }

    var description: String {
      switch self {
      case .notJSON(let error): "body: \(error)"
      case .notObject: "body: no object"
      case .wrongType(let key): "body: wrong type of \(key)"
      case .unknownEncoding: "body: unknown encoding"
      case .misplacedData: "body: data where the encoding wants b64data, or the other way round"
      }
    }
  }

  /// The bounds of a body, and of what is in its `b64data`.
  let limits: JSONLimits

  /// Fills `request` from `body`. After an error `request` has what was read before it.
  func decode(_ body: [UInt8], into request: inout HookRequest) throws(Fault) {
    let root: JSON
    do { root = try JSON.parse(body, limits: limits) } catch { throw .notJSON(error) }
    guard let members = root.members else { throw .notObject }
    var data: JSON?
    var base64: String?
    for (key, value) in members {
      switch key {
      case "client": request.client = try string(value, "client")
      case "encoding":
        guard let encoding = HookRequest.Encoding(rawValue: try string(value, "encoding")) else {
          throw .unknownEncoding
        }
        request.encoding = encoding
      case "user": request.user = try string(value, "user")
      case "channel": request.channel = try string(value, "channel")
      case "method": request.method = try string(value, "method")
      case "meta":
        guard value.kind == .object else { throw .wrongType("meta") }
        request.meta = value
      case "data": data = value
      case "b64data": base64 = try string(value, "b64data")
      default: break
      }
    }
    request.payload = try payload(data, base64, request.encoding)
  }

  private func payload(
    _ data: JSON?, _ base64: String?, _ encoding: HookRequest.Encoding
  ) throws(Fault) -> HookRequest.Payload {
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

  private func string(_ value: JSON, _ key: StaticString) throws(Fault) -> String {
    guard let text = value.string else { throw .wrongType(key) }
    return text
  }
}
