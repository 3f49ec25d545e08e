-- What every decision asks, in a form that PostgreSQL takes into the statement that asks: a function in SQL whose result is a
-- set and whose body is one query (`inline_set_returning_function`). A function that returns a value and has a query in its
-- body is planned anew in each statement, which cost more than all the look-ups.

-- Whether a person is banned from the whole service: a row if so, and none if not.
create function proxyhooks.ban(p_user text) returns table (is_banned boolean) language sql stable as $$
  select true from proxyhooks.user_ban b where b.user_id = p_user and (b.until is null or b.until > now()) limit 1
$$;

create or replace function proxyhooks.is_banned(p_user text) returns boolean language sql stable as $$
  select exists (select from proxyhooks.ban(p_user))
$$;

-- What a guard is asked about: one person's seat in one match, in one row whether or not either exists. The only place that
-- says which rows a decision in a match depends on.
create function proxyhooks.seat(p_match text, p_user text)
returns table (match_state text, role text, has_left boolean, is_muted boolean, is_removed boolean, is_banned boolean)
language sql stable as $$
  select m.state, k.role, k.left_at is not null, k.muted_at is not null, k.banned_at is not null, b.is_banned is not null
    from (select 1) as always
    left join lateral (select t.state from proxyhooks.route_match t where t.id = p_match limit 1) m on true
    left join lateral (select mm.role, mm.left_at, mm.muted_at, mm.banned_at from proxyhooks.match_member mm
                        where mm.match_id = p_match and mm.user_id = p_user limit 1) k on true
    left join lateral proxyhooks.ban(p_user) b on true
$$;

-- The seat, and how far the room and the person are.
create or replace function proxyhooks.facts(p_match text, p_user text)
returns table (match_state text, role text, has_left boolean, is_muted boolean, is_removed boolean, is_banned boolean,
               last_seq bigint, read_seq bigint, period date)
language sql stable as $$
  select s.*, r.last_seq, coalesce(p.seq, 0), r.period
    from proxyhooks.seat(p_match, p_user) s
    left join lateral (select c.last_seq, c.period from proxyhooks.chat_room c where c.match_id = p_match limit 1) r on true
    left join lateral (select rp.seq from proxyhooks.read_position rp
                        where rp.match_id = p_match and rp.user_id = p_user limit 1) p on true
$$;

-- Stores a batch of messages and says of each, by its place, what became of it and on which facts:
--   s  stored, with the room's next number; where p_broadcast says so, with a row in the outbox
--   r  repeated: the room has this very message already, which is returned
--   o  old: repeated too, but not to be broadcast under its key again. Centrifugo remembers a key for five minutes;
--      or the message was edited or deleted since, and what is returned is what it is now
--   c  conflict: the room has this id with another sender or content
--   d  denied: the facts do not satisfy the guard (the seats that may)
--   b  busy: another transaction holds the room, or a message before it in the batch has its id; nothing was done, and it is
--      to be tried again
--
-- Rooms are locked first, and the facts are read after that in a new snapshot: no other batch can number, store or
-- repeat in between, from whichever instance it comes. A room that another transaction holds is passed over, so that
-- the messages of other rooms do not wait for it. The outbox's numbers are taken under the same lock, in the messages'
-- order.
--
-- What a batch costs is, for the most part, setting the second query up and the rows it writes. So it looks nothing up twice
-- (what the lock has read is kept in arrays), and its rows are narrow: a message's content stays in the parameters, found by
-- its place.
create or replace function proxyhooks.store_messages(
  p_match text[], p_id uuid[], p_sender text[], p_kind text[], p_text text[], p_lat double precision[],
  p_lon double precision[], p_key uuid[], p_broadcast boolean[], p_seats text[])
returns table (place bigint, match_state text, role text, has_left boolean, is_muted boolean, is_removed boolean,
               is_banned boolean, outcome text, data text, idempotency_key uuid)
language plpgsql as $$
declare
  v_now        timestamptz;
  v_rooms      text[];
  v_seqs       bigint[];
  v_periods    date[];
  v_namespace  text;
  v_partitions integer;
begin
  select array_agg(h.match_id), array_agg(h.last_seq), array_agg(h.period) into v_rooms, v_seqs, v_periods
    from (select r.match_id, r.last_seq, r.period from proxyhooks.chat_room r where r.match_id = any (p_match)
             for no key update skip locked) h;
  v_now := date_trunc('milliseconds', clock_timestamp());
  select i.match_namespace, i.message_partitions into strict v_namespace, v_partitions from proxyhooks.trigger_settings i;

  return query
  with given as (
    select g.place, g.match_id, f.*, v_seqs[h.at] as last_seq, v_periods[h.at] as period,
           e.seq as e_seq, e.sender as e_sender, e.kind as e_kind, e.text as e_text, e.lat as e_lat, e.lon as e_lon,
           e.sent_at as e_sent_at, e.edited_at as e_edited_at, e.deleted_at as e_deleted_at, e.idempotency_key as e_key,
           -- Who does not pass is denied whether or not the room is held: a stranger must not learn that there is one.
           case when not proxyhooks.passes(f.match_state, f.role, f.has_left, f.is_muted, f.is_removed, f.is_banned, g.seats)
                     or h.at is null and not exists (select from proxyhooks.chat_room r where r.match_id = g.match_id)
                  then 'd'
                when h.at is null or e.seq is null and array_position(p_id, g.id) < g.place then 'b'
                when e.seq is null then 's'
                when e.sender = g.sender and (e.edited_at is not null or e.deleted_at is not null) then 'o'
                when (e.sender, e.kind, e.text, e.lat, e.lon)
                       is distinct from (g.sender, p_kind[g.place], p_text[g.place], p_lat[g.place], p_lon[g.place]) then 'c'
                when e.sent_at < v_now - interval '4 minutes' then 'o'
                else 'r' end as fate
      from unnest(p_match, p_id, p_sender, p_seats) with ordinality as g (match_id, id, sender, seats, place)
      -- Where in the arrays the room is that is held; `offset 0` keeps it from being worked out anew for each use.
      cross join lateral (select array_position(v_rooms, g.match_id) as at offset 0) h
      cross join lateral proxyhooks.seat(g.match_id, g.sender) f
      left join lateral (select o.* from proxyhooks.message o
                          where o.period = v_periods[h.at] and o.match_id = g.match_id and o.id = g.id limit 1) e on true
  ),
  numbered as (
    select v.*, v.last_seq + row_number() over (partition by v.match_id, v.fate order by v.place) as seq from given v
  ),
  spelled as materialized (
    select n.place, n.match_id, n.match_state, n.role, n.has_left, n.is_muted, n.is_removed, n.is_banned, n.period, n.fate,
           n.seq, coalesce(n.e_key, p_key[n.place]) as key,
           case when n.fate in ('s', 'r', 'o') then
             proxyhooks.message_json(p_id[n.place], coalesce(n.e_seq, n.seq), n.match_id, p_sender[n.place],
               coalesce(n.e_kind, p_kind[n.place]), case when n.e_seq is null then p_text[n.place] else n.e_text end,
               case when n.e_seq is null then p_lat[n.place] else n.e_lat end,
               case when n.e_seq is null then p_lon[n.place] else n.e_lon end,
               coalesce(n.e_sent_at, v_now), n.e_edited_at, n.e_deleted_at) end as json
      from numbered n
  ),
  stored as (
    insert into proxyhooks.message (period, match_id, seq, id, sender, kind, text, lat, lon, sent_at, idempotency_key)
    select s.period, s.match_id, s.seq, p_id[s.place], p_sender[s.place], p_kind[s.place], p_text[s.place], p_lat[s.place],
           p_lon[s.place], v_now, s.key
      from spelled s where s.fate = 's'
  ),
  counted as (
    update proxyhooks.chat_room r set last_seq = c.seq
      from (select s.match_id, max(s.seq) as seq from spelled s where s.fate = 's' group by s.match_id) c
     where r.match_id = c.match_id
  ),
  told as (
    insert into proxyhooks.outbox (method, payload, partition)
    select 'publish',
           ('{"channel":"' || v_namespace || ':' || s.match_id || '","data":' || s.json || ',"idempotency_key":"' || s.key
             || '"}')::json,
           proxyhooks.room_partition(s.match_id, v_partitions)
      from spelled s where s.fate = 's' and p_broadcast[s.place] order by s.place
  )
  select s.place, s.match_state, s.role, s.has_left, s.is_muted, s.is_removed, s.is_banned, s.fate, s.json, s.key
    from spelled s;
end $$;
