import Auth
import Storage

@testable import ProxyHooks

/// Names of channels, ids of people, matches and messages, and clients' addresses, each against a reading of its own
/// kind written apart.
///
/// The input is up to three lines: a name, and two namespaces in place of the usual ones.
enum ChannelTarget {
  @Sendable static func run(_ input: [UInt8]) {
    let lines = input.split(separator: 0x0A, maxSplits: 2, omittingEmptySubsequences: false).map(Array.init)
    let name = lines[0]
    let text = String(decoding: name, as: UTF8.self)
    // The hooks get a String from strict JSON; bytes that are none reach nothing.
    guard text.utf8.elementsEqual(name) else { return }
    var namespaces = Channel.Namespaces.standard
    if lines.count == 3 {
      let (match, user) = (lines[1], lines[2])
      let chosen = Channel.Namespaces(match: string(match), user: string(user))
      hold(
        (chosen != nil) == (Model.isID(string(match).utf8) && Model.isID(string(user).utf8) && match != user),
        "two different ids are namespaces, and nothing else is")
      if let chosen { namespaces = chosen }
    }
    holdChannel(text, namespaces)
    holdIDs(text)
    holdAddress(text)
  }

  private static func string(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

  private static func holdChannel(_ text: String, _ namespaces: Channel.Namespaces) {
    let channel = Channel(text, in: namespaces)
    switch (channel, Model.channel(text, namespaces.match, namespaces.user)) {
    case (nil, .none): break
    case (.match(let id)?, .match(let expected)): hold(id.text == expected, "the match of a room's name")
    case (.user(let id)?, .user(let expected)): hold(id.text == expected, "the user of a personal channel's name")
    default: hold(false, "a name is a channel of ours where the grammar says so")
    }
    if let channel {
      hold(channel.name(in: namespaces).utf8.elementsEqual(text.utf8), "a channel has one name")
    }
  }

  private static func holdIDs(_ text: String) {
    let isID = Model.isID(text.utf8)
    hold((UserID(text) != nil) == isID && (MatchID(text) != nil) == isID, "an id follows the grammar")
    if isID { hold(Channel("match:\(text)") == MatchID(text).map(Channel.match), "every match has its room") }
    let message = MessageID(text)
    hold((message != nil) == Model.isUUID(text.utf8), "a message's id is a UUID")
    if let message { hold(message.description == text.lowercased(), "a UUID is spelled in lower case") }
  }

  private static func holdAddress(_ text: String) {
    guard let counted = ClientAddress.counted(text) else { return }
    let characters = "0123456789abcdefABCDEF:.".utf8
    hold(text.utf8.allSatisfy(characters.contains), "an address has no other characters")
    if counted.hasSuffix("/64") {
      hold(counted.utf8.count == 19, "a network of IPv6 is 16 digits")
    } else {
      hold(counted.split(separator: ".", omittingEmptySubsequences: false).count == 4, "an IPv4 address has four parts")
      hold(ClientAddress.counted(counted) == counted, "an IPv4 address is counted as itself")
      hold(ClientAddress.counted("::ffff:\(counted)") == counted, "and so it is where IPv6 carries it")
    }
  }
}

/// The grammars as their documents say them, read in the plainest way.
private enum Model {
  enum Name { case match(String), user(String), none }

  static let letters = Set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._@-".utf8)
  static let digits = Set("0123456789abcdefABCDEF".utf8)

  static func isID(_ text: String.UTF8View) -> Bool {
    let bytes = Array(text)
    return bytes.count > 0 && bytes.count < 65 && bytes.allSatisfy(letters.contains)
  }

  /// Each colon is tried for the one between namespace and id.
  static func channel(_ text: String, _ match: String, _ user: String) -> Name {
    let bytes = Array(text.utf8)
    for end in bytes.indices where bytes[end] == UInt8(ascii: ":") {
      let id = String(decoding: bytes[(end + 1)...], as: UTF8.self)
      guard isID(id.utf8) else { continue }
      if bytes[..<end].elementsEqual(match.utf8) { return .match(id) }
      if bytes[..<end].elementsEqual(user.utf8) { return .user(id) }
    }
    return .none
  }

  static func isUUID(_ text: String.UTF8View) -> Bool {
    let groups = Array(text).split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
    return groups.map(\.count) == [8, 4, 4, 4, 12] && groups.allSatisfy { $0.allSatisfy(digits.contains) }
  }
}
