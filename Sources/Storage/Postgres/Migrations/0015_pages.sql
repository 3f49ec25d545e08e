-- The list of rooms is read in pages, and the service writes out the statements of pages and spells what they read.

-- The youngest memberships first, each found from where the page before ended. A person's present memberships are asked for in
-- no other order, so this takes the place of the index by match.
create index match_member_by_age on proxyhooks.match_member (user_id, joined_at, match_id)
  where left_at is null and banned_at is null;
drop index proxyhooks.match_member_of_user;

drop function proxyhooks.rooms_of(text, text, bigint);
drop function proxyhooks.history_page(text, text, date, bigint, bigint, bigint);
drop function proxyhooks.page(text, text, date, bigint, bigint, bigint);
drop function proxyhooks.marked(text, boolean);
