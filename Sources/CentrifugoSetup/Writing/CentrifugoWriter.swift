/// Writes a configuration for Centrifugo 6.9 that the rules find nothing wrong with.
public enum CentrifugoWriter {
  /// The configuration in JSON, with a newline at its end. The same plan gives the same text.
  public static func text(for plan: SetupPlan) -> String { JSONPage.text(of: configuration(plan)) + "\n" }

  private static func configuration(_ plan: SetupPlan) -> JSONPage {
    let expected = plan.expectations
    return .object([
      ("http_server", .object([("address", "127.0.0.1"), ("port", 8000)])),
      ("health", .object([("enabled", true)])),
      ("usage_stats", .object([("disabled", true)])),
      ("log", .object([("level", "warn")])),
      ("websocket", .object([("message_size_limit", .integer(expected.bodyBytes * 2))])),
      (
        "client",
        .object([
          ("allowed_origins", .array(plan.origins.map { .string($0) })),
          ("expired_sub_close_delay", "1s"),
          ("presence_update_interval", "10s"),
          ("proxy", .object([("connect", proxy(.connect, plan)), ("refresh", proxy(.refresh, plan))])),
        ])
      ),
      ("channel", channel(plan)),
      (
        "rpc",
        .object([
          ("proxy", proxy(.rpc, plan)),
          (
            "namespaces",
            .array(expected.rpcNamespaces.map { .object([("name", .string($0)), ("proxy_enabled", true)]) })
          ),
        ])
      ),
      ("consumers", .array([consumer(expected)])),
    ])
  }

  private static func channel(_ plan: SetupPlan) -> JSONPage {
    let room: [(String, JSONPage)] = [
      ("name", .string(plan.expectations.roomNamespace)), ("subscribe_proxy_enabled", true),
      ("publish_proxy_enabled", true), ("sub_refresh_proxy_enabled", true), ("history_size", 100),
      ("history_ttl", "300s"), ("force_recovery", true), ("presence", true),
    ]
    let personal: [(String, JSONPage)] = [
      ("name", .string(plan.expectations.personalNamespace)), ("history_size", 100), ("history_ttl", "24h"),
      ("force_recovery", true),
    ]
    let hooks = [HookEvent.subscribe, .publish, .subRefresh]
    return .object([
      ("proxy", .object(hooks.map { ($0.rawValue, proxy($0, plan)) })),
      ("namespaces", .array([.object(room), .object(personal)])),
    ])
  }

  private static func proxy(_ event: HookEvent, _ plan: SetupPlan) -> JSONPage {
    let expected = plan.expectations
    var members: [(String, JSONPage)] = []
    if event == .connect || event == .refresh { members.append(("enabled", true)) }
    let isHTTP = plan.transport == .http
    members.append(("endpoint", .string(isHTTP ? "\(plan.endpoint)/centrifugo/\(event.rawValue)" : plan.endpoint)))
    members.append(("timeout", timeout(expected)))
    if event == .connect {
      let edge = expected.addressHeader.map { [JSONPage.string($0)] } ?? []
      members.append(("http_headers", .array(["Authorization"] + edge)))
      members.append(("emulated_headers", .array(["Authorization"])))
    } else {
      members.append(("include_connection_meta", true))
    }
    let secret = JSONPage.string("${CENTRIFUGO_VAR_PROXYHOOKS_SECRET}")
    var block: [(String, JSONPage)] =
      isHTTP
      ? [("static_headers", .object([(expected.secretHeader, secret)]))]
      : [("static_metadata", .object([(expected.secretHeader.lowercased(), secret)]))]
    if let tls = plan.tls { block.append(("tls", self.tls(tls))) }
    members.append((plan.transport.rawValue, .object(block)))
    return .object(members)
  }

  /// A second, or a tenth more than the service's deadline.
  private static func timeout(_ expected: SetupExpectations) -> JSONPage {
    let milliseconds = max(1_000, expected.deadlineMilliseconds + 100)
    return .string(milliseconds % 1_000 == 0 ? "\(milliseconds / 1_000)s" : "\(milliseconds)ms")
  }

  private static func tls(_ tls: SetupPlan.TLS) -> JSONPage {
    var members: [(String, JSONPage)] = [("enabled", true), ("server_ca_pem", .string(tls.authority))]
    if let identity = tls.identity {
      members += [("cert_pem", .string(identity.certificate)), ("key_pem", .string(identity.key))]
    }
    return .object(members)
  }

  private static func consumer(_ expected: SetupExpectations) -> JSONPage {
    .object([
      ("enabled", true), ("name", "outbox"), ("type", "postgresql"),
      (
        "postgresql",
        .object([
          ("dsn", "postgresql://set-by-environment/"),
          ("outbox_table_name", .string(expected.outboxTable)),
          ("num_partitions", .integer(expected.outboxPartitions + 1)),
          ("partition_select_limit", 1000),
          ("partition_poll_interval", "300ms"),
          ("partition_notification_channel", .string(expected.outboxChannel)),
        ])
      ),
    ])
  }
}
