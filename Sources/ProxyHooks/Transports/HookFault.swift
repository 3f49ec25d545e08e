import StrictJSON

/// Why a request is no hook's: its form is not what Centrifugo sends. Says nothing of what is in it.
enum HookFault: Error, CustomStringConvertible {
  case notJSON(JSONError)
  case notObject
  case notProtobuf
  case wrongType(StaticString)
  case notText(StaticString)
  case unknownEncoding
  case misplacedData
  case severalMessages

  /// The code for a client whose payload made the request what it is.
  func code(in kind: HookKind) -> Code {
    if case .notJSON(let error) = self { Code(unreadable: error.key, in: kind) } else { .badRequest }
  }

  var description: String {
    switch self {
    case .notJSON(let error): "body: \(error)"
    case .notObject: "body: no object"
    case .notProtobuf: "body: no protocol buffer"
    case .wrongType(let key): "body: wrong type of \(key)"
    case .notText(let key): "body: NUL in \(key)"
    case .unknownEncoding: "body: unknown encoding"
    case .misplacedData: "body: data where the encoding wants b64data, or the other way round"
    case .severalMessages: "body: several messages"
    }
  }
}
