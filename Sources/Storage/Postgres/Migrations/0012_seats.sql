-- Who may do what is the policy's to say: roles are its words, and a guard is a list of seats, each a role, a state of the match
-- and whether the member is muted.

alter table proxyhooks.match_member drop constraint match_member_role_check;
alter table proxyhooks.match_member add constraint match_member_role_check check (role ~ '^[a-z][a-z0-9_]{0,31}$');

-- Functions with the guard of before.
drop function proxyhooks.store_messages(text[], uuid[], text[], text[], text[], double precision[], double precision[], uuid[],
                                        boolean[], text[], text[], boolean);
drop function proxyhooks.read_up_to(text[], text[], bigint[], text[], text[], boolean);
drop function proxyhooks.change(text[], text[], text[], uuid[], text[], double precision[], double precision[], text[],
                                bigint[], text[], text[], boolean[]);
drop function proxyhooks.rooms_of(text, text[], text[], boolean, bigint);
drop function proxyhooks.passes(text, text, boolean, boolean, boolean, boolean, text[], text[], boolean);

-- Whether facts pass a guard: the seats that may, as `role state` or `role state muted`, separated by commas.
create function proxyhooks.passes(p_state text, p_role text, p_has_left boolean, p_is_muted boolean, p_is_removed boolean,
                                  p_is_banned boolean, p_seats text)
returns boolean language sql immutable as $$
  select coalesce(p_role || ' ' || p_state || case when p_is_muted then ' muted' else '' end
                    = any (string_to_array(p_seats, ','))
                  and not p_has_left and not p_is_removed and not p_is_banned, false)
$$;

-- Stores a batch of messages and says of each, by its place, what became of it and on which facts:
--   s  stored, with the room's next number; where p_broadcast says so, with a row in the outbox
--   r  repeated: the room has this very message already, which is returned
--   o  old: repeated too, but not to be broadcast under its key again. Centrifugo remembers a key for five minutes;
--      or the message was edited or deleted since, and what is returned is what it is now
--   c  conflict: the room has this id with another sender or content
--   d  denied: the facts do not satisfy the guard (the seats that may)
--   b  busy: another transaction holds the room; nothing was done, and it is to be tried again
--
-- Rooms are locked first, and the facts are read after that in a new snapshot: no other batch can number, store or
-- repeat in between, from whichever instance it comes. A room that another transaction holds is passed over, so that
-- the messages of other rooms do not wait for it. The outbox's numbers are taken under the same lock, in the messages'
-- order.
create function proxyhooks.store_messages(
  p_match text[], p_id uuid[], p_sender text[], p_kind text[], p_text text[], p_lat double precision[],
  p_lon double precision[], p_key uuid[], p_broadcast boolean[], p_seats text[])
returns table (place bigint, match_state text, role text, has_left boolean, is_muted boolean, is_removed boolean,
               is_banned boolean, outcome text, data text, idempotency_key uuid)
language plpgsql as $$
declare
  v_now        timestamptz;
  v_held       text[];
  v_namespace  text;
  v_partitions integer;
begin
  select coalesce(array_agg(h.match_id), '{}') into v_held
    from (select r.match_id from proxyhooks.chat_room r where r.match_id = any (p_match)
             for no key update skip locked) h;
  v_now := date_trunc('milliseconds', clock_timestamp());
  select i.match_namespace, i.message_partitions into strict v_namespace, v_partitions from proxyhooks.trigger_settings i;

  return query
  with given as materialized (
    select g.*, f.match_state, f.role, f.has_left, f.is_muted, f.is_removed, f.is_banned, f.last_seq, f.period,
           -- Who does not pass is denied whether or not the room is held: a stranger must not learn that there is one.
           f.last_seq is not null and proxyhooks.passes(f.match_state, f.role, f.has_left, f.is_muted, f.is_removed,
             f.is_banned, g.seats) as passes,
           g.match_id = any (v_held) as is_held,
           e.seq as e_seq, e.sender as e_sender, e.kind as e_kind, e.text as e_text, e.lat as e_lat, e.lon as e_lon,
           e.sent_at as e_sent_at, e.edited_at as e_edited_at, e.deleted_at as e_deleted_at, e.idempotency_key as e_key
      from unnest(p_match, p_id, p_sender, p_kind, p_text, p_lat, p_lon, p_key, p_broadcast, p_seats)
             with ordinality as g (match_id, id, sender, kind, text, lat, lon, key, broadcast, seats, place)
      cross join lateral proxyhooks.facts(g.match_id, g.sender) f
      left join lateral (select o.* from proxyhooks.message o
                          where o.period = f.period and o.match_id = g.match_id and o.id = g.id limit 1) e on true
  ),
  -- The same id may come twice in one batch; the first of them is stored, the others are compared with it.
  ranked as (
    select v.*, v.passes and v.is_held and v.e_seq is null as is_new,
           row_number() over (partition by v.match_id, v.id, v.passes and v.is_held order by v.place) as nth
      from given v
  ),
  numbered as (
    select r.*,
           case when r.is_new and r.nth = 1
                then r.last_seq + count(*) filter (where r.nth = 1)
                                    over (partition by r.match_id, r.is_new order by r.place) end as new_seq
      from ranked r
  ),
  stored as (
    insert into proxyhooks.message (period, match_id, seq, id, sender, kind, text, lat, lon, sent_at, idempotency_key)
    select n.period, n.match_id, n.new_seq, n.id, n.sender, n.kind, n.text, n.lat, n.lon, v_now, n.key
      from numbered n where n.new_seq is not null
  ),
  counted as (
    update proxyhooks.chat_room r set last_seq = c.seq
      from (select n.match_id, max(n.new_seq) as seq from numbered n where n.new_seq is not null group by n.match_id) c
     where r.match_id = c.match_id
  ),
  -- Beside each message the one that the room has under its id: found there, or the first of this batch.
  paired as (
    select n.*,
           coalesce(n.e_seq, first_value(n.new_seq) over of_id) as o_seq,
           case when n.is_new then first_value(n.sender) over of_id else n.e_sender end as o_sender,
           case when n.is_new then first_value(n.kind) over of_id else n.e_kind end as o_kind,
           case when n.is_new then first_value(n.text) over of_id else n.e_text end as o_text,
           case when n.is_new then first_value(n.lat) over of_id else n.e_lat end as o_lat,
           case when n.is_new then first_value(n.lon) over of_id else n.e_lon end as o_lon,
           case when n.is_new then first_value(n.key) over of_id else n.e_key end as o_key,
           case when n.is_new then v_now else n.e_sent_at end as o_sent_at
      from numbered n
    window of_id as (partition by n.match_id, n.id, n.is_new order by n.place)
  ),
  spelled as materialized (
    select p.*,
           case when p.passes and p.is_held then
             proxyhooks.message_json(p.id, p.o_seq, p.match_id, p.o_sender, p.o_kind, p.o_text, p.o_lat, p.o_lon,
                                     p.o_sent_at, p.e_edited_at, p.e_deleted_at) end as json
      from paired p
  ),
  told as (
    insert into proxyhooks.outbox (method, payload, partition)
    select 'publish',
           ('{"channel":"' || v_namespace || ':' || s.match_id || '","data":' || s.json || ',"idempotency_key":"' || s.key
             || '"}')::json,
           proxyhooks.room_partition(s.match_id, v_partitions)
      from spelled s where s.new_seq is not null and s.broadcast order by s.place
  )
  select s.place, s.match_state, s.role, s.has_left, s.is_muted, s.is_removed, s.is_banned,
         case when not s.passes then 'd'
              when not s.is_held then 'b'
              when s.new_seq is not null then 's'
              when s.o_sender = s.sender and (s.e_edited_at is not null or s.e_deleted_at is not null) then 'o'
              when (s.o_sender, s.o_kind, s.o_text, s.o_lat, s.o_lon)
                     is distinct from (s.sender, s.kind, s.text, s.lat, s.lon) then 'c'
              when s.o_sent_at < v_now - interval '4 minutes' then 'o'
              else 'r' end,
         s.json, s.o_key
    from spelled s;
end $$;

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
create function proxyhooks.read_up_to(p_match text[], p_user text[], p_seq bigint[], p_seats text[])
returns table (place bigint, match_state text, role text, has_left boolean, is_muted boolean, is_removed boolean,
               is_banned boolean, outcome text, read_seq bigint, unread bigint)
language plpgsql as $$
begin
  return query
  with given as materialized (
    select g.*, f.match_state, f.role, f.has_left, f.is_muted, f.is_removed, f.is_banned, f.last_seq, f.read_seq,
           f.last_seq is not null and proxyhooks.passes(f.match_state, f.role, f.has_left, f.is_muted, f.is_removed,
             f.is_banned, g.seats) as passes
      from unnest(p_match, p_user, p_seq, p_seats) with ordinality as g (match_id, user_id, seq, seats, place)
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

-- Does a batch of what members ask for and says of each, by its place, what became of it and on which facts: the letters of
-- the functions above, and
--   d  denied: the facts do not satisfy the guard
--   b  busy: another transaction holds what it needs; nothing was done, and it is to be tried again
--
-- Edits and deletions lock their rooms as store_messages does, and take their numbers in the outbox under that lock. Reports
-- and blocks of one person come one at a time. One is done after the other, each on what the one before it left: they are
-- rare beside messages. Each has a guard of its own, its own seats.
create function proxyhooks.change(
  p_action text[], p_match text[], p_user text[], p_id uuid[], p_text text[], p_lat double precision[],
  p_lon double precision[], p_other text[], p_bound bigint[], p_seats text[])
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
    select g.* from unnest(p_action, p_match, p_user, p_id, p_text, p_lat, p_lon, p_other, p_bound, p_seats)
                      with ordinality as g (action, match_id, user_id, id, text, lat, lon, other, bound, seats, place)
              order by g.place
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
      when v.action in ('block', 'unblock') then coalesce(v.seats = 'everybody', false) and not f.is_banned
      else f.last_seq is not null and proxyhooks.passes(f.match_state, f.role, f.has_left, f.is_muted, f.is_removed,
             f.is_banned, v.seats) end;
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

-- The rooms that a person passes the guard in, as a JSON array, the youngest membership first. What is shown of a room is
-- read only for those that are listed.
create function proxyhooks.rooms_of(p_user text, p_seats text, p_limit bigint)
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
         and proxyhooks.passes(t.state, k.role, false, k.muted_at is not null, false, false, p_seats)
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
