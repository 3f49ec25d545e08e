import StrictJSON

/// Reads a hook's body as Centrifugo sends it: one strict parse, of which the client's own payload is a part.
///
/// Keys that no hook uses are passed over, as Centrifugo adds some from version to version.
struct HTTPHookRequestDecoder: Sendable {
  typealias Fault = HookFault

  /// The bounds of a body, and of what is in its `b64data`.
  let limits: JSONLimits

  /// Fills `request` from `body`. After an error `request` has what was read before it.
  func decode(_ body: [UInt8], into request: inout HookRequest) throws(Fault) {
    let root: JSON
    do { root = try JSON.parse(body, limits: limits) } catch { throw .notJSON(error) }
    guard let members = root.members else { throw .notObject }
    var fields = HookFields()
    var fault: Fault?
    for (key, value) in members {
      do throws(Fault) {
        try read(key, value, into: &fields)
      } catch {
        fault = error
        break
      }
    }
    do throws(Fault) {
      try fields.fill(&request, limits: limits)
    } catch {
      fault = fault ?? error
    }
    if let fault { throw fault }
  }

  private func read(_ key: String, _ value: JSON, into fields: inout HookFields) throws(Fault) {
    switch key {
    case "client": fields.client = try string(value, "client")
    case "encoding": fields.encoding = try string(value, "encoding")
    case "user": fields.user = try string(value, "user")
    case "channel": fields.channel = try string(value, "channel")
    case "method": fields.method = try string(value, "method")
    case "meta": fields.meta = value
    case "data": fields.data = value
    case "b64data": fields.base64 = try string(value, "b64data")
    default: break
    }
  }

  private func string(_ value: JSON, _ key: StaticString) throws(Fault) -> String {
    guard let text = value.string else { throw .wrongType(key) }
    return text
  }
}
