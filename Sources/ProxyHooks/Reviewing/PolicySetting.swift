import Auth
import Storage

/// One thing that a policy file says beside its rules: its key there, its value and what that means.
public struct PolicySetting: Hashable, Sendable {
  /// Which way a change of it goes.
  public enum Change: String, Sendable {
    /// Something that was let pass is not any more.
    case narrower
    /// Something is let pass that was not.
    case wider
    /// Neither can be said.
    case other
  }

  /// The key, such as `limits.rpc_user`.
  public let key: String
  /// The value as the file would have it.
  public let value: String
  /// What it is.
  public let meaning: String
  /// How much it lets pass, each number the more the wider; nil where that can't be compared.
  let width: [Double]?
  /// Whether it is a name, without which nothing is found: another one takes away what had the old one.
  let isName: Bool

  init(_ key: String, _ value: String, _ meaning: String, width: [Double]? = nil, isName: Bool = false) {
    self.key = key
    self.value = value
    self.meaning = meaning
    self.width = width
    self.isName = isName
  }

  /// How this differs from the same setting of another policy, which came before it; nil where it does not.
  func change(since old: PolicySetting) -> Change? {
    guard value != old.value else { return nil }
    if isName { return .narrower }
    guard let width, let before = old.width else { return .other }
    if zip(width, before).contains(where: { $0 < $1 }) { return .narrower }
    return zip(width, before).contains { $0 > $1 } ? .wider : .other
  }
}

extension PolicyDocument {
  /// Everything that the file says beside its roles and rules, defaults filled in, in the file's order.
  public var settings: [PolicySetting] { names + contents + spans + LimitName.allCases.map { limit($0) } }

  private var names: [PolicySetting] {
    [
      PolicySetting(
        "namespaces.room", namespaces.match, "a match's room is \(namespaces.match):<match id>", isName: true),
      PolicySetting(
        "namespaces.person", namespaces.user, "a person's own channel is \(namespaces.user):<user id>",
        isName: true),
    ]
  }

  private var contents: [PolicySetting] {
    let text = messages.kinds.contains(.text)
    let place = messages.kinds.contains(.location)
    return [
      PolicySetting(
        "messages.kinds.text", text ? "{characters: \(messages.longestText)}" : "refused",
        text ? "a text has at most \(messages.longestText) characters" : "no text may be sent",
        width: [text ? Double(messages.longestText) : 0]),
      PolicySetting(
        "messages.kinds.location", place ? "{}" : "refused", place ? "a place may be sent" : "no place may be sent",
        width: [place ? 1 : 0]),
      window("edit", windows.editSeconds), window("delete", windows.deleteSeconds),
      PolicySetting(
        "messages.delivery", delivery.rawValue,
        delivery == .direct ? "by the hook's reply alone" : "by the hook's reply and by the outbox, once",
        width: [delivery == .direct ? 0 : 1]),
    ]
  }

  private func window(_ word: String, _ seconds: Int64) -> PolicySetting {
    PolicySetting(
      "messages.\(word)", PolicyReader.span(seconds),
      seconds == 0 ? "nobody may \(word) a message" : "how long its sender may \(word) a message",
      width: [Double(seconds)])
  }

  private var spans: [PolicySetting] {
    [
      PolicySetting(
        "expiry.connection", PolicyReader.span(expiry.connectionSeconds),
        "how long a connection goes on before refresh is asked"),
      PolicySetting(
        "expiry.subscription", PolicyReader.span(expiry.subscriptionSeconds),
        "how long a subscription goes on before sub_refresh is asked"),
    ]
  }

  private func limit(_ name: LimitName) -> PolicySetting {
    let key = "limits.\(name.rawValue)"
    // No limit, and one that only counts, let pass whatever comes.
    let unlimited = [Double.infinity, .infinity]
    guard let limit = limits[name] else { return PolicySetting(key, "off", name.meaning, width: unlimited) }
    let rate = limit.rate
    let period = rate.periodMilliseconds
    let span = period % 1_000 == 0 ? PolicyReader.span(Int64(period / 1_000)) : "\(period)ms"
    guard limit.mode == .enforce else {
      return PolicySetting(key, "{rate: \(rate.count)/\(span), mode: shadow}", name.meaning, width: unlimited)
    }
    return PolicySetting(
      key, "\(rate.count)/\(span)", name.meaning,
      width: [Double(rate.count), Double(rate.count) / Double(period)])
  }
}

extension LimitName {
  /// What is counted.
  public var meaning: String {
    switch self {
    case .connectAddress: "connect, for each client address"
    case .connectUser: "connect, for each user"
    case .subscribeUser: "subscribe, for each user"
    case .publishUser: "publish and chat:send, for each user in all rooms"
    case .publishRoom: "publish and chat:send, for each user in one room"
    case .rpcUser: "rpc, for each user"
    case .reportUser: "chat:report, for each user"
    case .typingRoom: "chat:typing, for each user in one room"
    }
  }
}
