-- Messages in a partition for each month in which rooms were made: a room's messages stay together, found by one look-up,
-- and those of old rooms are dropped with their partition.

alter table proxyhooks.chat_room
  add column period date not null default date_trunc('month', now() at time zone 'UTC')::date;

alter table proxyhooks.message rename to message_before_periods;
alter table proxyhooks.message_before_periods rename constraint message_pkey to message_before_periods_pkey;
alter table proxyhooks.message_before_periods rename constraint message_match_id_id_key to message_before_periods_id_key;

create table proxyhooks.message (
  period          date not null,                 -- the room's
  match_id        text collate "C" not null,
  seq             bigint not null check (seq >= 1),
  id              uuid not null,
  sender          text collate "C",              -- null where the person was erased
  kind            text not null check (kind in ('text', 'location')),
  text            text,
  lat             double precision,
  lon             double precision,
  sent_at         timestamptz not null,
  edited_at       timestamptz,                   -- when it was edited last
  deleted_at      timestamptz,                   -- null unless it is a tombstone, which has no content
  idempotency_key uuid not null,
  primary key (match_id, seq, period),
  unique (match_id, id, period),
  check (sender is not null or deleted_at is not null),
  check (case when deleted_at is not null then text is null and lat is null and lon is null
              when kind = 'text' then text is not null and lat is null and lon is null
              else text is null and lat is not null and lon is not null end)
) partition by list (period);

-- Makes a month's partition, if there is none. It is attached and not created in place: that would lock every room.
create function proxyhooks.make_period(p_period date) returns void language plpgsql security definer
set search_path = pg_catalog, pg_temp as $$
declare
  v_name text := 'message_' || to_char(p_period, 'YYYYMM');
begin
  if to_regclass('proxyhooks.' || v_name) is not null then return; end if;
  perform pg_advisory_xact_lock(hashtext('proxyhooks.make_period'));
  if to_regclass('proxyhooks.' || v_name) is not null then return; end if;
  execute format('create table proxyhooks.%I (like proxyhooks.message including defaults including constraints
                                              including indexes)', v_name);
  execute format('alter table proxyhooks.message attach partition proxyhooks.%I for values in (%L)', v_name, p_period);
end $$;

select proxyhooks.make_period((date_trunc('month', now() at time zone 'UTC') + n * interval '1 month')::date)
  from generate_series(0, 2) n;

insert into proxyhooks.message (period, match_id, seq, id, sender, kind, text, lat, lon, sent_at, idempotency_key)
select r.period, o.match_id, o.seq, o.id, o.sender, o.kind, o.text, o.lat, o.lon, o.sent_at, o.idempotency_key
  from proxyhooks.message_before_periods o join proxyhooks.chat_room r on r.match_id = o.match_id;
drop table proxyhooks.message_before_periods;

create or replace function proxyhooks.make_room() returns trigger language plpgsql security definer
set search_path = pg_catalog, pg_temp as $$
declare
  v_period date;
begin
  insert into proxyhooks.chat_room (match_id) values (new.id) returning period into v_period;
  perform proxyhooks.make_period(v_period);
  return null;
end $$;

-- What a message said before it was edited or deleted, for moderators.
create table proxyhooks.message_edit (
  match_id   text collate "C" not null,
  seq        bigint not null,
  edited_at  timestamptz not null,
  text       text,
  lat        double precision,
  lon        double precision,
  primary key (match_id, seq, edited_at)
);

create or replace function proxyhooks.delete_messages_of_rooms() returns trigger language plpgsql security definer
set search_path = pg_catalog, pg_temp as $$
begin
  delete from proxyhooks.message m using gone g where m.period = g.period and m.match_id = g.match_id;
  delete from proxyhooks.message_edit e using gone g where e.match_id = g.match_id;
  return null;
end $$;

-- Who does not want to hear whom.
create table proxyhooks.user_block (
  user_id    proxyhooks.identifier not null,
  blocked_id proxyhooks.identifier not null,
  blocked_at timestamptz not null default now(),
  primary key (user_id, blocked_id)
);
