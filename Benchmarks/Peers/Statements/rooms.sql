-- $1 person: banned, their rooms, whether they have more, whom they blocked. Written out: a function in SQL that is not
-- inlined is planned anew in each statement. Of the pages the first, of 200: no other is asked for.
select b.is_banned, l.rooms, l.has_more,
       (select '[' || coalesce(string_agg('"' || o.blocked_id || '"', ',' order by o.blocked_id), '') || ']'
          from (select k.blocked_id from proxyhooks.user_block k where k.user_id = $1::text
                 order by k.blocked_id limit 1000) o)
  from (select exists (select from proxyhooks.user_ban b where b.user_id = $1::text and (b.until is null or b.until > now()))
          as is_banned) b
 cross join lateral (
        select '[' || coalesce(string_agg(
                        '{"match":"' || l.match_id || '","role":"' || l.role || '","last_seq":' || l.last_seq
                          || ',"read_seq":' || coalesce(p.seq, 0) || ',"unread":' || greatest(l.last_seq - coalesce(p.seq, 0), 0)
                          || ',"last_message":' || coalesce(case when u.blocked_id is null then m.json else left(m.json, -1) || ',"blocked":true}' end, 'null')
                          || ',"members":' || c.members || '}', ',' order by l.nth) filter (where l.nth <= 200), '') || ']' as rooms,
               count(*) > 200 as has_more
          from (select k.match_id, k.role, r.last_seq, r.period, row_number() over (order by k.joined_at desc, k.match_id desc) as nth
                  from proxyhooks.match_member k
                  join proxyhooks.route_match t on t.id = k.match_id and t.state = 'open'
                  join proxyhooks.chat_room r on r.match_id = k.match_id
                 where k.user_id = $1::text and k.left_at is null and k.banned_at is null and k.role in ('driver', 'rider')
                   and not b.is_banned
                 order by k.joined_at desc, k.match_id desc limit 201) l
          left join proxyhooks.read_position p on p.match_id = l.match_id and p.user_id = $1::text
          left join lateral (
            select o.sender, proxyhooks.message_json(o.id, o.seq, o.match_id, o.sender, o.kind, o.text, o.lat, o.lon, o.sent_at,
                                                     o.edited_at, o.deleted_at) as json
              from proxyhooks.message o
             where o.period = l.period and o.match_id = l.match_id and o.seq = l.last_seq) m on true
          left join proxyhooks.user_block u on u.user_id = $1::text and u.blocked_id = m.sender
         cross join lateral (
            select '[' || coalesce(string_agg('{"user":"' || a.user_id || '","role":"' || a.role || '"'
                                                || coalesce(',"name":' || to_json(n.name), '') || '}', ',' order by a.user_id),
                                   '') || ']' as members
              from (select k.user_id, k.role from proxyhooks.match_member k
                     where k.match_id = l.match_id and coalesce(k.left_at, k.banned_at) is null order by k.user_id limit 50) a
              left join proxyhooks.person n on n.user_id = a.user_id) c) l
