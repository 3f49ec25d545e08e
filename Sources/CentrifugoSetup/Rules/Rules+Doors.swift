// Other ways into Centrifugo: its server API, its console, and transports beside the usual ones.
extension Rule {
  static let doors: [Rule] = [
    Rule("api-insecure", .critical, "The server API is open") { setup, _ in
      let flag = setup["http_api.insecure"]
      guard flag.isOn, !setup["http_api.disabled"].isOn else { return [] }
      return [
        Remark(
          flag,
          why:
            "Whoever reaches the port publishes in every room, subscribes and disconnects everybody and reads every history, "
            + "without a key.",
          mend: "Remove it, and set CENTRIFUGO_HTTP_API_KEY.")
      ]
    },
    Rule("grpc-api-open", .critical, "The server API over gRPC is open") { setup, _ in
      let api = setup["grpc_api"]
      let isMutual = api["tls"]["enabled"].isOn && !api["tls"]["client_ca_pem"].text.isEmpty
      guard api["enabled"].isOn, api["key"].text.isEmpty, !isMutual else { return [] }
      return [
        Remark(
          api["key"],
          why: "Without a key the gRPC API asks nobody who they are, unlike the HTTP API: whoever reaches port "
            + "\(api["port"].integer == 0 ? 10_000 : api["port"].integer) publishes, subscribes and disconnects.",
          mend: "Remove grpc_api (the service does not use it), or set CENTRIFUGO_GRPC_API_KEY.")
      ]
    },
    Rule("grpc-api-clear", .medium, "The server API over gRPC is not encrypted") { setup, _ in
      let api = setup["grpc_api"]
      guard api["enabled"].isOn, !api["tls"]["enabled"].isOn, !Host.isLoopback(api["address"].text) else { return [] }
      return [
        Remark(
          api["tls"]["enabled"], why: "Its key and all that it is told can be read on the way.",
          mend: "Remove grpc_api (the service does not use it), bind it to 127.0.0.1, or enable grpc_api.tls.")
      ]
    },
    Rule("admin-insecure", .critical, "The admin console is open") { setup, _ in
      let admin = setup["admin"]
      guard admin["enabled"].isOn, admin["insecure"].isOn else { return [] }
      return [
        Remark(
          admin["insecure"],
          why: "Whoever reaches the port has the console and with it the server API, without a password.",
          mend: "Remove it, and set CENTRIFUGO_ADMIN_PASSWORD and CENTRIFUGO_ADMIN_SECRET.")
      ]
    },
    Rule("admin-external", .medium, "The admin console is on the clients' port") { setup, _ in
      let admin = setup["admin"]
      guard admin["enabled"].isOn, admin["external"].isOn else { return [] }
      return [
        Remark(
          admin["external"], why: "The password alone is between any client and the server API.",
          mend: "Remove it, and set http_server.internal_port.")
      ]
    },
    Rule("api-external", .low, "The server API is on the clients' port") { setup, _ in
      let flag = setup["http_api.external"]
      guard flag.isOn, !setup["http_api.disabled"].isOn else { return [] }
      return [
        Remark(
          flag, why: "The key alone is between any client and the server API.",
          mend: "Remove it, and set http_server.internal_port.")
      ]
    },
    Rule("internal-port", .info, "Clients and operators share a port") { setup, _ in
      let server = setup["http_server"]
      let port = server["port"].text.isEmpty ? "8000" : server["port"].text
      let isApart = !server["internal_port"].text.isEmpty && server["internal_port"].text != port
      guard !isApart, !Host.isLoopback(server["address"].text) else { return [] }
      return [
        Remark(
          server["internal_port"],
          why:
            "The server API, health, metrics and whatever else is enabled of its kind answer on the port that clients "
            + "connect to. Right if an edge lets /connection/ through and nothing else.",
          mend: #"In http_server: "internal_port": "9000", with an "internal_address""#)
      ]
    },
    Rule("debug-open", .medium, "Profiles are for everybody") { setup, _ in
      let flag = setup["debug.enabled"]
      guard flag.isOn else { return [] }
      return [
        Remark(
          flag,
          why:
            "Whoever reaches the port takes profiles and traces, without a password and at the expense of everybody's "
            + "messages.",
          mend: "Remove it.")
      ]
    },
    Rule("weak-key", .medium, "A key of the server can be guessed") { setup, _ in
      let keys = [
        (setup["http_api.key"], !setup["http_api.disabled"].isOn, 16),
        (setup["grpc_api.key"], setup["grpc_api.enabled"].isOn, 16),
        (setup["admin.password"], setup["admin.enabled"].isOn, 12),
        (setup["admin.secret"], setup["admin.enabled"].isOn, 16),
      ]
      return keys.filter { key, isUsed, least in
        isUsed && !key.text.isEmpty && !key.text.contains("${") && key.text.utf8.count < least
      }.map { key, _, least in
        Remark(
          key, why: "It has \(key.text.utf8.count) characters, and nothing limits how often somebody tries.",
          mend: "At least \(least), at random: `openssl rand -hex 32`.")
      }
    },
    Rule("uni-transport", .info, "Clients connect that can only listen") { setup, _ in
      ["uni_websocket", "uni_sse", "uni_http_stream", "uni_grpc"].map { setup[$0]["enabled"] }.filter(\.isOn).map {
        flag in
        Remark(
          flag,
          why:
            "A unidirectional client is in the channels that the connect hook gives it, which is its personal one: it can't "
            + "join a room, and no hook but connect and refresh is asked."
            + (flag.path.hasPrefix("uni_sse") ? " Its token stands in the URL, which edges log." : ""),
          mend: "Remove it unless such clients exist.")
      }
    },
    Rule("uni-grpc-clear", .medium, "Clients' tokens travel in clear") { setup, _ in
      let grpc = setup["uni_grpc"]
      guard grpc["enabled"].isOn, !grpc["tls"]["enabled"].isOn, !Host.isLoopback(grpc["address"].text) else {
        return []
      }
      return [
        Remark(
          grpc["tls"]["enabled"],
          why: "Unidirectional gRPC has a port of its own, which no edge for HTTP encrypts unless it is told to.",
          mend: "Bind it to 127.0.0.1 behind an edge, or enable uni_grpc.tls.")
      ]
    },
  ]
}
