-- The functions over messages, which now have a period, edits, tombstones and an outbox.

drop function proxyhooks.store_messages;
drop function proxyhooks.history_page;
drop function proxyhooks.message_json;
drop function proxyhooks.facts;

-- The facts about one person in one match, in one row whether or not either exists. The only place that says which
-- rows a decision in a match depends on.
create function proxyhooks.facts(p_match text, p_user text)
returns table (match_state text, role text, has_left boolean, is_muted boolean, is_removed boolean, is_banned boolean,
               last_seq bigint, read_seq bigint, period date)
language sql stable as $$
  select m.state, k.role, k.left_at is not null, k.muted_at is not null, k.banned_at is not null,
         proxyhooks.is_banned(p_user), r.last_seq, coalesce(p.seq, 0), r.period
    from (select 1) as always
    left join lateral (select t.state from proxyhooks.route_match t where t.id = p_match limit 1) m on true
    left join lateral (select c.last_seq, c.period from proxyhooks.chat_room c where c.match_id = p_match limit 1) r on true
    left join lateral (select mm.role, mm.left_at, mm.muted_at, mm.banned_at from proxyhooks.match_member mm
                        where mm.match_id = p_match and mm.user_id = p_user limit 1) k on true
    left join lateral (select rp.seq from proxyhooks.read_position rp
                        where rp.match_id = p_match and rp.user_id = p_user limit 1) p on true
$$;

create function proxyhooks.utc(p_moment timestamptz) returns text language sql stable as $$
  select to_char(p_moment at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')
$$;

-- A message as everybody gets it: in the hook's reply, from the outbox, in history and in the list of rooms. The only
-- place that builds one.
create function proxyhooks.message_json(p_id uuid, p_seq bigint, p_match text, p_sender text, p_kind text, p_text text,
                                        p_lat double precision, p_lon double precision, p_sent_at timestamptz,
                                        p_edited_at timestamptz, p_deleted_at timestamptz)
returns text language sql stable as $$
  select '{"id":"' || p_id || '","seq":' || p_seq || ',"match":"' || p_match || '","sender":'
      || coalesce('"' || p_sender || '"', 'null') || ',"kind":"' || p_kind || '",'
      || case when p_deleted_at is not null then ''
              when p_kind = 'text' then '"text":' || to_json(p_text) || ','
              else '"lat":' || p_lat || ',"lon":' || p_lon || ',' end
      || '"sent_at":"' || proxyhooks.utc(p_sent_at) || '"'
      || coalesce(',"deleted_at":"' || proxyhooks.utc(p_deleted_at) || '"', ',"edited_at":"' || proxyhooks.utc(p_edited_at)
                  || '"', '') || '}'
$$;

-- The outbox's partition for what must stay in one order with a room's messages.
create function proxyhooks.room_partition(p_match text, p_partitions integer) returns integer language sql immutable as $$
  select 1 + (hashtext(p_match) & 2147483647) % p_partitions
$$;

-- Stores a batch of messages and says of each, by its place, what became of it and on which facts:
--   s  stored, with the room's next number; where p_broadcast says so, with a row in the outbox
--   r  repeated: the room has this very message already, which is returned
--   o  old: repeated too, but not to be broadcast under its key again. Centrifugo remembers a key for five minutes;
--      or the message was edited or deleted since, and what is returned is what it is now
--   c  conflict: the room has this id with another sender or content
--   d  denied: the facts do not satisfy the guard (roles and match states that may, and whether the muted may)
--   b  busy: another transaction holds the room; nothing was done, and it is to be tried again
--
-- Rooms are locked first, and the facts are read after that in a new snapshot: no other batch can number, store or
-- repeat in between, from whichever instance it comes. A room that another transaction holds is passed over, so that
-- the messages of other rooms do not wait for it. The outbox's numbers are taken under the same lock, in the messages'
-- order.
create function proxyhooks.store_messages(
  p_match text[], p_id uuid[], p_sender text[], p_kind text[], p_text text[], p_lat double precision[],
  p_lon double precision[], p_key uuid[], p_broadcast boolean[], p_roles text[], p_states text[], p_muted boolean)
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
             f.is_banned, p_roles, p_states, p_muted) as passes,
           g.match_id = any (v_held) as is_held,
           e.seq as e_seq, e.sender as e_sender, e.kind as e_kind, e.text as e_text, e.lat as e_lat, e.lon as e_lon,
           e.sent_at as e_sent_at, e.edited_at as e_edited_at, e.deleted_at as e_deleted_at, e.idempotency_key as e_key
      from unnest(p_match, p_id, p_sender, p_kind, p_text, p_lat, p_lon, p_key, p_broadcast)
             with ordinality as g (match_id, id, sender, kind, text, lat, lon, key, broadcast, place)
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

-- A page of a room's messages as a JSON array in ascending order, found by key; those of senders whom the reader has
-- blocked are marked.
-- With p_after: the first messages after it (and before p_before, if given). Without: the last ones before p_before.
create function proxyhooks.history_page(p_user text, p_match text, p_period date, p_after bigint, p_before bigint,
                                        p_limit bigint)
returns table (messages text, has_more boolean)
language sql stable as $$
  select '[' || coalesce(string_agg(case when b.is_blocked then left(h.json, -1) || ',"blocked":true}' else h.json end,
                                    ',' order by h.seq) filter (where h.nth <= p_limit), '') || ']',
         count(*) > p_limit
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
$$;

-- The rooms that a person passes the guard in, as a JSON array, the youngest membership first. What is shown of a room is
-- read only for those that are listed.
create or replace function proxyhooks.rooms_of(p_user text, p_roles text[], p_states text[], p_muted boolean, p_limit bigint)
returns text language sql stable as $$
  select '[' || coalesce(string_agg(
                  '{"match":"' || l.match_id || '","role":"' || l.role || '","last_seq":' || l.last_seq
                    || ',"read_seq":' || coalesce(p.seq, 0)
                    || ',"unread":' || greatest(l.last_seq - coalesce(p.seq, 0), 0)
                    || ',"last_message":' || coalesce(m.json, 'null') || '}',
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
    left join lateral (select proxyhooks.message_json(o.id, o.seq, o.match_id, o.sender, o.kind, o.text, o.lat, o.lon,
                                                      o.sent_at, o.edited_at, o.deleted_at) as json
                         from proxyhooks.message o
                        where o.period = l.period and o.match_id = l.match_id and o.seq >= l.last_seq
                        order by o.seq limit 1) m on true
$$;
