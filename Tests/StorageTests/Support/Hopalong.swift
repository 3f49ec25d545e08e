import Foundation
import Testing

@testable import Storage

/// A database with Hopalong's tables as Prisma makes them, and ProxyHooks' beside.
struct Hopalong {
  let url: String

  init(rides: Int = 0) throws {
    url = try TestServers.emptyDatabase()
    _ = try Migrator(
      url: url,
      triggerSettings: TriggerSettings(channelNames: try #require(.init(match: "ride", user: "user")))
    ).run()
    try run(Self.tables)
    for name in ["ann", "ben", "cal", "dan"] { try user(name) }
    for ride in 0..<rides { try self.ride("ride-\(ride)") }
  }

  @discardableResult
  func run(_ sql: String) throws -> PostgresResult {
    try TestServers.run("set search_path = public; \(sql)", on: url)
  }

  func number(_ sql: String) throws -> Int64 { try #require(try run(sql).integer(0, 0)) }

  /// The first column, a row a line.
  func lines(_ sql: String) throws -> [String] {
    let result = try run(sql)
    return (0..<result.rowCount).map { result.text($0, 0) ?? "null" }
  }

  /// Runs a file of the adapter's, on a connection whose search path holds nothing of the app's.
  func runFile(_ name: String) throws {
    let file = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "../../../docs/integrations/hopalong/\(name)")
    _ = try TestServers.run(try String(contentsOf: file, encoding: .utf8), on: url)
  }

  /// The import, as a statement of its own: it commits ride by ride.
  func bringIn(since: String = "-infinity") throws {
    _ = try TestServers.run("call proxyhooks_hopalong.import('\(since)')", on: url)
  }

  func user(_ id: String, level: Int = 0) throws {
    try run(
      """
      insert into "User" (id, "firstName", "lastName", "privacyLevel", "privateFName", "privateLName")
      values ('\(id)', '\(id)', 'Public', \(level), '\(id)', 'P.')
      """)
  }

  /// A ride of ann's on a route of its own.
  func ride(_ id: String, owner: String = "ann", made: String = "2025-03-10 12:00") throws {
    try run(
      """
      insert into "Route" (id, "creatorId") values ('route-\(id)', '\(owner)');
      insert into "Ride" (id, "primaryRouteId", "ownerId", "createdAt") values ('\(id)', 'route-\(id)', '\(owner)', '\(made)')
      """)
  }

  func message(_ id: String, in ride: String, from sender: String, _ content: String, at sentAt: String) throws {
    try run(
      """
      insert into "Message" (id, content, "senderId", "rideId", "sentAt")
      values ('\(id)', \(content), '\(sender)', '\(ride)', '\(sentAt)')
      """)
  }

  /// Who is in a match now, with roles; empty where nobody is, nil where there is no such match.
  func members(_ match: String) throws -> String? {
    guard try number("select count(*) from proxyhooks.route_match where id = '\(match)'") == 1 else { return nil }
    return try lines(
      """
      select user_id || ':' || role from proxyhooks.match_member where match_id = '\(match)' and left_at is null order by 1
      """
    ).joined(separator: " ")
  }

  func state(_ match: String) throws -> String? {
    try lines("select state from proxyhooks.route_match where id = '\(match)'").first
  }

  /// What Centrifugo was told since the last look: the method with the event's name or the unsubscribed user.
  func told() throws -> [String] {
    try lines(
      """
      with gone as (delete from proxyhooks.outbox returning id, method, payload)
      select concat_ws(' ', method, payload #>> '{data,event}', coalesce(payload #>> '{data,user}', payload ->> 'user'),
                       payload #>> '{data,text}') from gone order by id
      """)
  }

  private static let tables = """
    create table "User" (
      id text not null, "firstName" text not null, "lastName" text not null, password text not null default '',
      verified boolean not null default false, "session_token" text, "profilePic" text, email text not null default '',
      "privacyLevel" integer not null default 0, "privateFName" text not null default '',
      "privateLName" text not null default '', constraint "User_pkey" primary key (id));
    create table "Route" (
      id text not null, "creatorId" text not null, "startPlaceName" text not null default '',
      "endPlaceName" text not null default '', "startLat" double precision not null default 0,
      "startLon" double precision not null default 0, "endLat" double precision not null default 0,
      "endLon" double precision not null default 0, distance double precision not null default 0, "memberRideId" text,
      constraint "Route_pkey" primary key (id));
    create table "Ride" (
      id text not null, "primaryRouteId" text not null, "ownerId" text not null,
      start timestamp(3) without time zone not null default current_timestamp, "totalCost" double precision not null default 0,
      "createdAt" timestamp(3) without time zone not null default current_timestamp, constraint "Ride_pkey" primary key (id));
    create table "_RideMembers" ("A" text not null, "B" text not null, constraint "_RideMembers_AB_pkey" primary key ("A", "B"));
    create table "Message" (
      id text not null, content text not null, "senderId" text not null, "rideId" text not null,
      "sentAt" timestamp(3) without time zone not null default current_timestamp, constraint "Message_pkey" primary key (id));
    create unique index "Ride_primaryRouteId_key" on "Ride" ("primaryRouteId");
    create index "_RideMembers_B_index" on "_RideMembers" ("B");
    alter table "Route"
      add constraint "Route_creatorId_fkey" foreign key ("creatorId") references "User" (id) on delete cascade on update cascade,
      add constraint "Route_memberRideId_fkey" foreign key ("memberRideId") references "Ride" (id)
        on delete set null on update cascade;
    alter table "Ride"
      add constraint "Ride_primaryRouteId_fkey" foreign key ("primaryRouteId") references "Route" (id)
        on delete cascade on update cascade,
      add constraint "Ride_ownerId_fkey" foreign key ("ownerId") references "User" (id) on delete cascade on update cascade;
    alter table "_RideMembers"
      add constraint "_RideMembers_A_fkey" foreign key ("A") references "Ride" (id) on delete cascade on update cascade,
      add constraint "_RideMembers_B_fkey" foreign key ("B") references "User" (id) on delete cascade on update cascade;
    alter table "Message"
      add constraint "Message_senderId_fkey" foreign key ("senderId") references "User" (id) on delete cascade on update cascade,
      add constraint "Message_rideId_fkey" foreign key ("rideId") references "Ride" (id) on delete cascade on update cascade
    """
}
