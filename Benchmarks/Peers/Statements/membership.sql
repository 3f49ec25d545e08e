-- $1 match, $2 person: no row where there is no such match.
select t.state, k.role, k.left_at is not null, k.muted_at is not null, k.banned_at is not null,
       exists (select from proxyhooks.user_ban b where b.user_id = $2::text and (b.until is null or b.until > now())),
       r.last_seq, coalesce(p.seq, 0)
  from proxyhooks.route_match t
  join proxyhooks.chat_room r on r.match_id = t.id
  left join proxyhooks.match_member k on k.match_id = t.id and k.user_id = $2::text
  left join proxyhooks.read_position p on p.match_id = t.id and p.user_id = $2::text
 where t.id = $1::text
