-- What members do with what was said: read positions, edits, deletions, reports, blocks. And names, and when somebody was
-- last there.

-- What a person is called, as the app lets others see it. Read where a message is read, so that a new name is on every
-- page at once.
create table proxyhooks.person (
  user_id proxyhooks.identifier primary key,
  name    text not null check (char_length(name) between 1 and 100 and name ~ '[^ \u00A0\u3000]'
                               and name !~ '[\u0001-\u001F\u007F-\u009F\u2028\u2029]')
);

-- When a person's connection or subscription was last allowed. Updated all the time, and nothing but its key is indexed.
create table proxyhooks.last_seen (
  user_id proxyhooks.identifier primary key,
  seen_at timestamptz not null default now()
) with (fillfactor = 50);

alter table proxyhooks.read_position set (fillfactor = 50);

-- What a member asks moderators to look at. What the message said then is in `message` or, since edited or deleted, in
-- `message_edit`.
create table proxyhooks.report (
  match_id    text collate "C" not null,
  seq         bigint not null,
  reporter    proxyhooks.identifier not null,
  reason      text not null check (reason in ('spam', 'abuse', 'danger', 'other')),
  text        text,
  reported_at timestamptz not null default now(),
  primary key (match_id, seq, reporter)
);
create index report_by_time on proxyhooks.report (reported_at);

create function proxyhooks.delete_reports_of_rooms() returns trigger language plpgsql security definer
set search_path = pg_catalog, pg_temp as $$
begin
  delete from proxyhooks.report r using gone g where r.match_id = g.match_id;
  return null;
end $$;

create trigger reports_of_room after delete on proxyhooks.chat_room
  referencing old table as gone for each statement execute function proxyhooks.delete_reports_of_rooms();

-- For the app's backend: gives a person a name, or takes it away (null). Says whether that changed anything.
create function proxyhooks.set_name(p_user text, p_name text) returns boolean language sql as $$
  with gone as (
    delete from proxyhooks.person where user_id = p_user and p_name is null returning 1),
  changed as (
    insert into proxyhooks.person as p (user_id, name) select p_user, p_name where p_name is not null
    on conflict (user_id) do update set name = excluded.name where p.name <> excluded.name
    returning 1)
  select exists (select from gone) or exists (select from changed)
$$;

-- The payload of an event about what is in a room. It goes into the room's own partition of the outbox, in one order with
-- its messages, without a notification: as with them, that follows the transaction.
create function proxyhooks.room_event(p_event text, p_match text, p_rest text, p_at timestamptz) returns json language sql
as $$
  select ('{"channel":"' || proxyhooks.match_channel(p_match) || '","data":{"event":"' || p_event || '","match":"' || p_match
      || '"' || p_rest || ',"at":"' || proxyhooks.utc(p_at) || '"},"idempotency_key":"' || gen_random_uuid() || '"}')::json
$$;

-- Tells all of a person's devices.
create function proxyhooks.tell_person(p_event text, p_user text, p_rest text) returns void language sql as $$
  select proxyhooks.command('publish',
    '{"channel":"' || proxyhooks.user_channel(p_user) || '","data":{"event":"' || p_event || '"' || p_rest
    || ',"at":"' || proxyhooks.utc(clock_timestamp()) || '"},"idempotency_key":"' || gen_random_uuid() || '"}')
$$;

-- Moves read positions forward, never back, and says of each, by its place:
--   c  changed, and the room is told
--   r  repeated: it was as far already
--   l  beyond the room's last message; nothing was changed
--   d  denied: the facts do not satisfy the guard
-- with where the position is now and how many messages are after it.
--
-- The room is not locked: each of its members reads each message, and a position never refers to a message that is not
-- stored yet. Positions are locked in their keys' order, the same in every batch. Where another device moves the same one
-- farther meanwhile, the answer is the one that was asked for: as if it had come first.
create function proxyhooks.read_up_to(p_match text[], p_user text[], p_seq bigint[], p_roles text[], p_states text[],
                                      p_muted boolean)
returns table (place bigint, match_state text, role text, has_left boolean, is_muted boolean, is_removed boolean,
               is_banned boolean, outcome text, read_seq bigint, unread bigint)
language plpgsql as $$
begin
  return query
  with given as materialized (
    select g.*, f.match_state, f.role, f.has_left, f.is_muted, f.is_removed, f.is_banned, f.last_seq, f.read_seq,
           f.last_seq is not null and proxyhooks.passes(f.match_state, f.role, f.has_left, f.is_muted, f.is_removed,
             f.is_banned, p_roles, p_states, p_muted) as passes
      from unnest(p_match, p_user, p_seq) with ordinality as g (match_id, user_id, seq, place)
      cross join lateral proxyhooks.facts(g.match_id, g.user_id) f
  ),
  -- Several devices of one person in one batch move one position.
  wanted as materialized (
    select v.match_id, v.user_id, max(v.seq) as seq
      from given v where v.passes and v.seq > v.read_seq and v.seq <= v.last_seq
     group by v.match_id, v.user_id
  ),
  moved as (
    insert into proxyhooks.read_position as p (match_id, user_id, seq)
    select w.match_id, w.user_id, w.seq from wanted w order by w.match_id, w.user_id
    on conflict (match_id, user_id) do update set seq = excluded.seq, read_at = now()
      where p.seq < excluded.seq
    returning p.match_id, p.user_id, p.seq
  ),
  told as (
    insert into proxyhooks.outbox (method, payload, partition)
    select 'publish',
           proxyhooks.room_event('member_read', m.match_id, ',"user":"' || m.user_id || '","seq":' || m.seq,
                                 clock_timestamp()),
           proxyhooks.room_partition(m.match_id, i.message_partitions)
      from moved m cross join proxyhooks.trigger_settings i
  )
  select v.place, v.match_state, v.role, v.has_left, v.is_muted, v.is_removed, v.is_banned,
         case when not v.passes then 'd' when v.seq > v.last_seq then 'l' when m.seq is not null then 'c' else 'r' end,
         greatest(v.read_seq, w.seq), greatest(v.last_seq - greatest(v.read_seq, w.seq), 0)
    from given v
    left join lateral (select o.seq from wanted o where o.match_id = v.match_id and o.user_id = v.user_id limit 1) w on true
    left join lateral (select o.seq from moved o where o.match_id = v.match_id and o.user_id = v.user_id limit 1) m on true;
end $$;

-- Edits or deletes a message of a person's own, whose room is locked by the caller, and says what became of it:
--   c  changed, and the room is told
--   r  repeated: it says this already, or is deleted already
--   n  not of this person, or not there
--   x  deleted, and can not be edited any more
--   k  of another kind than the new content
--   t  too late: it is as old as the window is long
-- with the message as it is now where it was changed or repeated.
create function proxyhooks.change_message(
  p_match text, p_period date, p_user text, p_id uuid, p_deletes boolean, p_text text, p_lat double precision,
  p_lon double precision, p_window bigint, out outcome text, out data text)
language plpgsql as $$
declare
  v    record;
  v_at timestamptz := date_trunc('milliseconds', clock_timestamp());
begin
  select m.seq, m.sender, m.kind, m.text, m.lat, m.lon, m.sent_at, m.edited_at, m.deleted_at into v
    from proxyhooks.message m
   where m.period = p_period and m.match_id = p_match and m.id = p_id limit 1;
  outcome := case
    when not found or v.sender is distinct from p_user then 'n'
    when v.deleted_at is not null then case when p_deletes then 'r' else 'x' end
    when p_deletes then 'c'
    when (v.kind = 'text') <> (p_text is not null) then 'k'
    when (v.text, v.lat, v.lon) is not distinct from (p_text, p_lat, p_lon) then 'r'
    else 'c' end;
  -- What happened in time is answered alike after it.
  if outcome = 'c' and v_at >= v.sent_at + p_window * interval '1 second' then
    outcome := 't';
  end if;
  if outcome = 'c' then
    -- Two edits in one millisecond, or a clock set back, must not meet under one key.
    v_at := greatest(v_at, v.edited_at + interval '1 millisecond');
    insert into proxyhooks.message_edit (match_id, seq, edited_at, text, lat, lon)
    values (p_match, v.seq, v_at, v.text, v.lat, v.lon);
    if p_deletes then
      v.text := null;
      v.lat := null;
      v.lon := null;
      v.deleted_at := v_at;
    else
      v.text := p_text;
      v.lat := p_lat;
      v.lon := p_lon;
      v.edited_at := v_at;
    end if;
    -- By number and by id: whichever index the planner takes has the whole of its key.
    update proxyhooks.message m
       set text = v.text, lat = v.lat, lon = v.lon, edited_at = v.edited_at, deleted_at = v.deleted_at
     where m.period = p_period and m.match_id = p_match and m.seq = v.seq and m.id = p_id;
  end if;
  if outcome in ('c', 'r') then
    data := proxyhooks.message_json(p_id, v.seq, p_match, p_user, v.kind, v.text, v.lat, v.lon, v.sent_at, v.edited_at,
                                    v.deleted_at);
  end if;
  if outcome = 'c' then
    insert into proxyhooks.outbox (method, payload, partition)
    select 'publish',
           proxyhooks.room_event(case when p_deletes then 'message_deleted' else 'message_edited' end, p_match,
                                 ',"message":' || data, v_at),
           proxyhooks.room_partition(p_match, i.message_partitions)
      from proxyhooks.trigger_settings i;
  end if;
end $$;

-- Reports a message: c, also for the second time, or n where there is none. One for each reporter and message.
create function proxyhooks.report_message(p_match text, p_period date, p_user text, p_id uuid, p_reason text, p_text text)
returns text language plpgsql as $$
declare
  v_seq bigint;
begin
  select m.seq into v_seq from proxyhooks.message m
   where m.period = p_period and m.match_id = p_match and m.id = p_id limit 1;
  if not found then return 'n'; end if;
  insert into proxyhooks.report (match_id, seq, reporter, reason, text) values (p_match, v_seq, p_user, p_reason, p_text)
  on conflict (match_id, seq, reporter) do nothing;
  return 'c';
end $$;

-- Blocks or unblocks somebody for a person, and tells that person's devices: c changed, r it was so already, f the list is
-- full.
create function proxyhooks.set_block(p_user text, p_other text, p_is_blocked boolean, p_most bigint) returns text
language plpgsql as $$
begin
  if p_is_blocked then
    perform from proxyhooks.user_block b where b.user_id = p_user and b.blocked_id = p_other limit 1;
    if found then return 'r'; end if;
    if p_most <= (select count(*) from (select from proxyhooks.user_block b where b.user_id = p_user limit p_most) n) then
      return 'f';
    end if;
    insert into proxyhooks.user_block (user_id, blocked_id) values (p_user, p_other);
  else
    delete from proxyhooks.user_block b where b.user_id = p_user and b.blocked_id = p_other;
    if not found then return 'r'; end if;
  end if;
  perform proxyhooks.tell_person(case when p_is_blocked then 'user_blocked' else 'user_unblocked' end, p_user,
                                 ',"user":"' || p_other || '"');
  return 'c';
end $$;

-- Does a batch of what members ask for and says of each, by its place, what became of it and on which facts: the letters of
-- the functions above, and
--   d  denied: the facts do not satisfy the guard
--   b  busy: another transaction holds what it needs; nothing was done, and it is to be tried again
--
-- Edits and deletions lock their rooms as store_messages does, and take their numbers in the outbox under that lock. Reports
-- and blocks of one person come one at a time. One is done after the other, each on what the one before it left: they are
-- rare beside messages. Each has a guard of its own, its roles and states separated by commas.
create function proxyhooks.change(
  p_action text[], p_match text[], p_user text[], p_id uuid[], p_text text[], p_lat double precision[],
  p_lon double precision[], p_other text[], p_bound bigint[], p_roles text[], p_states text[], p_muted boolean[])
returns table (place bigint, match_state text, role text, has_left boolean, is_muted boolean, is_removed boolean,
               is_banned boolean, outcome text, data text)
language plpgsql as $$
declare
  v_held   text[];
  v        record;
  f        record;
  v_passes boolean;
begin
  select coalesce(array_agg(h.match_id), '{}') into v_held
    from (select r.match_id from proxyhooks.chat_room r
           where r.match_id = any (array(select g.match_id from unnest(p_action, p_match) as g (action, match_id)
                                          where g.action in ('edit', 'delete')))
             for no key update skip locked) h;

  for v in
    select g.* from unnest(p_action, p_match, p_user, p_id, p_text, p_lat, p_lon, p_other, p_bound, p_roles, p_states, p_muted)
                      with ordinality as g (action, match_id, user_id, id, text, lat, lon, other, bound, roles, states, muted,
                                            place) order by g.place
  loop
    select a.* into f from proxyhooks.facts(v.match_id, v.user_id) a;
    place := v.place;
    match_state := f.match_state;
    role := f.role;
    has_left := f.has_left;
    is_muted := f.is_muted;
    is_removed := f.is_removed;
    is_banned := f.is_banned;
    data := null;
    -- Blocks belong to no match.
    v_passes := case
      when v.action in ('block', 'unblock') then not f.is_banned
      else f.last_seq is not null and proxyhooks.passes(f.match_state, f.role, f.has_left, f.is_muted, f.is_removed,
             f.is_banned, string_to_array(v.roles, ','), string_to_array(v.states, ','), v.muted) end;
    if not v_passes then
      outcome := 'd';
    elsif v.action in ('edit', 'delete') then
      if v.match_id = any (v_held) then
        select c.outcome, c.data into outcome, data
          from proxyhooks.change_message(v.match_id, f.period, v.user_id, v.id, v.action = 'delete', v.text, v.lat, v.lon,
                                         v.bound) c;
      else
        outcome := 'b';
      end if;
    elsif not pg_try_advisory_xact_lock(hashtext('proxyhooks.person'), hashtext(v.user_id)) then
      outcome := 'b';
    elsif v.action = 'report' then
      outcome := proxyhooks.report_message(v.match_id, f.period, v.user_id, v.id, v.other, v.text);
    else
      outcome := proxyhooks.set_block(v.user_id, v.other, v.action = 'block', v.bound);
    end if;
    return next;
  end loop;
end $$;

-- Notes that persons were here now. Writes for those whose note is of more than half a minute ago; a finer one is worth no
-- write.
create function proxyhooks.saw(p_user text[]) returns bigint language plpgsql as $$
declare
  v_count bigint;
begin
  insert into proxyhooks.last_seen as s (user_id)
  select distinct g.user_id from unnest(p_user) as g (user_id)
    left join lateral (select l.seen_at from proxyhooks.last_seen l where l.user_id = g.user_id limit 1) l on true
   where coalesce(l.seen_at < now() - interval '30 seconds', true)
   order by g.user_id
  on conflict (user_id) do update set seen_at = excluded.seen_at
    where s.seen_at < excluded.seen_at - interval '30 seconds';
  get diagnostics v_count = row_count;
  return v_count;
end $$;

-- Who is in a match now, in the order of their ids. The condition is written so that the index over persons, in which a
-- match's members are anywhere, does not fit it.
create function proxyhooks.present_members(p_match text, p_limit bigint) returns table (user_id text, role text, name text)
language sql stable as $$
  select k.user_id::text, k.role, n.name
    from (select mm.user_id, mm.role from proxyhooks.match_member mm
           where mm.match_id = p_match and coalesce(mm.left_at, mm.banned_at) is null
           order by mm.user_id limit p_limit) k
    left join lateral (select p.name from proxyhooks.person p where p.user_id = k.user_id limit 1) n on true
$$;

-- A message as one reader gets it: marked, if they have blocked its sender.
create function proxyhooks.marked(p_json text, p_is_blocked boolean) returns text language sql immutable as $$
  select case when p_is_blocked then left(p_json, -1) || ',"blocked":true}' else p_json end
$$;

-- A page of a room's messages as a JSON array in ascending order, found by key, and the names of its senders as an object:
-- only of those who have one.
-- With p_after: the first messages after it (and before p_before, if given). Without: the last ones before p_before.
create function proxyhooks.page(p_user text, p_match text, p_period date, p_after bigint, p_before bigint, p_limit bigint)
returns table (messages text, has_more boolean, names text)
language sql stable as $$
  select p.messages, p.has_more, n.names
    from (
      select '[' || coalesce(string_agg(proxyhooks.marked(h.json, b.is_blocked), ',' order by h.seq)
                               filter (where h.nth <= p_limit), '') || ']' as messages,
             count(*) > p_limit as has_more,
             array_agg(h.sender) filter (where h.nth <= p_limit) as senders
        from (
          -- Only one of the two branches runs: the other's condition is known to be false before it starts.
          select m.seq, m.sender, m.nth,
                 proxyhooks.message_json(m.id, m.seq, m.match_id, m.sender, m.kind, m.text, m.lat, m.lon, m.sent_at,
                                         m.edited_at, m.deleted_at) as json
            from (
              (select m.*, row_number() over (order by m.seq) as nth
                 from proxyhooks.message m
                where p_after is not null and m.period = p_period
                  and m.match_id = p_match and m.seq > p_after and m.seq < coalesce(p_before, 9223372036854775807)
                order by m.seq limit p_limit + 1)
              union all
              (select m.*, row_number() over (order by m.seq desc) as nth
                 from proxyhooks.message m
                where p_after is null and m.period = p_period
                  and m.match_id = p_match and m.seq < coalesce(p_before, 9223372036854775807)
                order by m.seq desc limit p_limit + 1)
            ) m
        ) h
        left join lateral (select true as is_blocked from proxyhooks.user_block b
                            where b.user_id = p_user and b.blocked_id = h.sender limit 1) b on true
    ) p
    cross join lateral (
      select '{' || coalesce(string_agg('"' || s.id || '":' || to_json(c.name), ',' order by s.id), '') || '}' as names
        from (select distinct u.id from unnest(p.senders) as u (id)) s
       cross join lateral (select c.name from proxyhooks.person c where c.user_id = s.id limit 1) c
    ) n
$$;

-- The page without names, as versions before this one ask for it.
create or replace function proxyhooks.history_page(p_user text, p_match text, p_period date, p_after bigint, p_before bigint,
                                                   p_limit bigint)
returns table (messages text, has_more boolean)
language sql stable as $$
  select p.messages, p.has_more from proxyhooks.page(p_user, p_match, p_period, p_after, p_before, p_limit) p
$$;

-- The rooms that a person passes the guard in, as a JSON array, the youngest membership first. What is shown of a room is
-- read only for those that are listed.
create or replace function proxyhooks.rooms_of(p_user text, p_roles text[], p_states text[], p_muted boolean, p_limit bigint)
returns text language sql stable as $$
  select '[' || coalesce(string_agg(
                  '{"match":"' || l.match_id || '","role":"' || l.role || '","last_seq":' || l.last_seq
                    || ',"read_seq":' || coalesce(p.seq, 0)
                    || ',"unread":' || greatest(l.last_seq - coalesce(p.seq, 0), 0)
                    || ',"last_message":' || coalesce(proxyhooks.marked(m.json, b.is_blocked), 'null')
                    || ',"members":' || c.members || '}',
                  ',' order by l.joined_at desc, l.match_id), '') || ']'
    from (
      select k.match_id, k.role, k.joined_at, r.last_seq, r.period
        from proxyhooks.match_member k
       cross join lateral (select t.state from proxyhooks.route_match t where t.id = k.match_id limit 1) t
       cross join lateral (select c.last_seq, c.period from proxyhooks.chat_room c where c.match_id = k.match_id limit 1) r
       where k.user_id = p_user and k.left_at is null and k.banned_at is null
         and proxyhooks.passes(t.state, k.role, false, k.muted_at is not null, false, false, p_roles, p_states, p_muted)
       order by k.joined_at desc, k.match_id limit p_limit
    ) l
    left join lateral (select rp.seq from proxyhooks.read_position rp
                        where rp.match_id = l.match_id and rp.user_id = p_user limit 1) p on true
    left join lateral (select o.sender,
                              proxyhooks.message_json(o.id, o.seq, o.match_id, o.sender, o.kind, o.text, o.lat, o.lon,
                                                      o.sent_at, o.edited_at, o.deleted_at) as json
                         from proxyhooks.message o
                        where o.period = l.period and o.match_id = l.match_id and o.seq >= l.last_seq
                        order by o.seq limit 1) m on true
    left join lateral (select true as is_blocked from proxyhooks.user_block u
                        where u.user_id = p_user and u.blocked_id = m.sender limit 1) b on true
    cross join lateral (select '[' || coalesce(string_agg(
                                 '{"user":"' || a.user_id || '","role":"' || a.role || '"'
                                   || coalesce(',"name":' || to_json(a.name), '') || '}', ',' order by a.user_id), '') || ']'
                                 as members
                          from proxyhooks.present_members(l.match_id, 50) a) c
$$;
