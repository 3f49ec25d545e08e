-- $1 match, $2 message id, $3 sender, $4 kind, $5 text, $6 lat, $7 lon, $8 idempotency key, $9 whether into the outbox.
-- A resend hits the unique index over (match_id, id), and resent.sql says what became of the first one: nearly no message
-- is one, and a look-up before each would cost every message.
with facts as materialized (
  select t.state, k.role, k.left_at is not null as has_left, k.muted_at is not null as is_muted,
         k.banned_at is not null as is_removed,
         exists (select from proxyhooks.user_ban b where b.user_id = $3::text and (b.until is null or b.until > now()))
           as is_banned
    from proxyhooks.route_match t
    left join proxyhooks.match_member k on k.match_id = t.id and k.user_id = $3::text
   where t.id = $1::text
), room as (
  update proxyhooks.chat_room r set last_seq = r.last_seq + 1 from facts f
   where r.match_id = $1::text and f.state = 'open' and f.role in ('driver', 'rider')
     and not (f.has_left or f.is_muted or f.is_removed or f.is_banned)
  returning r.period, r.last_seq, date_trunc('milliseconds', clock_timestamp()) as sent_at
), message as materialized (
  select m.*, proxyhooks.message_json($2::uuid, m.last_seq, $1::text, $3::text, $4::text, $5::text, $6::float8, $7::float8,
                                      m.sent_at, null, null) as json
    from room m
), stored as (
  insert into proxyhooks.message (period, match_id, seq, id, sender, kind, text, lat, lon, sent_at, idempotency_key)
  select m.period, $1::text, m.last_seq, $2::uuid, $3::text, $4::text, $5::text, $6::float8, $7::float8, m.sent_at, $8::uuid
    from message m
), told as (
  insert into proxyhooks.outbox (method, payload, partition)
  select 'publish',
         ('{"channel":"match:' || $1::text || '","data":' || m.json || ',"idempotency_key":"' || $8::uuid || '"}')::json, 1
    from message m where $9::boolean
)
select f.state, f.role, f.has_left, f.is_muted, f.is_removed, f.is_banned, m.json
  from facts f left join message m on true
