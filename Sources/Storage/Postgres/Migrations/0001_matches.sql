-- Who is matched with whom. Written by the app's backend, read by every decision.

-- Ids compare by their bytes: one order on every machine, whatever its locale.
create domain proxyhooks.identifier as text collate "C"
  check (value ~ '^[A-Za-z0-9._@-]{1,64}$');

create table proxyhooks.route_match (
  id         proxyhooks.identifier primary key,
  state      text not null default 'open' check (state in ('open', 'closed', 'cancelled')),
  created_at timestamptz not null default now()
);

create table proxyhooks.match_member (
  match_id  proxyhooks.identifier not null references proxyhooks.route_match on delete cascade,
  user_id   proxyhooks.identifier not null,
  role      text not null check (role in ('driver', 'rider')),
  joined_at timestamptz not null default now(),
  left_at   timestamptz,            -- null while the person is in the match
  muted_at  timestamptz,            -- null while the person may write
  banned_at timestamptz,            -- null unless removed from this match for good
  primary key (match_id, user_id)
);

create index match_member_of_user on proxyhooks.match_member (user_id, match_id)
  where left_at is null and banned_at is null;

-- Bans from the whole service.
create table proxyhooks.user_ban (
  user_id   proxyhooks.identifier primary key,
  banned_at timestamptz not null default now(),
  until     timestamptz            -- null: for good
);

-- Tokens that are no longer good although their signature is: all of a person's issued before a moment, or a single one.
create table proxyhooks.token_not_before (
  user_id    proxyhooks.identifier primary key,
  not_before timestamptz not null
);

create table proxyhooks.revoked_token (
  jti        text collate "C" primary key check (length(jti) between 1 and 128),
  revoked_at timestamptz not null default now(),
  expires_at timestamptz           -- the token's own end, after which the row has no use
);
