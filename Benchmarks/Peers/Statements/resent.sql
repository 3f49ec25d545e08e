-- What the room has under a message's id: $1 match, $2 message id, $3 sender, $4 kind, $5 text, $6 lat, $7 lon.
select case
         when o.sender = $3::text and (o.edited_at is not null or o.deleted_at is not null) then 'old'
         when (o.sender, o.kind, o.text, o.lat, o.lon)
                is distinct from ($3::text, $4::text, $5::text, $6::float8, $7::float8) then 'conflict'
         when o.sent_at < now() - interval '4 minutes' then 'old'
         else 'repeated' end,
       proxyhooks.message_json(o.id, o.seq, o.match_id, o.sender, o.kind, o.text, o.lat, o.lon, o.sent_at, o.edited_at,
                               o.deleted_at),
       o.idempotency_key::text
  from proxyhooks.chat_room r
  join proxyhooks.message o on o.period = r.period and o.match_id = r.match_id and o.id = $2::uuid
 where r.match_id = $1::text
