import Logging
import Storage
import StrictJSON
import Testing

@testable import ProxyHooks

#if canImport(Glibc)
  import Glibc
#endif

@Suite struct OperationsLogTests {
  /// What `write` sent through a log output.
  private func lines(maximumBytes: Int = 1 << 20, _ write: (LogOutput) -> Void) throws -> [JSON] {
    var ends: [Int32] = [0, 0]
    try #require(pipe(&ends) == 0)
    defer { for end in ends { close(end) } }
    let output = LogOutput(descriptor: ends[1], maximumBytes: maximumBytes)
    write(output)
    output.flush()
    var bytes = [UInt8](repeating: 0, count: 65_536)
    let count = read(ends[0], &bytes, bytes.count)
    try #require(count > 0)
    try #require(bytes[count - 1] == UInt8(ascii: "\n"))
    return try bytes[..<(count - 1)].split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).map {
      try JSON.parse(Array($0))
    }
  }

  private let forgery = "a\n{\"level\":\"info\",\"message\":\"forged\"}\r\n\u{2028}\u{0}\u{1B}[31m\"\\"

  @Test("No value begins a line of its own or ends its string")
  func injection() throws {
    let lines = try lines { output in
      var logger = Logger(label: "l", factory: { JSONLogHandler(label: $0, output: output) })
      logger[metadataKey: forgery.replacing("\u{0}", with: "")] = "x"
      logger.info(
        "\(forgery.replacing("\u{0}", with: ""))", metadata: ["user": "\(forgery.replacing("\u{0}", with: ""))"])
      var request = HookRequest(kind: .publish, id: "1", deadline: Deadline(nanoseconds: 0))
      request.user = forgery.replacing("\u{0}", with: "")
      request.channel = request.user
      output.write(
        line: RecordLine.bytes(HookRecord(request, outcome: .deny, code: .denied, reason: "not_member"), at: .now))
    }
    #expect(lines.count == 2)
    #expect(lines[0]["user"]?.string == forgery.replacing("\u{0}", with: ""))
    #expect(lines[1]["user"]?.string == forgery.replacing("\u{0}", with: ""))
    #expect(lines[1]["hook"]?.string == "publish")
  }

  @Test("A line has time, level, logger, message and each piece of metadata under a key of its own")
  func fields() throws {
    let lines = try lines { output in
      var logger = Logger(
        label: "proxyhooks.test", factory: { JSONLogHandler(label: $0, output: output, level: .debug) })
      logger[metadataKey: "a"] = "old"
      logger.warning(
        "hello", metadata: ["a": "new", "message": "m", "n": ["x": ["y": "z"]], "l": ["1", "2"]])
      logger.trace("not written")
    }
    #expect(lines.count == 1)
    let line = lines[0]
    #expect(line["level"]?.string == "warning")
    #expect(line["logger"]?.string == "proxyhooks.test")
    #expect(line["message"]?.string == "hello")
    #expect(line["message_"]?.string == "m")
    #expect(line["a"]?.string == "new")
    #expect(line["n.x.y"]?.string == "z")
    #expect(line["l.1"]?.string == "2")
    #expect(line["time"]?.string?.wholeMatch(of: /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/) != nil)
  }

  @Test("A decision's line says who, what and why, and has no place for a payload or a token")
  func decision() throws {
    var request = HookRequest(kind: .publish, id: "abc-1", deadline: Deadline(nanoseconds: 0))
    request.user = "42"
    request.client = "c"
    request.clientAddress = "192.0.2.7"
    request.channel = "match:1"
    request.authorization = "Bearer s3cret"
    request.payload = .json(try JSON.parse(Array(#"{"text":"s3cret"}"#.utf8)))
    request.meta = try JSON.parse(Array(#"{"m":"s3cret"}"#.utf8))
    var record = HookRecord(request, outcome: .deny, code: .muted, reason: "muted", limiter: "local")
    record.durationMicroseconds = 1_234
    let time = UTCTime(seconds: 1_769_850_300, milliseconds: 7)
    #expect(
      String(decoding: RecordLine.bytes(record, at: time), as: UTF8.self)
        == #"{"time":"2026-01-31T09:05:00.007Z","id":"abc-1","hook":"publish","user":"42","client":"c","#
        + #""address":"192.0.2.7","channel":"match:1","outcome":"deny","code":"muted","reason":"muted","#
        + #""limiter":"local","us":{"all":1234}}"#)
    record.caller = "edge"
    record.match = "1"
    record.rule = "publish.muted"
    record.policy = "1a2b"
    record.facts = Array(#"{"role":"rider"}"#.utf8)
    record.shadow = (outcome: "allow", rule: "publish.rider")
    record.stages.token = 1
    record.stages.limits = 20
    record.stages.storage = 300
    #expect(
      String(decoding: RecordLine.bytes(record, at: time), as: UTF8.self)
        == #"{"time":"2026-01-31T09:05:00.007Z","id":"abc-1","hook":"publish","caller":"edge","user":"42","client":"c","#
        + #""address":"192.0.2.7","channel":"match:1","match":"1","outcome":"deny","code":"muted","reason":"muted","#
        + #""rule":"publish.muted","policy":"1a2b","facts":{"role":"rider"},"#
        + #""shadow":{"outcome":"allow","rule":"publish.rider"},"#
        + #""limiter":"local","us":{"all":1234,"token":1,"limits":20,"storage":300}}"#)
  }

  @Test("A client's text is cut in the log, wherever its characters end")
  func longText() throws {
    var request = HookRequest(kind: .publish, id: "1", deadline: Deadline(nanoseconds: 0))
    request.channel = String(repeating: "é", count: 30_000) + "x"
    request.user = "u" + request.channel
    let line = RecordLine.bytes(HookRecord(request, outcome: .deny, reason: "r"), at: .now)
    #expect(line.count < 1_000)
    #expect(throws: Never.self) { try JSON.parse(line) }
  }

  @Test("What is not seen in a client's text stands escaped in the line, and reads as it was")
  func unseen() throws {
    let hostile = "a\u{9D}0;b\u{9C}\u{202E}c\u{200B}\u{FEFF}\u{85}\u{E0001}é🚗\"\\"
    var request = HookRequest(kind: .publish, id: "1", deadline: Deadline(nanoseconds: 0))
    request.user = hostile
    let line = RecordLine.bytes(HookRecord(request, outcome: .deny, reason: "r"), at: .now)
    #expect(String(decoding: line, as: UTF8.self).unicodeScalars.allSatisfy { !$0.isUnseen })
    #expect(try JSON.parse(line)["user"]?.string == hostile)
  }

  @Test("A reader that has stopped costs lines and not time, and is told how many")
  func stoppedReader() throws {
    var ends: [Int32] = [0, 0]
    try #require(pipe(&ends) == 0)
    let output = LogOutput(descriptor: ends[1], maximumBytes: 10_000)
    let line = [UInt8](repeating: UInt8(ascii: "1"), count: 999)
    let start = ContinuousClock.now
    for _ in 0..<10_000 { output.write(line: line) }
    #expect(ContinuousClock.now - start < .seconds(1))
    #expect(fcntl(ends[0], F_SETFL, O_NONBLOCK) == 0)
    var text: [UInt8] = []
    var room = [UInt8](repeating: 0, count: 65_536)
    for _ in 0..<400 {
      let count = read(ends[0], &room, room.count)
      if count > 0 { text += room[..<count] } else { usleep(5_000) }
      if text.ends(with: "log lines lost") { break }
    }
    for end in ends { close(end) }
    let lines = text.split(separator: UInt8(ascii: "\n"))
    let loss = try #require(lines.first { $0.first == UInt8(ascii: "{") })
    let lost = try #require(try JSON.parse(Array(loss))["count"]?.integer)
    #expect(lost > 0)
    #expect(lines.filter { $0.first == UInt8(ascii: "1") }.allSatisfy { $0.count == 999 })
  }

  @Test(
    "Times are spelled by the calendar, before 1970 and on leap days too",
    arguments: [
      (0, "1970-01-01T00:00:00.000Z", "Thu, 01 Jan 1970 00:00:00 GMT"),
      (951_782_400, "2000-02-29T00:00:00.000Z", "Tue, 29 Feb 2000 00:00:00 GMT"),
      (1_709_210_096, "2024-02-29T12:34:56.000Z", "Thu, 29 Feb 2024 12:34:56 GMT"),
      (4_107_542_399, "2100-02-28T23:59:59.000Z", "Sun, 28 Feb 2100 23:59:59 GMT"),
      (4_107_542_400, "2100-03-01T00:00:00.000Z", "Mon, 01 Mar 2100 00:00:00 GMT"),
      (-1, "1969-12-31T23:59:59.000Z", "Wed, 31 Dec 1969 23:59:59 GMT"),
    ])
  func times(seconds: Int64, rfc3339: String, http: String) {
    #expect(UTCTime(seconds: seconds).rfc3339 == rfc3339)
    #expect(UTCTime(seconds: seconds).httpDate == http)
  }
}

extension [UInt8] {
  fileprivate func ends(with text: String) -> Bool {
    String(decoding: suffix(200), as: UTF8.self).contains(text) && last == UInt8(ascii: "\n")
  }
}
