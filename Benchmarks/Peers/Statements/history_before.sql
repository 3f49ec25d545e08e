-- $1 match, $2 person, $4 how many: the last messages before $3 (or of all, where it is null), each with the facts beside it; one row of facts
-- alone where there are no messages or the person may not read them.
-- Rows are built into JSON by the service: in SQL it takes PostgreSQL four times as long.
select f.state, f.role, f.has_left, f.is_removed, f.is_banned, m.id, m.seq, m.sender, m.kind, m.text, m.lat, m.lon, m.sent_at,
       m.edited_at, m.deleted_at, n.name, u.blocked_id is not null
  from (select t.state, k.role, k.left_at is not null as has_left, k.banned_at is not null as is_removed, r.period,
               exists (select from proxyhooks.user_ban b
                        where b.user_id = $2::text and (b.until is null or b.until > now())) as is_banned
          from proxyhooks.route_match t
          join proxyhooks.chat_room r on r.match_id = t.id
          left join proxyhooks.match_member k on k.match_id = t.id and k.user_id = $2::text
         where t.id = $1::text) f
  left join lateral (
    select o.id, o.seq, o.sender, o.kind, o.text, o.lat, o.lon, o.sent_at, o.edited_at, o.deleted_at
      from proxyhooks.message o
     where o.period = f.period and o.match_id = $1::text and o.seq < coalesce($3::bigint, 9223372036854775807)
       and f.role in ('driver', 'rider') and not (f.has_left or f.is_removed or f.is_banned)
     order by o.seq desc limit $4::bigint) m on true
  left join proxyhooks.person n on n.user_id = m.sender
  left join proxyhooks.user_block u on u.user_id = $2::text and u.blocked_id = m.sender
 order by m.seq desc
