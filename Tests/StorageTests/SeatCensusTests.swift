import Auth
import Testing

@testable import Storage

@Suite("The count of members by seat")
struct SeatCensusTests {
  @Test("Present members are counted by role, state and muted; who left, was removed or is banned is not")
  func counts() throws {
    // Of this test alone, in a database that others use.
    let (one, other) = (try #require(MemberRole("census_one")), try #require(MemberRole("census_other")))
    try TestServers.run(
      """
      insert into proxyhooks.route_match (id, state) values ('census-1', 'open'), ('census-2', 'closed');
      insert into proxyhooks.user_ban (user_id, until) values ('census-banned', null), ('census-was', now() - interval '1 s');
      insert into proxyhooks.match_member (match_id, user_id, role, left_at, muted_at, banned_at) values
        ('census-1', 'census-a', 'census_one', null, null, null), ('census-2', 'census-a', 'census_one', null, null, null),
        ('census-1', 'census-b', 'census_one', null, null, null), ('census-1', 'census-c', 'census_one', null, now(), null),
        ('census-1', 'census-d', 'census_other', null, null, null), ('census-1', 'census-e', 'census_one', now(), null, null),
        ('census-1', 'census-f', 'census_one', null, null, now()),
        ('census-1', 'census-banned', 'census_one', null, null, null),
        ('census-1', 'census-was', 'census_other', null, null, null)
      """)
    let counts = try SeatCensus.count(url: try TestServers.database(), by: .after(milliseconds: 30_000))
    #expect(
      counts.filter { $0.key.role == one || $0.key.role == other } == [
        Seat(role: one, match: .open, isMuted: false): 2, Seat(role: one, match: .open, isMuted: true): 1,
        Seat(role: one, match: .closed, isMuted: false): 1, Seat(role: other, match: .open, isMuted: false): 2,
      ])
  }
}
