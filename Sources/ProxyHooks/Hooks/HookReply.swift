/// What the service answers, in one shape for every transport.
///
/// There is no empty reply: every case carries what an allowing answer must have, since Centrifugo takes `{}` as leave to
/// subscribe and publish, and a missing `expire_at` as for ever.
public enum HookReply: Sendable {
  case connect(Connect)
  case refresh(Refresh)
  case subscribe(Subscribe)
  case subRefresh(Refresh)
  case publish(Publish)
  case rpc(RPC)
  /// Centrifugo passes the error to the client. Never for refresh and sub_refresh, which ignore it.
  case error(Code)
  /// Centrifugo ends the connection. Never for refresh and sub_refresh, which ignore it.
  case disconnect(Code)

  /// JSON text, as bytes; transports send it as it is.
  public typealias JSONText = [UInt8]

  /// A connection let in.
  public struct Connect: Sendable {
    /// The user the connection is for; never empty.
    public var user: String
    /// When Centrifugo asks refresh, in Unix seconds.
    public var expireAt: Int64
    /// Shown to others in presence and join events.
    public var info: JSONText
    /// Kept by Centrifugo and sent with later hooks, never to the client.
    public var meta: JSONText
    /// Channels the server subscribes the connection to.
    public var channels: [String]
  }

  /// A connection or subscription looked at again.
  public enum Refresh: Sendable {
    /// It ends.
    case expired
    /// It goes on; asked again at the Unix second given.
    case goesOn(expireAt: Int64)
  }

  /// A subscription let in.
  public struct Subscribe: Sendable {
    /// When Centrifugo asks sub_refresh, in Unix seconds.
    public var expireAt: Int64
    /// Shown to others in the channel's presence and join events.
    public var info: JSONText
    /// Given to the client with the subscription.
    public var data: JSONText
  }

  /// A message stored, to be broadcast.
  public struct Publish: Sendable {
    /// The message as everybody gets it.
    public var data: JSONText
    /// Makes Centrifugo broadcast it once, however often it is told to.
    public var idempotencyKey: String
  }

  /// An rpc's result.
  public struct RPC: Sendable {
    /// The method's result.
    public var data: JSONText
  }
}
