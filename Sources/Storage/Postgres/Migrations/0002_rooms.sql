-- Rooms and what is said in them.

-- Updated with every batch of messages: half-empty pages keep those updates on the page (HOT), and no index follows them.
create table proxyhooks.chat_room (
  match_id   proxyhooks.identifier primary key references proxyhooks.route_match on delete cascade,
  last_seq   bigint not null default 0,
  created_at timestamptz not null default now()
) with (fillfactor = 50);

-- No foreign key to the room: rows are only ever written by store_messages under the room's lock, and the check would
-- cost every message a second lock on the room. Deleting a room deletes its messages by a trigger.
create table proxyhooks.message (
  match_id        text collate "C" not null,
  seq             bigint not null check (seq >= 1),
  id              uuid not null,
  sender          text collate "C" not null,
  kind            text not null check (kind in ('text', 'location')),
  text            text,
  lat             double precision,
  lon             double precision,
  sent_at         timestamptz not null,
  idempotency_key uuid not null,
  primary key (match_id, seq),
  unique (match_id, id),
  check (case kind when 'text' then text is not null and lat is null and lon is null
                   else text is null and lat is not null and lon is not null end)
);

create table proxyhooks.read_position (
  match_id proxyhooks.identifier not null references proxyhooks.chat_room on delete cascade,
  user_id  proxyhooks.identifier not null,
  seq      bigint not null check (seq >= 0),
  read_at  timestamptz not null default now(),
  primary key (match_id, user_id)
);

create function proxyhooks.make_room() returns trigger language plpgsql as $$
begin
  insert into proxyhooks.chat_room (match_id) values (new.id);
  return null;
end $$;

create trigger room_of_match after insert on proxyhooks.route_match
  for each row execute function proxyhooks.make_room();

create function proxyhooks.delete_messages_of_rooms() returns trigger language plpgsql as $$
begin
  delete from proxyhooks.message m using gone g where m.match_id = g.match_id;
  return null;
end $$;

create trigger messages_of_room after delete on proxyhooks.chat_room
  referencing old table as gone for each statement execute function proxyhooks.delete_messages_of_rooms();
