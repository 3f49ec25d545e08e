-- What Centrifugo is to be told: its own PostgreSQL consumer reads the outbox and carries each row out.

-- What the functions below must know of Centrifugo's configuration. `proxyhooks migrate` writes it from the settings.
create table proxyhooks.trigger_settings (
  only_row           boolean primary key default true check (only_row),
  match_namespace    proxyhooks.identifier not null default 'match',
  user_namespace     proxyhooks.identifier not null default 'user',
  message_partitions integer not null default 1 check (message_partitions between 1 and 64)
);
insert into proxyhooks.trigger_settings default values;

-- The columns are what the consumer selects and deletes by. `payload` is json and not jsonb, since jsonb spells numbers
-- anew and sorts keys: what is broadcast would not be what the hook answered.
--   partition 0:  what must not wait behind messages: ends of subscriptions and connections, events; with notification
--   from 1:       messages and what belongs in one order with them, a room always in the same one
-- Rows live for milliseconds. The table is vacuumed by their number and not by its share, is never analyzed while it
-- happens to be empty, and keeps its pages.
create table proxyhooks.outbox (
  id         bigint generated always as identity primary key,
  method     text not null,
  payload    json not null,
  partition  integer not null,
  created_at timestamptz not null default now()
) with (autovacuum_vacuum_threshold = 2000, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_insert_threshold = -1,
        autovacuum_vacuum_cost_delay = 0, autovacuum_analyze_threshold = 2147483647, vacuum_truncate = false);
create index outbox_of_partition on proxyhooks.outbox (partition, id);

create function proxyhooks.match_channel(p_match text) returns text language sql stable as $$
  select i.match_namespace || ':' || p_match from proxyhooks.trigger_settings i
$$;

create function proxyhooks.user_channel(p_user text) returns text language sql stable as $$
  select i.user_namespace || ':' || p_user from proxyhooks.trigger_settings i
$$;

-- A command for Centrifugo in partition 0, carried out as soon as the transaction is committed. Several of one
-- transaction make one notification.
create function proxyhooks.command(p_method text, p_payload text) returns void language plpgsql as $$
begin
  insert into proxyhooks.outbox (method, payload, partition) values (p_method, p_payload::json, 0);
  perform pg_notify('proxyhooks_outbox', '0');
end $$;

-- An event: one body for all the channels that it concerns. Ids and event names need no quoting, by their grammar.
create function proxyhooks.announce(p_event text, p_match text, p_channels text[], p_rest text default '')
returns void language sql as $$
  select proxyhooks.command('broadcast',
    '{"channels":' || to_json(p_channels) || ',"data":{"event":"' || p_event || '","match":"' || p_match || '"' || p_rest
    || ',"at":"' || to_char(clock_timestamp() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')
    || '"},"idempotency_key":"' || gen_random_uuid() || '"}')
$$;

-- Ends a person's subscription to a room on every connection of theirs. The SDKs don't subscribe again after it.
create function proxyhooks.end_subscription(p_match text, p_user text) returns void language sql as $$
  select proxyhooks.command('unsubscribe',
    '{"user":"' || p_user || '","channel":"' || proxyhooks.match_channel(p_match) || '"}')
$$;

-- Ends all of a person's connections.
create function proxyhooks.end_connections(p_user text, p_code integer, p_reason text) returns void language sql as $$
  select proxyhooks.command('disconnect',
    '{"user":"' || p_user || '","disconnect":{"code":' || p_code || ',"reason":"' || p_reason || '"}}')
$$;

-- The triggers run with their owner's rights: who may write a membership need not be let at the outbox, and can't forget
-- it.

create function proxyhooks.tell_of_member() returns trigger language plpgsql security definer
set search_path = pg_catalog, pg_temp as $$
declare
  v_was   boolean := tg_op <> 'INSERT' and old.left_at is null and old.banned_at is null;
  v_is    boolean := tg_op <> 'DELETE' and new.left_at is null and new.banned_at is null;
  v_match text := case when tg_op = 'DELETE' then old.match_id else new.match_id end;
  v_user  text := case when tg_op = 'DELETE' then old.user_id else new.user_id end;
  v_role  text := case when tg_op = 'DELETE' then old.role else new.role end;
  v_event text;
begin
  if tg_op = 'UPDATE' and (old.match_id <> new.match_id or old.user_id <> new.user_id) then
    raise exception 'a membership can not move to another match or person; delete it and insert another'
      using errcode = 'integrity_constraint_violation';
  end if;
  v_event := case
    when v_is and not v_was then 'member_joined'
    when v_was and not v_is then
      case when tg_op = 'UPDATE' and old.banned_at is null and new.banned_at is not null then 'member_removed'
           else 'member_left' end
    when not v_is then null
    when old.role <> new.role then 'member_role_changed'
    when old.muted_at is null and new.muted_at is not null then 'member_muted'
    when old.muted_at is not null and new.muted_at is null then 'member_unmuted' end;
  -- A match that is being closed waits for who is joining, or the other way round: no one is missed when its
  -- subscriptions end.
  if v_is and not v_was then
    perform from proxyhooks.route_match t where t.id = v_match for share;
  end if;
  if v_event is not null then
    perform proxyhooks.announce(v_event, v_match, array[proxyhooks.match_channel(v_match), proxyhooks.user_channel(v_user)],
                                ',"user":"' || v_user || '","role":"' || v_role || '"');
  end if;
  -- The event first: the person hears why.
  if v_was and not v_is then
    perform proxyhooks.end_subscription(v_match, v_user);
  end if;
  return null;
end $$;

create trigger member_told after insert or update or delete on proxyhooks.match_member
  for each row execute function proxyhooks.tell_of_member();

create function proxyhooks.tell_of_match() returns trigger language plpgsql security definer
set search_path = pg_catalog, pg_temp as $$
declare
  v_members text[];
begin
  if old.id <> new.id then
    raise exception 'a match keeps its id' using errcode = 'integrity_constraint_violation';
  end if;
  if old.state = new.state then return null; end if;
  select coalesce(array_agg(k.user_id::text order by k.user_id), '{}') into v_members
    from proxyhooks.match_member k
   where k.match_id = new.id and k.left_at is null and k.banned_at is null;
  perform proxyhooks.announce(
    case new.state when 'open' then 'match_opened' else 'match_' || new.state end, new.id,
    array_prepend(proxyhooks.match_channel(new.id),
                  (select array_agg(proxyhooks.user_channel(m)) from unnest(v_members) m)));
  -- Nobody listens to a match that is over.
  if old.state = 'open' then
    perform proxyhooks.end_subscription(new.id, m) from unnest(v_members) m;
  end if;
  return null;
end $$;

create trigger match_told after update on proxyhooks.route_match
  for each row execute function proxyhooks.tell_of_match();

-- 4503 and 4001 stand in docs/codes.md.
create function proxyhooks.tell_of_ban() returns trigger language plpgsql security definer
set search_path = pg_catalog, pg_temp as $$
begin
  if new.until is null or new.until > now() then
    perform proxyhooks.end_connections(new.user_id, 4503, 'banned');
  end if;
  return null;
end $$;

create trigger ban_told after insert or update on proxyhooks.user_ban
  for each row execute function proxyhooks.tell_of_ban();

-- Each connection of the person's comes again with a token: with a new one it is let in, with an old one it is not.
create function proxyhooks.tell_of_not_before() returns trigger language plpgsql security definer
set search_path = pg_catalog, pg_temp as $$
begin
  perform proxyhooks.end_connections(new.user_id, 4001, 'token expired');
  return null;
end $$;

create trigger not_before_told after insert or update on proxyhooks.token_not_before
  for each row execute function proxyhooks.tell_of_not_before();
