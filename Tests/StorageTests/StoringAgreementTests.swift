import Auth
import Testing

@testable import Storage

/// What `MessageWorker` decides, and what `proxyhooks.store_messages` does with the same messages in rooms that are twins.
@Suite("Storing here and in SQL")
struct StoringAgreementTests {
  /// The same numbers for the same seed (xorshift, Marsaglia 2003).
  private struct Chance: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
      state ^= state << 13
      state ^= state >> 7
      state ^= state << 17
      return state
    }
  }

  /// Two worlds with the same rooms, whose names differ in their first letter: of open matches, one of which somebody holds,
  /// of a closed one, and of one that does not exist.
  private struct Twins {
    let name = String(MessageID.random().description.prefix(8))
    let holder: PostgresConnection

    init() throws {
      holder = try PostgresConnection(url: try TestServers.database(), applicationName: "holder", by: .soon)
      for world in ["a", "b"] {
        for (room, state) in ["open", "open", "closed", "open"].enumerated() {
          let match = "\(world)-\(name)-\(room)"
          try TestServers.run(
            """
            insert into proxyhooks.route_match (id, state) values ('\(match)', '\(state)');
            insert into proxyhooks.match_member (match_id, user_id, role, left_at, muted_at, banned_at) values
              ('\(match)', 'alice', 'driver', null, null, null), ('\(match)', 'bob', 'rider', null, null, null),
              ('\(match)', 'mute', 'rider', null, now(), null), ('\(match)', 'left', 'rider', now(), null, null),
              ('\(match)', 'removed', 'rider', null, null, now())
            """)
        }
      }
      _ = try holder.run(
        script: """
          begin; select 1 from proxyhooks.chat_room where match_id in ('a-\(name)-3', 'b-\(name)-3') for no key update
          """, by: .soon)
    }

    func match(_ room: Int, in world: String) throws -> MatchID { try #require(MatchID("\(world)-\(name)-\(room)")) }

    /// What an hour in the life of a room leaves: messages that are edited, deleted, old, and one whose sender was erased.
    func age() throws {
      for (number, change) in [
        "edited_at = now(), text = 'edited'", "deleted_at = now(), text = null, lat = null, lon = null",
        "sent_at = sent_at - interval '5 minutes'",
        "sender = null, deleted_at = now(), text = null, lat = null, lon = null",
      ].enumerated() {
        try TestServers.run(
          """
          update proxyhooks.message set \(change)
           where match_id in ('a-\(name)-0', 'b-\(name)-0') and seq % 6 = \(number) and kind = 'text'
          """)
      }
    }

    /// The same in both worlds: without the world's letter and without moments.
    func blurred(_ text: String) -> String {
      text.replacing(/[ab]-(?=[0-9a-f]{8}-\d)/, with: "")
        .replacing(/"(sent|edited|deleted)_at":"[^"]*"/, with: "at")
    }

    /// The commands in the outbox whose message is not, to the byte, what SQL makes of its row, moments and all; of messages
    /// that have not been changed since.
    func unlikeTheirRows() throws -> [String] {
      let rows = try TestServers.run(
        """
        select o.payload::text
          from proxyhooks.outbox o
          join proxyhooks.message m on m.idempotency_key = (o.payload->>'idempotency_key')::uuid
         where m.match_id like 'a-\(name)-%' and o.payload->>'channel' = 'match:' || m.match_id and m.edited_at is null
           and m.deleted_at is null and m.sent_at > now() - interval '4 minutes'
           and (o.payload->'data')::text
                 is distinct from proxyhooks.message_json(m.id, m.seq, m.match_id, m.sender, m.kind, m.text, m.lat, m.lon,
                                                          m.sent_at, m.edited_at, m.deleted_at)
        """)
      return (0..<rows.rowCount).map { rows.text($0, 0) ?? "" }
    }

    /// All that is stored in a world.
    func contents(of world: String) throws -> [String] {
      let rows = try TestServers.run(
        """
        select r.match_id || ' ' || r.last_seq from proxyhooks.chat_room r where r.match_id like '\(world)-\(name)-%'
        union all
        select m.match_id || ' ' || m.seq || ' ' || m.id || ' ' || coalesce(m.sender, '') || ' ' || m.kind || ' '
                 || coalesce(m.text, '') || ' ' || coalesce(m.lat, 0) || ' ' || coalesce(m.lon, 0) || ' ' || m.idempotency_key
          from proxyhooks.message m where m.match_id like '\(world)-\(name)-%' order by 1
        """)
      let outbox = try TestServers.run(
        """
        select method || partition || payload::text from proxyhooks.outbox where partition > 0 and payload::text like '%:\(world)-\(name)-%'
         order by id
        """)
      return [rows, outbox].flatMap { result in (0..<result.rowCount).map { blurred(result.text($0, 0) ?? "") } }
    }
  }

  private static let contents: [NewMessage.Content] = [
    .text("one"), .text("é"), .text("e\u{301}"), .text("\u{1}\"\\\n\u{1F697}"),
    .location(latitude: 52.5, longitude: -1e-7),
    .location(latitude: 0, longitude: -0.0), .location(latitude: -0.0, longitude: 0),
  ]

  @Test("Messages of every fate end alike, are spelled alike and leave the same rows", arguments: 1...8)
  func agree(seed: UInt64) async throws {
    try await onOwnThread {
      let url = try TestServers.database()
      let twins = try Twins()
      let worker = try MessageWorker(
        PostgresSession.open(url: url, channelNames: .standard, statementMilliseconds: 8_000, by: .soon), by: .soon)
      let database = try PostgresConnection(url: url, applicationName: "test", by: .soon)
      _ = try database.run(script: "set timezone = 'UTC'; set extra_float_digits = 1", by: .soon)
      try database.prepare("store", Self.sql, by: .soon)
      var chance = Chance(state: seed &* 0x9E37_79B9_7F4A_7C15)
      let ids = (0..<14).map { _ in MessageID.random() }
      var names: Set<String> = []
      for round in 0..<24 {
        if round == 12 { try twins.age() }
        // A message alone is stored in another way.
        let count = Bool.random(using: &chance) ? 1 : Int.random(in: 2...24, using: &chance)
        let drafts = (0..<count).map { _ in
          // Of the first ones only, in the beginning, so that there are some that are new later.
          let id = Int.random(in: 0..<min(ids.count, 4 + round), using: &chance)
          // Mostly the same again, and else with one thing changed or both.
          let (isUsualSender, isUsualContent) = (
            Int.random(in: 0..<4, using: &chance) > 0, Int.random(in: 0..<4, using: &chance) > 0
          )
          return (
            room: [0, 0, 0, 1, 2, 3, 4].randomElement(using: &chance) ?? 0, id: ids[id],
            sender: isUsualSender
              ? "alice" : ["bob", "mute", "left", "removed", "stranger"].randomElement(using: &chance) ?? "",
            content: isUsualContent
              ? Self.contents[id % Self.contents.count] : Self.contents.randomElement(using: &chance) ?? .text(""),
            delivery: Delivery.allCases.randomElement(using: &chance) ?? .direct
          )
        }
        func jobs(in world: String) throws -> [MessageWorker.Job] {
          try drafts.map { draft in
            let message = NewMessage(
              match: try twins.match(draft.room, in: world), id: draft.id, sender: try user(draft.sender),
              content: draft.content)
            return MessageWorker.Job(
              message: message, guard: Policy.standard.guard(for: .publish), delivery: draft.delivery)
          }
        }
        let here = try jobs(in: "a")
        let result = worker.run(here, by: .soon, onceSent: {})
        guard case .done(let outcomes) = result else {
          Issue.record("not done: \(result)")
          return
        }
        let there = try database.execute(
          "store", Self.parameters(of: try jobs(in: "b"), keys: here.map(\.key)), by: .soon)
        try #require(there.rowCount == count)
        for (place, outcome) in outcomes.enumerated() {
          names.insert(outcome.name)
          #expect(outcome.facts == FactColumns.membership(there, row: place, from: 1))
          #expect(outcome.name.prefix(1) == there.text(place, 7) ?? "", "round \(round), \(drafts[place])")
          #expect(
            outcome.message.map { Array(twins.blurred(String(decoding: $0.json, as: UTF8.self)).utf8) }
              == there.text(place, 8).map { Array(twins.blurred($0).utf8) })
          if let key = outcome.message?.idempotencyKey { #expect(key == there.text(place, 9)) }
        }
      }
      #expect(try twins.unlikeTheirRows().isEmpty)
      let (here, there) = (try twins.contents(of: "a"), try twins.contents(of: "b"))
      #expect(
        here.map { Array($0.utf8) } == there.map { Array($0.utf8) },
        "\(zip(here, there).first { $0 != $1 } ?? ("", ""))")
      #expect(names == ["stored", "repeated", "old", "conflict", "denied", "busy"])
    }
  }

  private static let sql = """
    select place, match_state, role, has_left, is_muted, is_removed, is_banned, outcome, data, idempotency_key
      from proxyhooks.store_messages($1::text[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::float8[],
      $7::float8[], $8::uuid[], $9::boolean[], $10::text[]) order by place
    """

  private static func parameters(of batch: [MessageWorker.Job], keys: [MessageID]) -> PostgresParameters {
    var parameters = PostgresParameters()
    parameters.append(texts: batch.map(\.message.match.text))
    parameters.append(uuids: batch.map(\.message.id))
    parameters.append(texts: batch.map(\.message.sender.text))
    parameters.append(texts: batch.map { $0.message.content.kind })
    parameters.append(texts: batch.map { $0.message.content.text })
    parameters.append(doubles: batch.map { $0.message.content.latitude })
    parameters.append(doubles: batch.map { $0.message.content.longitude })
    parameters.append(uuids: keys)
    parameters.append(bools: batch.map(\.delivery.isInOutbox))
    parameters.append(texts: batch.map(\.guard.text))
    return parameters
  }
}
