import Auth

@testable import ProxyHooks

/// The request by which a person does what a policy speaks of.
extension HookCase {
  init(_ operation: Auth.Operation, given facts: Facts) {
    self.init(kind: .rpc, method: operation.rawValue, given: facts)
    switch operation {
    case .connect: (kind, method, data) = (.connect, "", #"{"token":"{token}"}"#)
    case .refresh: (kind, method, meta) = (.refresh, "", Self.connection)
    case .subscribe: (kind, method, channel) = (.subscribe, "", "match:{match}")
    case .subRefresh: (kind, method, channel, meta) = (.subRefresh, "", "match:{match}", Self.connection)
    case .publish: (kind, method, channel, data) = (.publish, "", "match:{match}", "{\(Self.new)}")
    case .send: data = #"{"match":"{match}",\#(Self.new)}"#
    case .history, .presence, .typing: data = #"{"match":"{match}"}"#
    case .rooms: data = "{}"
    case .read: data = #"{"match":"{match}","seq":1}"#
    case .edit: data = #"{"match":"{match}","id":"{message}","text":"after"}"#
    case .delete: data = #"{"match":"{match}","id":"{message}"}"#
    case .report: data = #"{"match":"{match}","id":"{message}","reason":"spam"}"#
    case .block, .unblock: data = #"{"user":"somebody"}"#
    }
  }

  private static let connection = #"{"proxyhooks":1,"jti":"{jti}","iat":{iat}}"#
  private static let new = #""id":"0f3c1d5e-0001-4a00-8000-000000000099","kind":"text","text":"hello""#
}
