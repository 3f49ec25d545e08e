-- Feeds ProxyHooks' matches from Hopalong's tables. Run by a role that owns both; again after a new version of this file.
-- See README.md. Written for tables in the schema public; in another schema, replace `public.` throughout.
begin;
set local lock_timeout = '5s';
set local client_min_messages = warning;

create schema if not exists proxyhooks_hopalong;

-- The rides whose members and messages have been brought in. A ride that is made from now on is one of them at once.
create table if not exists proxyhooks_hopalong.imported_ride (
  ride_id     text primary key,
  imported_at timestamptz not null default now(),
  messages    bigint not null
);

-- What ProxyHooks takes for an id.
create or replace function proxyhooks_hopalong.fits(p_id text) returns boolean language sql immutable as $$
  select coalesce(p_id ~ '^[A-Za-z0-9._@-]{1,64}$', false)
$$;

-- A message's id: its own where that is a UUID, else one that is always made from it in the same way (RFC 9562, section 5.8).
create or replace function proxyhooks_hopalong.message_id(p_id text) returns uuid language sql immutable as $$
  select case when p_id ~* '^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$' then p_id::uuid
              else overlay(overlay(md5('hopalong message ' || p_id) placing '8' from 13) placing '8' from 17)::uuid end
$$;

-- A text as the chat's rules want it: lines end in a line feed, each other control character becomes U+FFFD, and what is
-- longer than 4000 characters is cut. Null where nothing can be seen in it.
create or replace function proxyhooks_hopalong.fit_text(p_text text) returns text language plpgsql immutable as $$
declare
  v_fit text := p_text;
begin
  if v_fit ~ '[\u0001-\u0008\u000B-\u001F\u007F-\u009F\uFDD0-\uFDEF\uFFFE\uFFFF]' then
    v_fit := regexp_replace(v_fit, '\r\n?', E'\n', 'g');
    v_fit := regexp_replace(v_fit, '[\u0001-\u0008\u000B-\u001F\u007F-\u009F\uFDD0-\uFDEF\uFFFE\uFFFF]', E'\uFFFD', 'g');
  end if;
  if v_fit !~ '[^\s\u00A0\u00AD\u034F\u061C\u1680\u180E\u2000-\u200F\u2028-\u202F\u205F-\u206F\u3000\uFE00-\uFE0F\uFEFF]' then
    return null;
  end if;
  return case when length(v_fit) > 4000 then left(v_fit, 3999) || '…' else v_fit end;
end $$;

-- The name that may be shown of a person: above privacy level 0 only the private one. Null where there is none to be seen.
create or replace function proxyhooks_hopalong.shown_name(p_level integer, p_first text, p_last text, p_private_first text,
                                                          p_private_last text)
returns text language sql immutable as $$
  select case when n.name ~ '[^ \u00A0\u3000]' then btrim(left(n.name, 100)) end
    from (select btrim(regexp_replace(case when p_level = 0 then concat_ws(' ', p_first, p_last)
                                           else concat_ws(' ', p_private_first, p_private_last) end,
                                      '[\s\u0001-\u001F\u007F-\u009F\u2028\u2029]+', ' ', 'g')) as name) n
$$;

-- Makes a ride's match what the app's tables say: who owns the ride drives, who stands in "_RideMembers" rides along,
-- and nobody else is in it. A ride that is gone is cancelled. Nothing happens for a ride that has no match.
-- Changes of one ride wait for each other here, before the app's tables are read in a new snapshot: two transactions that
-- each take half of a membership away leave none of it.
create or replace function proxyhooks_hopalong.sync_ride(p_ride text) returns void language plpgsql as $$
declare
  v_owner text;
begin
  perform from proxyhooks.route_match t where t.id = p_ride for no key update;
  if not found then return; end if;
  select r."ownerId" into v_owner from public."Ride" r where r.id = p_ride;
  if not found then
    perform proxyhooks.cancel_match(p_ride);
    return;
  end if;
  perform proxyhooks.leave_match(p_ride, k.user_id)
     from proxyhooks.match_member k
    where k.match_id = p_ride and k.left_at is null and k.user_id <> coalesce(v_owner, '')
      and not exists (select from public."_RideMembers" a where a."A" = p_ride and a."B" = k.user_id);
  perform proxyhooks.join_match(p_ride, w.id, case when w.id = v_owner then 'driver' else 'rider' end)
     from (select v_owner as id union select a."B" from public."_RideMembers" a where a."A" = p_ride) w
    where proxyhooks_hopalong.fits(w.id) order by w.id;
end $$;

-- Brings a ride in: match, members and the messages that are not in its room yet, in the order of "sentAt", numbered after
-- what the room has. Nobody is told of it, and to its members all of it is read. Returns the number of messages.
--   p_except  ids of messages that are left out, since their own trigger stores them
create or replace function proxyhooks_hopalong.import_ride(p_ride text, p_except text[] default '{}') returns bigint
language plpgsql set proxyhooks.importing = 'on' as $$
declare
  v_created timestamptz;
  v_first   timestamptz;
  v_last    bigint;
  v_period  date;
  v_count   bigint;
begin
  if not proxyhooks_hopalong.fits(p_ride) then return 0; end if;
  if exists (select from proxyhooks_hopalong.imported_ride i where i.ride_id = p_ride) then return 0; end if;
  perform pg_advisory_xact_lock(hashtext('proxyhooks_hopalong'), hashtext(p_ride));
  if exists (select from proxyhooks_hopalong.imported_ride i where i.ride_id = p_ride) then return 0; end if;
  select r."createdAt" at time zone 'UTC' into v_created from public."Ride" r where r.id = p_ride;
  if not found then return 0; end if;
  select min(m."sentAt") at time zone 'UTC' into v_first from public."Message" m where m."rideId" = p_ride;

  if proxyhooks.create_match(p_ride) then
    v_period := date_trunc('month', least(v_created, v_first) at time zone 'UTC')::date;
    -- A month that `proxyhooks prune` is dropping gets no room; it waits for this lock before it begins with one.
    lock table proxyhooks.ending_period in share mode;
    if exists (select from proxyhooks.ending_period e where e.period = v_period) then
      v_period := date_trunc('month', now() at time zone 'UTC')::date;
    end if;
    perform proxyhooks.make_period(v_period);
    update proxyhooks.route_match set created_at = v_created where id = p_ride;
    update proxyhooks.chat_room set period = v_period, created_at = v_created where match_id = p_ride;
  end if;
  perform proxyhooks_hopalong.sync_ride(p_ride);
  update proxyhooks.match_member set joined_at = v_created where match_id = p_ride and joined_at >= now();
  -- Whoever wrote and left is a former member: their messages are found by it when they want them erased.
  insert into proxyhooks.match_member (match_id, user_id, role, joined_at, left_at)
  select p_ride, m."senderId", 'rider', v_created, max(m."sentAt") at time zone 'UTC'
    from public."Message" m where m."rideId" = p_ride and proxyhooks_hopalong.fits(m."senderId")
   group by m."senderId"
  on conflict (match_id, user_id) do nothing;

  select r.period, r.last_seq into v_period, v_last from proxyhooks.chat_room r where r.match_id = p_ride for update;
  insert into proxyhooks.message (period, match_id, seq, id, sender, kind, text, sent_at, idempotency_key)
  select v_period, p_ride, v_last + row_number() over (order by n."sentAt", n.id), proxyhooks_hopalong.message_id(n.id),
         n."senderId", 'text', n.fit, date_trunc('milliseconds', n."sentAt" at time zone 'UTC'), gen_random_uuid()
    from (select m.*, proxyhooks_hopalong.fit_text(m.content) as fit from public."Message" m
           where m."rideId" = p_ride and m.id <> all (p_except) offset 0) n
   where n.fit is not null and proxyhooks_hopalong.fits(n."senderId")
     and not exists (select from proxyhooks.message o
                      where o.period = v_period and o.match_id = p_ride and o.id = proxyhooks_hopalong.message_id(n.id));
  get diagnostics v_count = row_count;
  update proxyhooks.chat_room set last_seq = v_last + v_count where match_id = p_ride;
  insert into proxyhooks.read_position (match_id, user_id, seq)
  select p_ride, k.user_id, v_last + v_count from proxyhooks.match_member k
   where k.match_id = p_ride and k.left_at is null and v_count > 0 and v_last = 0
  on conflict (match_id, user_id) do nothing;
  insert into proxyhooks_hopalong.imported_ride (ride_id, messages) values (p_ride, v_count);
  return v_count;
end $$;

-- Brings in every name, and every ride that is not here yet, each in a transaction of its own. It may be stopped and
-- called again, and the app may run.
--   p_since  rides without a message since, and made before, are passed over
create or replace procedure proxyhooks_hopalong.import(p_since timestamptz default '-infinity') language plpgsql as $$
declare
  v_ride  text;
  v_rides bigint := 0;
begin
  perform proxyhooks_hopalong.name_users(null);
  commit;
  for v_ride in
    select r.id from public."Ride" r
     where not exists (select from proxyhooks_hopalong.imported_ride i where i.ride_id = r.id)
       and proxyhooks_hopalong.fits(r.id)
       and (r."createdAt" at time zone 'UTC' >= p_since
            or exists (select from public."Message" m
                        where m."rideId" = r.id and m."sentAt" at time zone 'UTC' >= p_since))
     order by r.id
  loop
    perform proxyhooks_hopalong.import_ride(v_ride);
    commit;
    v_rides := v_rides + 1;
    if v_rides % 1000 = 0 then raise notice '% rides', v_rides; end if;
  end loop;
end $$;

-- What an import would do now, and what it would do to old messages.
create or replace view proxyhooks_hopalong.plan as
  select (select count(*) from public."Ride" r where proxyhooks_hopalong.fits(r.id)) as rides,
         count(*) filter (where p.fit is not null) as messages,
         count(*) filter (where p.fit is not null and p.fit is distinct from p.content and length(p.content) <= 4000)
           as mended,
         count(*) filter (where p.fit is not null and length(p.content) > 4000) as shortened,
         (select count(*) from proxyhooks_hopalong.imported_ride) as rides_done,
         (select coalesce(sum(i.messages), 0) from proxyhooks_hopalong.imported_ride i) as messages_done
    from (select m.content,
                 case when proxyhooks_hopalong.fits(m."rideId") and proxyhooks_hopalong.fits(m."senderId")
                      then proxyhooks_hopalong.fit_text(m.content) end as fit
            from public."Message" m offset 0) p;

-- What can't be brought in, and why.
create or replace view proxyhooks_hopalong.skipped as
  select 'Ride' as what, r.id, 'the id is none that ProxyHooks takes' as why
    from public."Ride" r where not proxyhooks_hopalong.fits(r.id)
  union all
  select 'User', u.id, 'the id is none that ProxyHooks takes'
    from public."User" u where not proxyhooks_hopalong.fits(u.id)
  union all
  select 'Message', m.id, case when not proxyhooks_hopalong.fits(m."rideId") then 'its ride is not brought in'
                               when not proxyhooks_hopalong.fits(m."senderId") then 'its sender is not brought in'
                               else 'nothing in it can be seen' end
    from public."Message" m
   where not proxyhooks_hopalong.fits(m."rideId") or not proxyhooks_hopalong.fits(m."senderId")
      or proxyhooks_hopalong.fit_text(m.content) is null;

-- Tells the service people's names: all of them, or those of p_users.
create or replace function proxyhooks_hopalong.name_users(p_users text[]) returns void language plpgsql as $$
begin
  perform proxyhooks.set_name(u.id, proxyhooks_hopalong.shown_name(u."privacyLevel", u."firstName", u."lastName",
                                                                   u."privateFName", u."privateLName"))
     from public."User" u
    where (p_users is null or u.id = any (p_users)) and proxyhooks_hopalong.fits(u.id) order by u.id;
end $$;

-- The triggers. They run with the rights of whoever installed them, so the app's role needs none in ProxyHooks. An id
-- that ProxyHooks does not take is passed over with a warning, since the app has no use for an error then. Nothing
-- else is caught: a change of membership that the chat does not follow would leave somebody listening.

create or replace function proxyhooks_hopalong.ride_changed() returns trigger language plpgsql security definer
set search_path = pg_catalog, pg_temp as $$
begin
  if tg_op = 'TRUNCATE' then
    perform proxyhooks_hopalong.sync_ride(t.id) from proxyhooks.route_match t where t.state <> 'cancelled' order by t.id;
    return null;
  end if;
  if tg_op <> 'INSERT' and (tg_op = 'DELETE' or old.id <> new.id) then
    perform proxyhooks_hopalong.sync_ride(old.id);
  end if;
  if tg_op = 'DELETE' then return null; end if;
  if tg_op = 'INSERT' or old.id <> new.id then
    if not proxyhooks_hopalong.fits(new.id) then
      raise warning 'ride % is not brought into the chat; see proxyhooks_hopalong.skipped', new.id;
      return null;
    end if;
    if not proxyhooks.create_match(new.id) then perform proxyhooks.reopen_match(new.id); end if;
    insert into proxyhooks_hopalong.imported_ride (ride_id, messages) values (new.id, 0) on conflict do nothing;
  end if;
  perform proxyhooks_hopalong.sync_ride(new.id);
  return null;
end $$;

create or replace function proxyhooks_hopalong.members_changed() returns trigger language plpgsql security definer
set search_path = pg_catalog, pg_temp as $$
declare
  v_users text;
begin
  if tg_op = 'TRUNCATE' then
    perform proxyhooks_hopalong.sync_ride(t.id) from proxyhooks.route_match t where t.state <> 'cancelled' order by t.id;
  elsif tg_op = 'DELETE' then
    perform proxyhooks_hopalong.sync_ride(g."A") from (select distinct "A" from gone order by "A") g;
  elsif tg_op = 'INSERT' then
    perform proxyhooks_hopalong.sync_ride(c."A") from (select distinct "A" from come order by "A") c;
  else
    perform proxyhooks_hopalong.sync_ride(b."A")
       from (select "A" from gone union select "A" from come order by "A") b;
  end if;
  if tg_op in ('INSERT', 'UPDATE') then
    select string_agg(c."B", ', ') into v_users from come c where not proxyhooks_hopalong.fits(c."B");
    if v_users is not null then
      raise warning 'users % are not brought into the chat; see proxyhooks_hopalong.skipped', v_users;
    end if;
  end if;
  return null;
end $$;

create or replace function proxyhooks_hopalong.user_changed() returns trigger language plpgsql security definer
set search_path = pg_catalog, pg_temp as $$
begin
  if tg_op <> 'DELETE' then
    perform proxyhooks_hopalong.name_users(array[new.id]);
    return null;
  end if;
  if not proxyhooks_hopalong.fits(old.id) then return null; end if;
  perform proxyhooks.leave_match(k.match_id, old.id)
     from proxyhooks.match_member k where k.user_id = old.id and k.left_at is null and k.banned_at is null
    order by k.match_id;
  perform proxyhooks.set_name(old.id, null);
  perform proxyhooks.revoke_tokens(old.id);
  return null;
end $$;

-- Messages that the app's old REST call still stores are stored in the room too and broadcast by the outbox.
create or replace function proxyhooks_hopalong.messages_come() returns trigger language plpgsql security definer
set search_path = pg_catalog, pg_temp as $$
declare
  v_ride    text;
  v_refused bigint;
begin
  for v_ride in select distinct c."rideId" from come c order by 1 loop
    perform proxyhooks_hopalong.import_ride(v_ride, array(select c.id from come c where c."rideId" = v_ride));
    -- store_messages passes over a room that somebody holds; this waits for it.
    perform from proxyhooks.chat_room r where r.match_id = v_ride for no key update;
    select count(*) filter (where s.outcome not in ('s', 'r', 'o')) into v_refused
      from (select array_agg(n."rideId") as rides, array_agg(proxyhooks_hopalong.message_id(n.id)) as ids,
                   array_agg(n."senderId") as senders, array_agg('text'::text) as kinds, array_agg(n.fit) as texts,
                   array_agg(null::double precision) as nothing, array_agg(gen_random_uuid()) as keys,
                   array_agg(true) as broadcast, array_agg('driver open,rider open'::text) as seats
              from (select c.*, proxyhooks_hopalong.fit_text(c.content) as fit from come c
                     where c."rideId" = v_ride order by c."sentAt", c.id offset 0) n
             where n.fit is not null) a
     cross join lateral proxyhooks.store_messages(a.rides, a.ids, a.senders, a.kinds, a.texts, a.nothing, a.nothing, a.keys,
                                                  a.broadcast, a.seats) s;
    if v_refused > 0 then
      raise warning '% messages of ride % are not in the chat: their senders may not write there', v_refused, v_ride;
    end if;
  end loop;
  return null;
end $$;

create or replace trigger proxyhooks_ride after insert or update or delete on public."Ride"
  for each row execute function proxyhooks_hopalong.ride_changed();
create or replace trigger proxyhooks_rides_truncated after truncate on public."Ride"
  for each statement execute function proxyhooks_hopalong.ride_changed();
create or replace trigger proxyhooks_members_come after insert on public."_RideMembers"
  referencing new table as come for each statement execute function proxyhooks_hopalong.members_changed();
create or replace trigger proxyhooks_members_moved after update on public."_RideMembers"
  referencing old table as gone new table as come
  for each statement execute function proxyhooks_hopalong.members_changed();
create or replace trigger proxyhooks_members_gone after delete on public."_RideMembers"
  referencing old table as gone for each statement execute function proxyhooks_hopalong.members_changed();
create or replace trigger proxyhooks_members_truncated after truncate on public."_RideMembers"
  for each statement execute function proxyhooks_hopalong.members_changed();
create or replace trigger proxyhooks_user after insert or update of "firstName", "lastName", "privacyLevel", "privateFName",
  "privateLName" or delete on public."User"
  for each row execute function proxyhooks_hopalong.user_changed();
create or replace trigger proxyhooks_messages after insert on public."Message"
  referencing new table as come for each statement execute function proxyhooks_hopalong.messages_come();

commit;
