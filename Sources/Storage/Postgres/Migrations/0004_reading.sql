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

-- The rooms of a person's open matches as a JSON array, the youngest membership first.
create function proxyhooks.rooms_of(p_user text, p_states text[], p_limit bigint)
returns text language sql stable as $$
  select '[' || coalesce(string_agg(
                  '{"match":"' || l.match_id || '","role":"' || l.role || '","last_seq":' || l.last_seq
                    || ',"read_seq":' || l.read_seq || ',"unread":' || greatest(l.last_seq - l.read_seq, 0)
                    || ',"last_message":' || coalesce(l.last_message, 'null') || '}',
                  ',' order by l.joined_at desc, l.match_id), '') || ']'
    from (
      select k.match_id, k.role, k.joined_at, r.last_seq, coalesce(p.seq, 0) as read_seq,
             proxyhooks.message_json(m.id, m.seq, m.match_id, m.sender, m.kind, m.text, m.lat, m.lon, m.sent_at)
               as last_message
        from proxyhooks.match_member k
        join proxyhooks.route_match t on t.id = k.match_id and t.state = any (p_states)
        join proxyhooks.chat_room r on r.match_id = k.match_id
        left join proxyhooks.read_position p on p.match_id = k.match_id and p.user_id = k.user_id
        left join proxyhooks.message m on m.match_id = k.match_id and m.seq = r.last_seq
       where k.user_id = p_user and k.left_at is null and k.banned_at is null
       order by k.joined_at desc, k.match_id limit p_limit
    ) l
$$;
