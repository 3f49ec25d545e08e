-- Takes install.sql back: the app's tables are as they were. What stays is ProxyHooks' own: the matches, members, rooms and
-- messages in the schema proxyhooks, which the service goes on serving as they are now.
begin;
set local lock_timeout = '5s';
set local client_min_messages = warning;

drop trigger if exists proxyhooks_ride on public."Ride";
drop trigger if exists proxyhooks_rides_truncated on public."Ride";
drop trigger if exists proxyhooks_members_come on public."_RideMembers";
drop trigger if exists proxyhooks_members_moved on public."_RideMembers";
drop trigger if exists proxyhooks_members_gone on public."_RideMembers";
drop trigger if exists proxyhooks_members_truncated on public."_RideMembers";
drop trigger if exists proxyhooks_user on public."User";
drop trigger if exists proxyhooks_messages on public."Message";
drop schema if exists proxyhooks_hopalong cascade;

commit;
