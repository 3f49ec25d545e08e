-- $1 match, $2 person, $3 token's id or null, $4 its issue in Unix seconds or null: what membership.sql and standing.sql
-- ask, in one.
select t.state, k.role, k.left_at is not null, k.muted_at is not null, k.banned_at is not null,
       exists (select from proxyhooks.user_ban b where b.user_id = $2::text and (b.until is null or b.until > now())),
       exists (select from proxyhooks.revoked_token t where t.jti = $3::text)
         or exists (select from proxyhooks.token_not_before n
                     where n.user_id = $2::text and coalesce($4::bigint < extract(epoch from n.not_before), true))
  from proxyhooks.route_match t
  left join proxyhooks.match_member k on k.match_id = t.id and k.user_id = $2::text
 where t.id = $1::text
