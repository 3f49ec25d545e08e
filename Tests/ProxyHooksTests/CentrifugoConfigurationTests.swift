import Foundation
import StrictJSON
import Testing

/// `centrifugo/config.json` by itself: what it does not say is as much a part of it as what it says, since most ways past
/// the hooks are a key that somebody adds.
@Suite("Centrifugo's delivered configuration")
struct CentrifugoConfigurationTests {
  private let configuration: JSON

  init() throws {
    configuration = try JSON.parse(Array(try Repository.text(of: "centrifugo/config.json").utf8))
  }

  /// The value at a path of keys.
  private func value(_ path: String) throws -> JSON {
    try path.split(separator: ".").reduce(configuration) { json, key in
      try #require(json[String(key)], "\(path) is missing")
    }
  }

  private func keys(_ json: JSON) throws -> Set<String> { Set(try #require(json.members).map(\.key)) }

  private func namespaces(_ path: String) throws -> [String: JSON] {
    let all = try #require(try value(path).elements).map { (try #require($0["name"]?.string), $0) }
    return Dictionary(all, uniquingKeysWith: { first, _ in first })
  }

  @Test("No key is there that lets a client past the hooks, and none whose effect nobody has looked at")
  func keysThatAreThere() throws {
    let known: [(String, Set<String>)] = [
      ("", ["http_server", "health", "usage_stats", "log", "websocket", "client", "channel", "rpc", "consumers"]),
      ("client", ["allowed_origins", "expired_sub_close_delay", "presence_update_interval", "proxy"]),
      ("client.proxy", ["connect", "refresh"]), ("channel", ["proxy", "namespaces"]),
      ("channel.proxy", ["subscribe", "publish", "sub_refresh"]), ("rpc", ["proxy", "namespaces"]),
    ]
    for (path, allowed) in known { #expect(try keys(value(path)) == allowed, "\(path)") }
    let kept: Set = ["name", "history_size", "history_ttl", "force_recovery", "presence"]
    let hooks: Set = ["subscribe_proxy_enabled", "publish_proxy_enabled", "sub_refresh_proxy_enabled"]
    let namespaces = try namespaces("channel.namespaces")
    #expect(Set(namespaces.keys) == ["match", "user"])
    #expect(try keys(try #require(namespaces["match"])).isSubset(of: kept.union(hooks)))
    #expect(try keys(try #require(namespaces["user"])).isSubset(of: kept))
    #expect(try keys(try #require(self.namespaces("rpc.namespaces")["chat"])) == ["name", "proxy_enabled"])
  }

  @Test("The outbox is read, and what must not wait behind messages has a partition of its own with notification")
  func outbox() throws {
    let consumers = try #require(try value("consumers").elements.map { Array($0) })
    #expect(consumers.count == 1 && consumers.first?["enabled"]?.bool == true)
    let outbox = try #require(consumers.first?["postgresql"])
    #expect(outbox["outbox_table_name"]?.string == "proxyhooks.outbox")
    #expect(outbox["num_partitions"]?.integer == 2)
    #expect(outbox["partition_notification_channel"]?.string == "proxyhooks_outbox")
    #expect(outbox["dsn"]?.string == "postgresql://set-by-environment/")
  }

  @Test("Each hook is asked where its event can happen")
  func hooks() throws {
    for path in ["client.proxy.connect.enabled", "client.proxy.refresh.enabled"] {
      #expect(try value(path).bool == true)
    }
    let match = try #require(namespaces("channel.namespaces")["match"])
    for hook in ["subscribe", "publish", "sub_refresh"] { #expect(match["\(hook)_proxy_enabled"]?.bool == true) }
    #expect(try namespaces("rpc.namespaces")["chat"]?["proxy_enabled"]?.bool == true)
  }

  @Test(
    "Each hook carries the secret in a header that no client can set, and the meta that revocation needs",
    arguments: [
      "client.proxy.connect", "client.proxy.refresh", "channel.proxy.subscribe", "channel.proxy.publish",
      "channel.proxy.sub_refresh", "rpc.proxy",
    ])
  func proxy(path: String) throws {
    let isConnect = path == "client.proxy.connect"
    #expect(
      try value("\(path).http").rawText
        == #"{"static_headers": {"X-ProxyHooks-Secret": "${CENTRIFUGO_VAR_PROXYHOOKS_SECRET}"}}"#)
    let proxy = try value(path)
    #expect((proxy["include_connection_meta"]?.bool == true) == !isConnect)
    for list in ["http_headers", "emulated_headers"] {
      #expect(proxy[list]?.elements?.map(\.string) == (isConnect ? ["Authorization"] : nil), "\(list)")
    }
    let event = path.split(separator: ".").first == "rpc" ? "rpc" : String(path.split(separator: ".").last ?? "")
    #expect(proxy["endpoint"]?.string == "http://127.0.0.1:8080/centrifugo/\(event)")
    let known: Set = [
      "enabled", "endpoint", "timeout", "http_headers", "emulated_headers", "include_connection_meta", "http",
    ]
    #expect(try keys(proxy).isSubset(of: known))
  }

  @Test("The configuration for gRPC is the one for HTTP, but for how the hooks are called")
  func grpc() throws {
    var text = try Repository.text(of: "centrifugo/config.json")
    for event in ["connect", "refresh", "subscribe", "publish", "sub_refresh", "rpc"] {
      text = text.replacing("\"http://127.0.0.1:8080/centrifugo/\(event)\"", with: "\"grpc://127.0.0.1:8081\"")
    }
    text = text.replacing(
      #""http": {"static_headers": {"X-ProxyHooks-Secret""#,
      with: #""grpc": {"static_metadata": {"x-proxyhooks-secret""#)
    #expect(try Repository.text(of: "centrifugo/grpc.json") == text)
  }

  @Test("Pages of other origins are turned away, and logs have no text of a client's")
  func rest() throws {
    let origins = try #require(try value("client.allowed_origins").elements).map(\.string)
    #expect(!origins.isEmpty && origins.allSatisfy { $0?.hasPrefix("http") == true })
    #expect(try value("log.level").string == "warn")
    #expect(try value("http_server.address").string == "127.0.0.1")
    #expect(try value("usage_stats.disabled").bool == true)
    // 0s would be the default, which is longer.
    #expect(try value("client.expired_sub_close_delay").string == "1s")
  }
}

extension JSON {
  fileprivate var rawText: String { String(decoding: rawBytes, as: UTF8.self) }
}
