public import Storage
public import StrictJSON

/// What Centrifugo asks, in one shape for every transport and every event.
///
/// A transport fills it from its own bytes and judges nothing but their form; fields an event does not have stay empty.
public struct HookRequest: Sendable {
  /// How the client's own bytes travel in the hook.
  public enum Encoding: String, Sendable {
    /// `data` is JSON, in place.
    case json
    /// `b64data` is base64 of the client's bytes.
    case binary
  }

  /// The client's own payload (`data` or `b64data`), parsed once.
  public enum Payload: Sendable {
    /// The client sent none.
    case absent
    /// Strictly parsed JSON.
    case json(JSON)
    /// Bytes that are no strict JSON, or no base64: no hook of ours can use them. The field is the one at fault, where
    /// it is known (``JSONError/key``).
    case unreadable(field: String?)
  }

  /// Which event.
  public var kind: HookKind
  /// A number for this request in the log; made by the transport.
  public var id: String
  /// Who asks, for the log: the name in the caller's certificate, or which secret it presented.
  public var caller = ""
  /// Centrifugo's id of the connection.
  public var client = ""
  /// How replies carry bytes: as the request does.
  public var encoding = Encoding.json
  /// The user Centrifugo has for the connection; empty on connect and for anonymous users.
  public var user = ""
  /// The channel of subscribe, sub_refresh and publish.
  public var channel = ""
  /// The method of rpc.
  public var method = ""
  /// The client's payload.
  public var payload = Payload.absent
  /// What connect's reply put into the connection, where `include_connection_meta` is on.
  public var meta: JSON?
  /// The value of a forwarded `Authorization` header, whole.
  public var authorization: String?
  /// The client's network address as a trusted edge forwarded it; empty where it forwarded none, nil unless the operator
  /// named the header.
  public var clientAddress: String?
  /// When the reply must be out.
  public var deadline: Deadline

  /// A request of which only the event is known.
  public init(kind: HookKind, id: String, deadline: Deadline) {
    self.kind = kind
    self.id = id
    self.deadline = deadline
  }
}
