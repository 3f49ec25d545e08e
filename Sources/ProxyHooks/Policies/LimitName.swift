/// The rate limits there are. The words are those of the policy file and the log.
public enum LimitName: String, CaseIterable, Sendable {
  /// connect, for each forwarded client address.
  case connectAddress = "connect_address"
  /// connect, for each user.
  case connectUser = "connect_user"
  /// subscribe, for each user.
  case subscribeUser = "subscribe_user"
  /// publish and chat:send, for each user in all rooms.
  case publishUser = "publish_user"
  /// publish and chat:send, for each user in one room.
  case publishRoom = "publish_room"
  /// rpc, for each user.
  case rpcUser = "rpc_user"
  /// chat:report, for each user; each call counts as an rpc too.
  case reportUser = "report_user"
  /// chat:typing, for each user in one room; each call counts as an rpc too.
  case typingRoom = "typing_room"
}
