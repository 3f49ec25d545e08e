-- What make run puts into the development database: one match of two people. May run again and again.
--
-- There is no table of users: the app has them, and a person exists here by being in a match. mallory, of whom the
-- examples speak, is in none; proxyhooks token issue makes a token for any name.

insert into proxyhooks.route_match (id, state)
values ('demo-match', 'open')
on conflict do nothing;

insert into proxyhooks.match_member (match_id, user_id, role)
values ('demo-match', 'alice', 'driver'), ('demo-match', 'bob', 'rider')
on conflict do nothing;
