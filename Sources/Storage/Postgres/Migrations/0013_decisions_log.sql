-- The decision log, where it is kept here (`docs/decision-log.md`). A line is kept as json, which keeps its bytes: its hash
-- is of them. The other columns are for finding lines, and prove nothing.
create table proxyhooks.decision (
  log     text not null,
  seq     bigint not null,
  at      timestamptz not null,
  hook    text,
  event   text,
  user_id text,
  outcome text,
  line    json not null,
  primary key (log, seq)
);

-- Lines come in the order of their times, so the least of indexes finds a time.
create index decision_at on proxyhooks.decision using brin (at) with (pages_per_range = 32);
create index decision_of_user on proxyhooks.decision (user_id, at) where user_id is not null;
create index decision_opened on proxyhooks.decision (at) where event = 'opened';

-- Writes lines, and passes over those that are there already: who learned nothing of a commit sends them again. Returns
-- how many are there now, as they were given.
create function proxyhooks.log_decisions(p_lines text[]) returns bigint language plpgsql
set search_path = pg_catalog, pg_temp as $$
declare
  v_count bigint;
begin
  insert into proxyhooks.decision (log, seq, at, hook, event, user_id, outcome, line)
  select r.log, r.seq, r."time", r.hook, r.event, r."user", r.outcome, g.line::json
    from unnest(p_lines) as g (line)
   -- json holds a NUL's escape, and text does not.
   cross join lateral json_to_record(replace(g.line, '\u0000', '\ufffd')::json)
                as r (log text, seq bigint, "time" timestamptz, hook text, event text, "user" text, outcome text)
      on conflict (log, seq) do nothing;
  get diagnostics v_count = row_count;
  if v_count < cardinality(p_lines) then
    select count(*) into v_count
      from unnest(p_lines) as g (line)
     cross join lateral json_to_record(replace(g.line, '\u0000', '\ufffd')::json) as r (log text, seq bigint)
      join proxyhooks.decision d on d.log = r.log and d.seq = r.seq and d.line::text = g.line;
  end if;
  return v_count;
end $$;
