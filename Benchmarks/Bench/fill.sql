-- What the benchmark's database holds: 10 000 rooms of two members and ten messages each (mN, in which dN drives and rN
-- rides), the room "hot" of 200, and some of every sort whose requests are to be refused. Triggers are off: there is nobody
-- to be told.
set client_min_messages = warning;
set session_replication_role = replica;

insert into proxyhooks.route_match (id) select 'm' || n from generate_series(0, 9999) n;
insert into proxyhooks.match_member (match_id, user_id, role)
select 'm' || n, m.letter || n, m.role from generate_series(0, 9999) n, (values ('d', 'driver'), ('r', 'rider')) as m (letter, role);

insert into proxyhooks.route_match (id) values ('hot');
insert into proxyhooks.match_member (match_id, user_id, role) select 'hot', 'h' || n, 'rider' from generate_series(0, 199) n;

insert into proxyhooks.route_match (id, state) values ('open', 'open'), ('closed', 'closed'), ('cancelled', 'cancelled');
insert into proxyhooks.match_member (match_id, user_id, role, left_at, muted_at, banned_at)
values ('open', 'anna', 'driver', null, null, null), ('open', 'ben', 'rider', null, null, null),
       ('open', 'gone', 'rider', now(), null, null), ('open', 'hushed', 'rider', null, now(), null),
       ('open', 'removed', 'rider', null, null, now()), ('open', 'barred', 'rider', null, null, null),
       ('open', 'guest', 'guest', null, null, null),
       ('closed', 'anna', 'driver', null, null, null), ('closed', 'hushed', 'rider', null, now(), null),
       ('cancelled', 'anna', 'driver', null, null, null);
insert into proxyhooks.user_ban (user_id, until) values ('barred', null), ('pardoned', now() - interval '1 day');
insert into proxyhooks.revoked_token (jti) values ('t-revoked');
insert into proxyhooks.token_not_before (user_id, not_before) values ('older', now() + interval '1 day');
insert into proxyhooks.person (user_id, name) values ('anna', 'Anna "the driver" Ä'), ('d1', 'Dora');
insert into proxyhooks.user_block (user_id, blocked_id) values ('ben', 'anna');

insert into proxyhooks.chat_room (match_id) select t.id from proxyhooks.route_match t;
update proxyhooks.chat_room set last_seq = 10 where match_id ~ '^m[0-9]';
update proxyhooks.chat_room set last_seq = 5 where match_id in ('open', 'closed');
insert into proxyhooks.message (period, match_id, seq, id, sender, kind, text, sent_at, idempotency_key)
select r.period, r.match_id, s, gen_random_uuid(),
       case when r.match_id !~ '^m' then 'anna' when s % 2 = 0 then 'd' || substr(r.match_id, 2) else 'r' || substr(r.match_id, 2) end,
       'text', 'On my way, five minutes',
       date_trunc('milliseconds', now() - interval '1 day' + s * interval '1 minute'), gen_random_uuid()
  from proxyhooks.chat_room r, generate_series(1, 10) s
 where s <= r.last_seq;

reset session_replication_role;
