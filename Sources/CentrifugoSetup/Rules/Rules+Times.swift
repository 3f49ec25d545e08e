// Times and sizes.
extension Rule {
  static let times: [Rule] = [
    Rule("concurrency", .high, "Commands of one client overtake each other") { setup, expected in
      let count = setup["client.concurrency"]
      guard count.integer > 1 else { return [] }
      return [
        Remark(
          count,
          why: "Centrifugo then throws away the reply to a hook whose client is gone: its message is stored and "
            + (expected.delivery == .direct ? "not broadcast" : "broadcast by the outbox alone")
            + ". One client's messages can be stored in another order than it sent them.",
          mend: "Remove it; the default is 0, one command after the other.")
      ]
    },
    Rule("late-removal", .medium, "A removed member listens for long") { setup, _ in
      let delay = setup["client.expired_sub_close_delay"]
      let tick = setup["client.presence_update_interval"]
      let late = delay.duration(or: .seconds(25)) + tick.duration(or: .seconds(27))
      guard late > .seconds(30) else { return [] }
      return [
        Remark(
          delay.duration(or: .seconds(25)) > .seconds(5) ? delay : tick,
          why: "sub_refresh is asked at the first presence tick (client.presence_update_interval, default 27s) after a "
            + "subscription's end and client.expired_sub_close_delay (default 25s): up to \(late.text) late. Where the "
            + "outbox's unsubscribe did not arrive, a removed member listens for that much longer.",
          mend: #""expired_sub_close_delay": "1s" and "presence_update_interval": "10s""#)
      ]
    },
    Rule("zero-duration", .medium, "0 stands for the default, not for at once") { setup, _ in
      setup.keys.compactMap { key in
        guard case .duration(let fallback?) = key.kind, key.spot.isThere, key.spot.duration == .zero,
          GoDuration(key.spot.text) != nil || key.spot.text.isEmpty == false && key.spot.integer == 0
        else { return nil }
        guard key.problem == nil else { return nil }
        return Remark(
          key.spot, why: "Centrifugo takes a zero for a key that is not set: the default holds, which is \(fallback).",
          mend: #"The shortest time that you mean, such as "1s"; or remove it."#)
      }
    },
    Rule("bad-duration", .high, "A time is not what it looks like") { setup, _ in
      setup.keys.compactMap { key in
        guard case .duration = key.kind, let problem = key.problem else { return nil }
        return Remark(key.spot, why: problem, mend: #"A number with a unit, in quotes: "500ms", "10s", "5m", "24h"."#)
      }
    },
    Rule("message-size", .low, "A message that is too long ends the connection") { setup, expected in
      let limit = setup["websocket.message_size_limit"]
      let effective = limit.integer == 0 ? 65_536 : limit.integer
      guard !setup["websocket.disabled"].isOn, effective <= expected.bodyBytes else { return [] }
      return [
        Remark(
          limit,
          why:
            "The service takes requests of up to \(expected.bodyBytes) bytes and answers longer ones with error 413. Centrifugo "
            + "closes a connection that sends more than \(effective) bytes, and the SDK connects again.",
          mend: #"In websocket: "message_size_limit": \#(expected.bodyBytes * 2)"#)
      ]
    },
    Rule("log-level", .medium, "Centrifugo's log has texts of clients") { setup, _ in
      let level = setup["log.level"]
      let name = level.text.isEmpty ? "info" : level.text.lowercased()
      guard ["info", "debug", "trace"].contains(name) else { return [] }
      return [
        Remark(
          level,
          why: name == "trace"
            ? "At trace every command is logged whole: tokens, headers and messages."
            : "At \(name)\(level.isThere ? "" : ", the default,") each command that got an error is logged: texts of messages, and "
              + "the data of connect, in which a token may stand.",
          mend: #"In log: "level": "warn""#)
      ]
    },
  ]
}
