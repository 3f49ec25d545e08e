-- What the service asks of the tables above. Names are qualified throughout, so no search_path changes their meaning.

-- Every look-up by key is a `left join lateral (… limit 1)`. Written as a plain left join, the planner may choose to read
-- the whole index and compare afterwards, and does so for a table that was analyzed while it was empty; so may `exists`.

-- Whether a person is banned from the whole service.
create function proxyhooks.is_banned(p_user text) returns boolean language sql stable as $$
  select (select true from proxyhooks.user_ban b
           where b.user_id = p_user and (b.until is null or b.until > now()) limit 1) is not null
$$;

-- The facts about one person in one match, in one row whether or not either exists. The only place that says which
-- rows a decision in a match depends on.
create function proxyhooks.facts(p_match text, p_user text)
returns table (match_state text, role text, has_left boolean, is_muted boolean, is_removed boolean, is_banned boolean,
               last_seq bigint, read_seq bigint)
language sql stable as $$
  select m.state, k.role, k.left_at is not null, k.muted_at is not null, k.banned_at is not null,
         proxyhooks.is_banned(p_user), r.last_seq, coalesce(p.seq, 0)
    from (select 1) as always
    left join lateral (select t.state from proxyhooks.route_match t where t.id = p_match limit 1) m on true
    left join lateral (select c.last_seq from proxyhooks.chat_room c where c.match_id = p_match limit 1) r on true
    left join lateral (select mm.role, mm.left_at, mm.muted_at, mm.banned_at from proxyhooks.match_member mm
                        where mm.match_id = p_match and mm.user_id = p_user limit 1) k on true
    left join lateral (select rp.seq from proxyhooks.read_position rp
                        where rp.match_id = p_match and rp.user_id = p_user limit 1) p on true
$$;

-- Whether facts pass a guard: roles and match states that may, and whether the muted may.
create function proxyhooks.passes(p_state text, p_role text, p_has_left boolean, p_is_muted boolean, p_is_removed boolean,
                                  p_is_banned boolean, p_roles text[], p_states text[], p_muted boolean)
returns boolean language sql immutable as $$
  select coalesce(p_state = any (p_states) and p_role = any (p_roles) and not p_has_left and not p_is_removed
                  and (p_muted or not p_is_muted) and not p_is_banned, false)
$$;

-- A message as everybody gets it: in the hook's reply, in history and in the list of rooms. The only place that
-- builds one.
create function proxyhooks.message_json(p_id uuid, p_seq bigint, p_match text, p_sender text, p_kind text, p_text text,
                                        p_lat double precision, p_lon double precision, p_sent_at timestamptz)
returns text language sql stable as $$
  select '{"id":"' || p_id || '","seq":' || p_seq || ',"match":"' || p_match || '","sender":"' || p_sender
      || '","kind":"' || p_kind || '",'
      || case p_kind when 'text' then '"text":' || to_json(p_text)
                     else '"lat":' || p_lat || ',"lon":' || p_lon end
      || ',"sent_at":"' || to_char(p_sent_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') || '"}'
$$;

-- Stores a batch of messages and says of each, by its place, what became of it and on which facts:
--   s  stored, with the room's next number
--   r  repeated: the room has this very message already, which is returned
--   c  conflict: the room has this id with another sender or content
--   d  denied: the facts do not satisfy the guard (roles and match states that may, and whether the muted may)
--   b  busy: another transaction holds the room; nothing was done, and it is to be tried again
--
-- Rooms are locked first, and the facts are read after that in a new snapshot: no other batch can number, store or
-- repeat in between, from whichever instance it comes. A room that another transaction holds is passed over, so that
-- the messages of other rooms do not wait for it.
create function proxyhooks.store_messages(
  p_match text[], p_id uuid[], p_sender text[], p_kind text[], p_text text[], p_lat double precision[],
  p_lon double precision[], p_key uuid[], p_roles text[], p_states text[], p_muted boolean)
returns table (place bigint, match_state text, role text, has_left boolean, is_muted boolean, is_removed boolean,
               is_banned boolean, outcome text, data text, idempotency_key uuid)
language plpgsql as $$
declare
  v_now  timestamptz;
  v_held text[];
begin
  select coalesce(array_agg(h.match_id), '{}') into v_held
    from (select r.match_id from proxyhooks.chat_room r where r.match_id = any (p_match)
             for no key update skip locked) h;
  v_now := date_trunc('milliseconds', clock_timestamp());

  return query
  with given as materialized (
    select g.*, f.match_state, f.role, f.has_left, f.is_muted, f.is_removed, f.is_banned, f.last_seq,
           -- Who does not pass is denied whether or not the room is held: a stranger must not learn that there is one.
           f.last_seq is not null and proxyhooks.passes(f.match_state, f.role, f.has_left, f.is_muted, f.is_removed,
             f.is_banned, p_roles, p_states, p_muted) as passes,
           g.match_id = any (v_held) as is_held,
           e.seq as e_seq, e.sender as e_sender, e.kind as e_kind, e.text as e_text, e.lat as e_lat, e.lon as e_lon,
           e.sent_at as e_sent_at, e.idempotency_key as e_key
      from unnest(p_match, p_id, p_sender, p_kind, p_text, p_lat, p_lon, p_key)
             with ordinality as g (match_id, id, sender, kind, text, lat, lon, key, place)
      cross join lateral proxyhooks.facts(g.match_id, g.sender) f
      left join lateral (select o.* from proxyhooks.message o
                          where o.match_id = g.match_id and o.id = g.id limit 1) e on true
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
    insert into proxyhooks.message (match_id, seq, id, sender, kind, text, lat, lon, sent_at, idempotency_key)
    select n.match_id, n.new_seq, n.id, n.sender, n.kind, n.text, n.lat, n.lon, v_now, n.key
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
  )
  select s.place, s.match_state, s.role, s.has_left, s.is_muted, s.is_removed, s.is_banned,
         case when not s.passes then 'd'
              when not s.is_held then 'b'
              when s.new_seq is not null then 's'
              when (s.o_sender, s.o_kind, s.o_text, s.o_lat, s.o_lon)
                     is not distinct from (s.sender, s.kind, s.text, s.lat, s.lon) then 'r'
              else 'c' end,
         case when s.passes and s.is_held then
           proxyhooks.message_json(s.id, s.o_seq, s.match_id, s.o_sender, s.o_kind, s.o_text, s.o_lat, s.o_lon,
                                   s.o_sent_at) end,
         s.o_key
    from paired s;
end $$;
