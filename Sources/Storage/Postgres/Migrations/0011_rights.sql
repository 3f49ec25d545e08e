-- Who may do what with the functions above, and in which transactions.

-- A month's partition by any of its days, and by nothing else than the month.
create or replace function proxyhooks.make_period(p_period date) returns void language plpgsql security definer
set search_path = pg_catalog, pg_temp as $$
declare
  v_month date := date_trunc('month', p_period)::date;
  v_name  text := 'message_' || to_char(v_month, 'YYYYMM');
begin
  if to_regclass('proxyhooks.' || v_name) is not null then return; end if;
  perform pg_advisory_xact_lock(hashtext('proxyhooks.make_period'));
  if to_regclass('proxyhooks.' || v_name) is not null then return; end if;
  execute format('create table proxyhooks.%I (like proxyhooks.message including defaults including constraints
                                              including indexes)', v_name);
  execute format('alter table proxyhooks.message attach partition proxyhooks.%I for values in (%L)', v_name, v_month);
end $$;

-- A room's messages go with it from every month, but from those that end as a whole: a copy that was never moved to must
-- not wait for the next match of that id.
create or replace function proxyhooks.delete_messages_of_rooms() returns trigger language plpgsql security definer
set search_path = pg_catalog, pg_temp as $$
begin
  delete from proxyhooks.message m using gone g
   where m.match_id = g.match_id and m.period <> all (array(select e.period from proxyhooks.ending_period e));
  delete from proxyhooks.message_edit e using gone g where e.match_id = g.match_id;
  return null;
end $$;

-- Members and matches are told of by what their triggers see. With the snapshot of an older moment they would miss who
-- has joined or what was opened since, and leave somebody listening.
create function proxyhooks.want_read_committed() returns trigger language plpgsql as $$
begin
  if current_setting('transaction_isolation') <> 'read committed' then
    raise exception 'matches and members are changed in transactions of isolation level read committed'
      using errcode = 'invalid_transaction_state',
            hint = 'set transaction isolation level read committed';
  end if;
  return null;
end $$;

create trigger member_isolation before insert or update or delete on proxyhooks.match_member
  for each statement execute function proxyhooks.want_read_committed();
create trigger match_isolation before update or delete on proxyhooks.route_match
  for each statement execute function proxyhooks.want_read_committed();

-- What runs with its owner's rights is for triggers that are there. Whoever may execute a trigger function can put it on a
-- table of their own making, with rows of their own making.
do $$
declare
  v_function regprocedure;
begin
  for v_function in
    select p.oid from pg_proc p where p.pronamespace = 'proxyhooks'::regnamespace and p.prosecdef
  loop
    execute format('revoke execute on function %s from public', v_function);
  end loop;
end $$;
