-- $1 person, $2 token's id or null, $3 its issue in Unix seconds or null: banned, and whether the token is revoked.
select exists (select from proxyhooks.user_ban b where b.user_id = $1::text and (b.until is null or b.until > now())),
       exists (select from proxyhooks.revoked_token t where t.jti = $2::text)
         or exists (select from proxyhooks.token_not_before n
                     where n.user_id = $1::text and coalesce($3::bigint < extract(epoch from n.not_before), true))
