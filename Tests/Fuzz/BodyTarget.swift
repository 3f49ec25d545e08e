import Auth
import Foundation
import Storage

@testable import ProxyHooks
@testable import StrictJSON

/// A hook's body: what the decoder takes out of it is what Foundation finds there, and no two readers see two requests.
enum BodyTarget {
  @Sendable static func run(_ input: [UInt8]) {
    var request = HookRequest(kind: .publish, id: "1", deadline: .after(milliseconds: 1_000))
    do throws(HTTPHookRequestDecoder.Fault) {
      try HTTPHookRequestDecoder(limits: .standard).decode(input, into: &request)
    } catch {
      for kind in HookKind.allCases { hold(Code.all.contains(error.code(in: kind)), "a fault has a code") }
      hold(!error.description.isEmpty, "a fault has a text")
      return
    }
    guard
      let reference = try? JSONSerialization.jsonObject(with: Data(input)), let members = reference as? [String: Any]
    else { return hold(false, "a body is an object to Foundation") }
    holdFields(request, members)
    holdPayload(request, members)
    holdMeta(request, members)
    if let user = UserID(request.user), case .match(let match)? = Channel(request.channel) {
      holdMessage(request.payload, sender: user, match: match)
    }
  }

  private static func holdFields(_ request: HookRequest, _ members: [String: Any]) {
    let fields = [
      ("client", request.client), ("user", request.user), ("channel", request.channel), ("method", request.method),
    ]
    for (key, value) in fields {
      guard let other = members[key] else {
        hold(value.isEmpty, "\(key) that is not there is empty")
        continue
      }
      hold((other as? String)?.isSameText(as: value) ?? false, "\(key) is what Foundation reads")
    }
    let encoding = members["encoding"] as? String ?? "json"
    hold(request.encoding.rawValue == encoding, "the encoding is what Foundation reads")
  }

  private static func holdPayload(_ request: HookRequest, _ members: [String: Any]) {
    let (data, base64) = (members["data"], members["b64data"])
    switch request.payload {
    case .absent: hold(data == nil && base64 == nil, "a payload that is there is seen")
    case .json(let json):
      if request.encoding == .json {
        guard let data, base64 == nil else { return hold(false, "JSON is in data") }
        json.holdSame(as: data)
      } else {
        guard let text = base64 as? String, data == nil, let bytes = Data(base64Encoded: text) else {
          return hold(false, "bytes are in b64data")
        }
        hold(bytes.base64EncodedString() == text, "bytes have one spelling")
        guard let again = try? JSON.parse(Array(bytes)) else { return hold(false, "what is in b64data is JSON") }
        hold(again.isSame(as: json), "the payload is what b64data spells")
      }
    case .unreadable: hold(request.encoding == .binary && base64 is String, "only bytes can be unreadable")
    }
  }

  private static func holdMeta(_ request: HookRequest, _ members: [String: Any]) {
    guard let json = request.meta else { return hold(members["meta"] == nil, "meta that is there is seen") }
    guard let other = members["meta"] else { return hold(false, "meta is there") }
    json.holdSame(as: other)
    guard let meta = ConnectionMeta(json) else { return }
    hold(json["proxyhooks"]?.integer == 1, "meta of ours says so")
    guard let written = try? JSON.parse(meta.json) else { return hold(false, "meta is written as JSON") }
    hold(ConnectionMeta(written) == meta, "meta comes back as it was given")
  }

  /// A message that is taken is one: its fields, and no others, each within its bounds.
  private static func holdMessage(_ payload: HookRequest.Payload, sender: UserID, match: MatchID) {
    let message: NewMessage
    do throws(Code) {
      message = try MessageRules(longestText: 20).message(from: payload, sender: sender, match: match)
    } catch {
      return hold(Code.all.contains(error) && !error.isTemporary, "a message that is none is refused for good")
    }
    guard case .json(let json) = payload else { return hold(false, "a message is JSON") }
    hold(message.id.description == json["id"]?.string?.lowercased(), "a message has the id it came with")
    hold(message.sender == sender && message.match == match, "a message is its sender's, in its room")
    let keys = json.members.map { $0.map(\.key) } ?? []
    switch message.content {
    case .text(let text):
      hold(Set(keys) == ["id", "kind", "text"] && json["kind"]?.string == "text", "a text has its fields alone")
      hold(json["text"]?.string.map { $0.utf8.elementsEqual(text.utf8) } ?? false, "a text is kept as it is")
      let scalars = text.unicodeScalars
      hold((1...20).contains(scalars.count), "a text's length")
      hold(!scalars.contains { $0.value < 0x20 && $0 != "\n" && $0 != "\t" }, "a text has no control characters")
      hold(!text.trimmingCharacters(in: .whitespacesAndNewlines).isEmpty, "a text is not blank")
    case .location(let latitude, let longitude):
      hold(Set(keys) == ["id", "kind", "lat", "lon"], "a place has its fields alone")
      hold((-90...90).contains(latitude) && (-180...180).contains(longitude), "a place is on Earth")
      hold(latitude == json["lat"]?.double && longitude == json["lon"]?.double, "a place is kept as it is")
    }
  }
}
