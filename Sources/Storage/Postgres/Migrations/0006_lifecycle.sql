-- What an app's backend calls. Each is one statement of a transaction of the app's, says whether it changed anything,
-- and may be called again: the second time changes nothing and tells nobody. Plain SQL on the tables does the same.

create function proxyhooks.create_match(p_match text, p_users text[] default '{}', p_roles text[] default '{}')
returns boolean language plpgsql as $$
begin
  if cardinality(p_users) <> cardinality(p_roles) then
    raise exception 'as many roles as users are wanted' using errcode = 'invalid_parameter_value';
  end if;
  insert into proxyhooks.route_match (id) values (p_match) on conflict (id) do nothing;
  if not found then return false; end if;
  insert into proxyhooks.match_member (match_id, user_id, role)
  select p_match, m.user_id, m.role from unnest(p_users, p_roles) as m (user_id, role);
  return true;
end $$;

create function proxyhooks.close_match(p_match text) returns boolean language sql as $$
  with changed as (
    update proxyhooks.route_match set state = 'closed' where id = p_match and state <> 'closed' returning 1)
  select exists (select from changed)
$$;

create function proxyhooks.cancel_match(p_match text) returns boolean language sql as $$
  with changed as (
    update proxyhooks.route_match set state = 'cancelled' where id = p_match and state <> 'cancelled' returning 1)
  select exists (select from changed)
$$;

create function proxyhooks.reopen_match(p_match text) returns boolean language sql as $$
  with changed as (
    update proxyhooks.route_match set state = 'open' where id = p_match and state <> 'open' returning 1)
  select exists (select from changed)
$$;

-- Joins, or joins again after leaving. Who was removed stays out until readmit_member.
create function proxyhooks.join_match(p_match text, p_user text, p_role text) returns boolean language sql as $$
  with changed as (
    insert into proxyhooks.match_member as k (match_id, user_id, role)
    select t.id, p_user, p_role from proxyhooks.route_match t where t.id = p_match
    on conflict (match_id, user_id) do update
      set left_at = null, role = excluded.role, joined_at = case when k.left_at is null then k.joined_at else now() end
      where k.banned_at is null and (k.left_at is not null or k.role <> excluded.role)
    returning 1)
  select exists (select from changed)
$$;

create function proxyhooks.leave_match(p_match text, p_user text) returns boolean language sql as $$
  with changed as (
    update proxyhooks.match_member set left_at = now()
     where match_id = p_match and user_id = p_user and left_at is null returning 1)
  select exists (select from changed)
$$;

create function proxyhooks.mute_member(p_match text, p_user text) returns boolean language sql as $$
  with changed as (
    update proxyhooks.match_member set muted_at = now()
     where match_id = p_match and user_id = p_user and muted_at is null returning 1)
  select exists (select from changed)
$$;

create function proxyhooks.unmute_member(p_match text, p_user text) returns boolean language sql as $$
  with changed as (
    update proxyhooks.match_member set muted_at = null
     where match_id = p_match and user_id = p_user and muted_at is not null returning 1)
  select exists (select from changed)
$$;

-- Removes a member from the match for good.
create function proxyhooks.remove_member(p_match text, p_user text) returns boolean language sql as $$
  with changed as (
    update proxyhooks.match_member set banned_at = now()
     where match_id = p_match and user_id = p_user and banned_at is null returning 1)
  select exists (select from changed)
$$;

create function proxyhooks.readmit_member(p_match text, p_user text) returns boolean language sql as $$
  with changed as (
    update proxyhooks.match_member set banned_at = null
     where match_id = p_match and user_id = p_user and banned_at is not null returning 1)
  select exists (select from changed)
$$;

-- Bans a person from the whole service, for good or until a moment.
create function proxyhooks.ban_user(p_user text, p_until timestamptz default null) returns boolean language sql as $$
  with changed as (
    insert into proxyhooks.user_ban as b (user_id, until) values (p_user, p_until)
    on conflict (user_id) do update set banned_at = now(), until = excluded.until
      where b.until is distinct from excluded.until
    returning 1)
  select exists (select from changed)
$$;

create function proxyhooks.unban_user(p_user text) returns boolean language sql as $$
  with changed as (delete from proxyhooks.user_ban where user_id = p_user returning 1)
  select exists (select from changed)
$$;

-- Revokes every token of a person's that was issued before a moment.
create function proxyhooks.revoke_tokens(p_user text, p_before timestamptz default now()) returns boolean language sql as $$
  with changed as (
    insert into proxyhooks.token_not_before as n (user_id, not_before) values (p_user, p_before)
    on conflict (user_id) do update set not_before = excluded.not_before where n.not_before < excluded.not_before
    returning 1)
  select exists (select from changed)
$$;

-- Revokes one token by its jti; the row is of no use after the token's own end.
create function proxyhooks.revoke_token(p_jti text, p_expires_at timestamptz default null) returns boolean language sql as $$
  with changed as (
    insert into proxyhooks.revoked_token (jti, expires_at) values (p_jti, p_expires_at)
    on conflict (jti) do nothing returning 1)
  select exists (select from changed)
$$;
