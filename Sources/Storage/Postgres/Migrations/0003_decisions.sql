-- What the service asks of the tables above. Names are qualified throughout, so no search_path changes their meaning.

-- Every look-up by key is a `left join lateral (… limit 1)`. Written as a plain left join, the planner may choose to read
-- the whole index and compare afterwards, and does so for a table that was analyzed while it was empty.

-- Whether a person is banned from the whole service.
create function proxyhooks.is_banned(p_user text) returns boolean language sql stable as $$
  select exists (select 1 from proxyhooks.user_ban b
                  where b.user_id = p_user and (b.until is null or b.until > now()))
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
           e.seq as e_seq
      from unnest(p_match, p_id, p_sender, p_kind, p_text, p_lat, p_lon, p_key)
             with ordinality as g (match_id, id, sender, kind, text, lat, lon, key, place)
      cross join lateral proxyhooks.facts(g.match_id, g.sender) f
      left join lateral (select o.seq from proxyhooks.message o
                          where o.match_id = g.match_id and o.id = g.id limit 1) e on true
  ),
  -- The same id may come twice in one batch; the first of them is stored, the others are compared with it.
  new_ids as (
    select n.* from (select v.*, row_number() over (partition by v.match_id, v.id order by v.place) as nth
                       from given v where v.passes and v.is_held and v.e_seq is null) n
     where n.nth = 1
  ),
  numbered as (
    select v.*, v.last_seq + row_number() over (partition by v.match_id order by v.place) as seq from new_ids v
  ),
  stored as (
    insert into proxyhooks.message as m
           (match_id, seq, id, sender, kind, text, lat, lon, sent_at, idempotency_key)
    select v.match_id, v.seq, v.id, v.sender, v.kind, v.text, v.lat, v.lon, v_now, v.key from numbered v
    returning m.*
  ),
  counted as (
    update proxyhooks.chat_room r set last_seq = c.seq
      from (select v.match_id, max(v.seq) as seq from numbered v group by v.match_id) c
     where r.match_id = c.match_id
    returning r.match_id
  ),
  known as (
    select * from stored
    union all
    select e.* from given v
     cross join lateral (select o.* from proxyhooks.message o
                          where o.match_id = v.match_id and o.seq = v.e_seq limit 1) e
     where v.passes and v.is_held and v.e_seq is not null
  )
  select v.place, v.match_state, v.role, v.has_left, v.is_muted, v.is_removed, v.is_banned,
         case when not v.passes then 'd'
              when not v.is_held then 'b'
              when n.place is not null then 's'
              when (k.sender, k.kind, k.text, k.lat, k.lon) is not distinct from (v.sender, v.kind, v.text, v.lat, v.lon)
                then 'r'
              else 'c' end,
         k.data, k.idempotency_key
    from given v
    left join numbered n on n.place = v.place
    left join lateral (
      select k.*, proxyhooks.message_json(k.id, k.seq, k.match_id, k.sender, k.kind, k.text, k.lat, k.lon, k.sent_at)
                  as data
        from known k where v.passes and v.is_held and k.match_id = v.match_id and k.id = v.id limit 1
    ) k on true;
end $$;
