-- Reading: pages of history and the list of rooms.

-- A page of a room's messages as a JSON array in ascending order, found by key.
-- With p_after: the first messages after it (and before p_before, if given). Without: the last ones before p_before.
create function proxyhooks.history_page(p_match text, p_after bigint, p_before bigint, p_limit bigint)
returns table (messages text, has_more boolean)
language sql stable as $$
  select '[' || coalesce(string_agg(
                  proxyhooks.message_json(h.id, h.seq, h.match_id, h.sender, h.kind, h.text, h.lat, h.lon, h.sent_at),
                  ',' order by h.seq) filter (where h.nth <= p_limit), '') || ']',
         count(*) > p_limit
    from (
      -- Only one of the two branches runs: the other's condition is known to be false before it starts.
      (select m.*, row_number() over (order by m.seq) as nth
         from proxyhooks.message m
        where p_after is not null
          and m.match_id = p_match and m.seq > p_after and m.seq < coalesce(p_before, 9223372036854775807)
        order by m.seq limit p_limit + 1)
      union all
      (select m.*, row_number() over (order by m.seq desc) as nth
         from proxyhooks.message m
        where p_after is null
          and m.match_id = p_match and m.seq < coalesce(p_before, 9223372036854775807)
        order by m.seq desc limit p_limit + 1)
    ) h
$$;

-- The rooms that a person passes the guard in, as a JSON array, the youngest membership first. What is shown of a room is
-- read only for those that are listed.
create function proxyhooks.rooms_of(p_user text, p_roles text[], p_states text[], p_muted boolean, p_limit bigint)
returns text language sql stable as $$
  select '[' || coalesce(string_agg(
                  '{"match":"' || l.match_id || '","role":"' || l.role || '","last_seq":' || l.last_seq
                    || ',"read_seq":' || coalesce(p.seq, 0)
                    || ',"unread":' || greatest(l.last_seq - coalesce(p.seq, 0), 0)
                    || ',"last_message":' || coalesce(m.json, 'null') || '}',
                  ',' order by l.joined_at desc, l.match_id), '') || ']'
    from (
      select k.match_id, k.role, k.joined_at, r.last_seq
        from proxyhooks.match_member k
       cross join lateral (select t.state from proxyhooks.route_match t where t.id = k.match_id limit 1) t
       cross join lateral (select c.last_seq from proxyhooks.chat_room c where c.match_id = k.match_id limit 1) r
       where k.user_id = p_user and k.left_at is null and k.banned_at is null
         and proxyhooks.passes(t.state, k.role, false, k.muted_at is not null, false, false, p_roles, p_states, p_muted)
       order by k.joined_at desc, k.match_id limit p_limit
    ) l
    left join lateral (select rp.seq from proxyhooks.read_position rp
                        where rp.match_id = l.match_id and rp.user_id = p_user limit 1) p on true
    left join lateral (select proxyhooks.message_json(o.id, o.seq, o.match_id, o.sender, o.kind, o.text, o.lat, o.lon,
                                                      o.sent_at) as json
                         from proxyhooks.message o
                        where o.match_id = l.match_id and o.seq >= l.last_seq order by o.seq limit 1) m on true
$$;
