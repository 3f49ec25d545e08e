import Foundation

@testable import CentrifugoSetup

/// Files of the checkout that the tests were built from.
enum Repository {
  static let root = URL(filePath: #filePath).appending(path: "../../..").standardized

  static func bytes(of path: String) throws -> [UInt8] { Array(try Data(contentsOf: root.appending(path: path))) }

  static func text(of path: String) throws -> String { String(decoding: try bytes(of: path), as: UTF8.self) }

  /// Where the configuration is that is shipped.
  static func path(of transport: SetupPlan.Transport) -> String {
    transport == .http ? "centrifugo/config.json" : "centrifugo/grpc.json"
  }

  /// The configuration that is shipped.
  static func shipped(_ transport: SetupPlan.Transport = .http) throws -> SetupValue {
    try SetupForm.json.read(bytes(of: path(of: transport)))
  }
}

extension SetupForm {
  func read(_ text: String) throws(SetupFault) -> SetupValue { try read(Array(text.utf8)) }
}

extension SetupValue {
  /// The value with a JSON merge patch applied (RFC 7396).
  func patched(_ patch: SetupValue) -> SetupValue {
    guard let changes = patch.members else { return patch }
    var members = self.members ?? []
    for change in changes {
      let index = members.firstIndex { $0.key == change.key }
      if change.value.content == .null {
        if let index { members.remove(at: index) }
      } else if let index {
        members[index].value = members[index].value.patched(change.value)
      } else {
        members.append(Member(key: change.key, value: SetupValue(.null).patched(change.value)))
      }
    }
    return SetupValue(.object(members), origin)
  }
}
