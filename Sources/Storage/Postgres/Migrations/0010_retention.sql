-- Old months, and the data of one person. Each function is one short transaction's work; `proxyhooks prune` and
-- `proxyhooks person` call them until nothing is left to do.

-- By month, for whoever looks through all rooms of one. `period` changes only when a room is moved, so the updates of a
-- room by its messages stay on their page.
create index chat_room_of_period on proxyhooks.chat_room (period, match_id);

-- Months whose rooms are being deleted: their messages go with the partition and not one by one.
create table proxyhooks.ending_period (
  period   date primary key,
  begun_at timestamptz not null default now()
);

create or replace function proxyhooks.delete_messages_of_rooms() returns trigger language plpgsql security definer
set search_path = pg_catalog, pg_temp as $$
begin
  delete from proxyhooks.message m using gone g
   where m.period = g.period and m.match_id = g.match_id
     and g.period <> all (array(select e.period from proxyhooks.ending_period e));
  delete from proxyhooks.message_edit e using gone g where e.match_id = g.match_id;
  return null;
end $$;

-- Of a match that is not open nobody is told: its room is empty, and the end of the match has ended every subscription. The
-- members of a match that is deleted are told by tell_of_deleted_match, while it can still be seen whether it was open.
-- A session that brings in what has long been known sets proxyhooks.importing; it silences joins, and never what ends
-- a subscription.
create or replace function proxyhooks.tell_of_member() returns trigger language plpgsql security definer
set search_path = pg_catalog, pg_temp as $$
declare
  v_was   boolean := tg_op <> 'INSERT' and old.left_at is null and old.banned_at is null;
  v_is    boolean := tg_op <> 'DELETE' and new.left_at is null and new.banned_at is null;
  v_match text := case when tg_op = 'DELETE' then old.match_id else new.match_id end;
  v_user  text := case when tg_op = 'DELETE' then old.user_id else new.user_id end;
  v_role  text := case when tg_op = 'DELETE' then old.role else new.role end;
  v_event text;
  v_state text;
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
  if v_event is null then return null; end if;
  -- A match that is being closed waits for who is joining, or the other way round: no one is missed when its
  -- subscriptions end.
  if v_event = 'member_joined' then
    select t.state into v_state from proxyhooks.route_match t where t.id = v_match for share;
    if current_setting('proxyhooks.importing', true) = 'on' then return null; end if;
  else
    select t.state into v_state from proxyhooks.route_match t where t.id = v_match;
  end if;
  if v_state is distinct from 'open' then return null; end if;
  perform proxyhooks.announce(v_event, v_match, array[proxyhooks.match_channel(v_match), proxyhooks.user_channel(v_user)],
                              ',"user":"' || v_user || '","role":"' || v_role || '"');
  -- The event first: the person hears why.
  if v_was and not v_is then
    perform proxyhooks.end_subscription(v_match, v_user);
  end if;
  return null;
end $$;

create function proxyhooks.tell_of_deleted_match() returns trigger language plpgsql security definer
set search_path = pg_catalog, pg_temp as $$
declare
  v_member record;
begin
  if old.state <> 'open' then return old; end if;
  for v_member in
    select k.user_id, k.role from proxyhooks.match_member k
     where k.match_id = old.id and k.left_at is null and k.banned_at is null order by k.user_id
  loop
    perform proxyhooks.announce(
      'member_left', old.id, array[proxyhooks.match_channel(old.id), proxyhooks.user_channel(v_member.user_id)],
      ',"user":"' || v_member.user_id || '","role":"' || v_member.role || '"');
    perform proxyhooks.end_subscription(old.id, v_member.user_id);
  end loop;
  return old;
end $$;

create trigger deleted_match_told before delete on proxyhooks.route_match
  for each row execute function proxyhooks.tell_of_deleted_match();

create or replace function proxyhooks.tell_of_match() returns trigger language plpgsql security definer
set search_path = pg_catalog, pg_temp as $$
declare
  v_members text[];
begin
  if old.id <> new.id then
    raise exception 'a match keeps its id' using errcode = 'integrity_constraint_violation';
  end if;
  if old.state = new.state then return null; end if;
  -- Who is leaving a match that is opened again has found it closed and was told nothing: they are waited for.
  if new.state = 'open' then
    perform from proxyhooks.match_member k
      where k.match_id = new.id and k.left_at is null and k.banned_at is null order by k.user_id for share;
  end if;
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

-- The partitions of messages: those in use and, between the two steps of a detachment, those that are not any more.
create view proxyhooks.message_partition as
  select to_date(substr(c.relname, 9), 'YYYYMM') as period, c.oid::regclass as partition,
         i.inhrelid is not null as attached, coalesce(i.inhdetachpending, false) as pending,
         pg_total_relation_size(c.oid) as bytes
    from pg_class c left join pg_inherits i on i.inhrelid = c.oid and i.inhparent = 'proxyhooks.message'::regclass
   where c.relnamespace = 'proxyhooks'::regnamespace and c.relkind = 'r' and c.relname ~ '^message_[0-9]{6}$';

-- The rooms of a month, each with whether it lives: its match is open, or it was spoken in since.
create function proxyhooks.rooms_of_period(p_period date, p_before timestamptz)
returns table (match_id text, is_open boolean, lives boolean, last_seq bigint) language sql stable as $$
  select r.match_id::text, t.state = 'open',
         t.state = 'open' or coalesce(m.sent_at, r.created_at) >= p_before, r.last_seq
    from proxyhooks.chat_room r
    join proxyhooks.route_match t on t.id = r.match_id
    left join lateral (select o.sent_at from proxyhooks.message o
                        where o.period = r.period and o.match_id = r.match_id and o.seq = r.last_seq limit 1) m on true
   where r.period = p_period
$$;

-- Deletes matches of a month that is being ended, with their rooms, members and read positions; returns how many. Each is
-- looked at again under its lock: one that was opened since stays.
create function proxyhooks.end_matches(p_period date, p_before timestamptz, p_limit integer) returns bigint
language plpgsql as $$
declare
  v_count bigint;
begin
  with over as materialized (
    select t.id from proxyhooks.route_match t
     where t.state <> 'open'
       and t.id in (select o.match_id from proxyhooks.rooms_of_period(p_period, p_before) o where not o.lives limit p_limit)
       for update of t skip locked)
  delete from proxyhooks.route_match t using over o where t.id = o.id;
  get diagnostics v_count = row_count;
  return v_count;
end $$;

-- Copies the next messages of a room into another month; returns how many. The copies are not seen before move_room, and
-- the room goes on meanwhile.
create function proxyhooks.copy_messages(p_match text, p_period date, p_limit integer) returns bigint
language plpgsql as $$
declare
  v_count bigint;
  v_from  date;
  v_after bigint;
begin
  perform proxyhooks.make_period(p_period);
  select r.period into v_from from proxyhooks.chat_room r where r.match_id = p_match and r.period <> p_period;
  if not found then return 0; end if;
  select coalesce(max(m.seq), 0) into v_after from proxyhooks.message m where m.period = p_period and m.match_id = p_match;
  insert into proxyhooks.message (period, match_id, seq, id, sender, kind, text, lat, lon, sent_at, edited_at, deleted_at,
                                  idempotency_key)
  select p_period, m.match_id, m.seq, m.id, m.sender, m.kind, m.text, m.lat, m.lon, m.sent_at, m.edited_at, m.deleted_at,
         m.idempotency_key
    from proxyhooks.message m
   where m.period = v_from and m.match_id = p_match and m.seq > v_after order by m.seq limit p_limit;
  get diagnostics v_count = row_count;
  return v_count;
end $$;

-- Under the room's lock: copies the last messages, takes over what was edited or deleted since it was copied, and gives
-- the room its new month. The old rows are left to the old month's end. Returns whether the room has moved.
create function proxyhooks.move_room(p_match text, p_period date) returns boolean language plpgsql as $$
declare
  v_from date;
begin
  select r.period into v_from from proxyhooks.chat_room r where r.match_id = p_match and r.period <> p_period for update;
  if not found then return false; end if;
  perform proxyhooks.copy_messages(p_match, p_period, 2147483647);
  update proxyhooks.message n
     set sender = o.sender, text = o.text, lat = o.lat, lon = o.lon, edited_at = o.edited_at, deleted_at = o.deleted_at
    from proxyhooks.message o
   where n.period = p_period and n.match_id = p_match and o.period = v_from and o.match_id = p_match and o.seq = n.seq
     and (n.sender, n.edited_at, n.deleted_at) is distinct from (o.sender, o.edited_at, o.deleted_at);
  update proxyhooks.chat_room set period = p_period where match_id = p_match;
  return true;
end $$;

-- Makes the next of a person's messages in a room tombstones of nobody, and forgets what they said before they were
-- edited; returns how many. Every month is looked in: a copy that a move of the room has left is the person's too.
create function proxyhooks.erase_messages(p_user text, p_match text, p_limit integer) returns bigint
language plpgsql as $$
declare
  v_count bigint;
begin
  -- The room's lock keeps a move of the room from taking over the old text.
  perform from proxyhooks.chat_room r where r.match_id = p_match for update;
  with mine as materialized (
    select m.period, m.seq from proxyhooks.message m where m.match_id = p_match and m.sender = p_user limit p_limit
  ), forgotten as (
    delete from proxyhooks.message_edit e using mine w where e.match_id = p_match and e.seq = w.seq
  )
  update proxyhooks.message m
     set sender = null, text = null, lat = null, lon = null, edited_at = null, deleted_at = coalesce(m.deleted_at, now())
    from mine w where m.period = w.period and m.match_id = p_match and m.seq = w.seq;
  get diagnostics v_count = row_count;
  return v_count;
end $$;
