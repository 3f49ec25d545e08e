"""Whether a decision takes longer as the tables grow: the last part of make bench, and all of make bench-growth, which takes
more rounds. The service alone, one connection, medians."""

import json
import os
import statistics
import subprocess
import time

import bars
import contestants
import database
import loads
import prepared
from contestants import BUILD

QUICK = os.environ.get("QUICK", "") not in ("", "0")
NAME = "bench_growth"
MEMBERS = [10_000, 1_000_000, 10_000_000]
LONG_ROOM = 1_000_000
ROOMS_PAGE = 10  # of both persons: pages of one length take as long, whatever is after them
# Of a short run, to see that all of it works.
QUICK_MEMBERS = [10_000, 100_000]
QUICK_LONG_ROOM = 50_000
# How many of the people of a size are asked for; others would not be in the processor's caches in any size.
ASKED = 5_000

# Matches gN of ten, uN-0 to uN-9, from one number to another.
IN_MATCH = 10
FILL = """
set client_min_messages = warning;
set session_replication_role = replica;
set synchronous_commit = off;
insert into proxyhooks.route_match (id) select 'g' || n from generate_series({first}, {last}) n;
insert into proxyhooks.chat_room (match_id) select 'g' || n from generate_series({first}, {last}) n;
insert into proxyhooks.match_member (match_id, user_id, role)
select 'g' || n, 'u' || n || '-' || k, case k when 0 then 'driver' else 'rider' end
  from generate_series({first}, {last}) n, generate_series(0, {in_match} - 1) k;
vacuum analyze proxyhooks.route_match, proxyhooks.chat_room, proxyhooks.match_member;
checkpoint;
"""

# A short and a long room of anna's, and people with 10 and 1 000 rooms of one message each.
ROOMS = """
set client_min_messages = warning;
set session_replication_role = replica;
set synchronous_commit = off;
insert into proxyhooks.route_match (id) select 'short' union all select 'long';
insert into proxyhooks.match_member (match_id, user_id, role) select m, 'anna', 'driver' from unnest(array['short', 'long']) m;
insert into proxyhooks.chat_room (match_id, last_seq) values ('short', 1000), ('long', {long});
insert into proxyhooks.route_match (id) select 'few' || n from generate_series(1, 10) n;
insert into proxyhooks.route_match (id) select 'many' || n from generate_series(1, 1000) n;
insert into proxyhooks.match_member (match_id, user_id, role)
select t.id, case when t.id ~ '^few' then 'fred' else 'mary' end, 'driver' from proxyhooks.route_match t where t.id ~ '^(few|many)';
insert into proxyhooks.match_member (match_id, user_id, role)
select t.id, 'x' || t.id, 'rider' from proxyhooks.route_match t where t.id ~ '^(few|many)';
insert into proxyhooks.chat_room (match_id, last_seq) select t.id, 1 from proxyhooks.route_match t where t.id ~ '^(few|many)';
insert into proxyhooks.message (period, match_id, seq, id, sender, kind, text, sent_at, idempotency_key)
select r.period, r.match_id, s, gen_random_uuid(), 'anna', 'text', 'On my way, five minutes',
       date_trunc('milliseconds', now() - interval '1 day'), gen_random_uuid()
  from proxyhooks.chat_room r, generate_series(1, r.last_seq) s where r.last_seq > 0;
vacuum analyze;
checkpoint;
"""


def say(text):
    print(text, flush=True)


def run_sql(sql):
    path = f"{BUILD}/growth.sql"
    with open(path, "w") as file:
        file.write(sql)
    database.run_file(NAME, path)


class Growth:
    """As many services as there are sizes run at the same time, each on a database of its own; all but one of them wait."""

    def __init__(self, is_quick=False, rounds=3, seconds=1):
        self.members = QUICK_MEMBERS if is_quick else MEMBERS
        self.long_room = QUICK_LONG_ROOM if is_quick else LONG_ROOM
        self.rounds = rounds
        ports = contestants.free_ports(2 * len(self.members))
        self.services = [contestants.Service(*ports[2 * place:2 * place + 2]) for place in range(len(self.members))]
        self.loads = loads.Loads({}, 0.5 if is_quick else seconds, 0.2)
        self.measured = {}

    def ask(self, name, requests):
        path = f"{BUILD}/growth-{len(self.loads.files)}.requests"
        prepared.write(path, [("all", 1, requests)])
        self.loads.files[name] = path

    def measure(self, title, names, services):
        """Medians of the loads `names` by turns, each on its service, in microseconds."""
        say(title)
        found = {name: [] for name in names}
        turns = list(zip(names, services))
        for round_ in range(self.rounds):
            for name, service in (turns if round_ % 2 == 0 else reversed(turns)):
                found[name].append(self.loads.closed(service, name, 1)["latency"]["p50"])
        self.measured[title] = found
        for name in names:
            say(f"  {name:32}{statistics.median(found[name]):8.0f} µs  ({min(found[name]):.0f} – {max(found[name]):.0f})")


    def fill(self):
        """The databases by size; the largest has the rooms too."""
        database.create(NAME)
        environment = {**contestants.base_environment(), **self.services[0].environment(NAME)}
        subprocess.run([os.environ["PROXYHOOKS_BIN"], "migrate"], check=True, env=environment, stdout=subprocess.DEVNULL,
                       stderr=subprocess.DEVNULL)
        started = time.monotonic()
        databases, last = [], -1
        for members in self.members:
            run_sql(FILL.format(first=last + 1, last=members // IN_MATCH - 1, in_match=IN_MATCH))
            last = members // IN_MATCH - 1
            say(f"  {members} members, after {time.monotonic() - started:.0f} s")
            databases.append(NAME if members == self.members[-1] else f"{NAME}_{members}")
            if members != self.members[-1]:
                database.create(databases[-1], NAME)
        run_sql(ROOMS.format(long=self.long_room))
        say(f"  {self.long_room} messages in a room, after {time.monotonic() - started:.0f} s")
        return databases

    def prepare(self):
        """The requests; the names of those of each size."""
        names = []
        for members in self.members:
            names.append(f"{members} members")
            # Of all places in a match, as no step is a multiple of their number.
            places = range(0, members, members // ASKED + 1)
            self.ask(names[-1], [subscribe(f"g{place // IN_MATCH}", f"u{place // IN_MATCH}-{place % IN_MATCH}")
                                 for place in places])
        for room, last_seq in (("short", 1000), ("long", self.long_room)):
            def page(**data):
                return [hook("rpc", user="anna", method="chat:history", data={"match": room, **data})]
            self.ask(f"publish, {room} room", [hook("publish", user="anna", channel="match:" + room, data={
                "id": prepared.PLACE, "kind": "text", "text": prepared.TEXT})])
            self.ask(f"last page, {room} room", page())
            self.ask(f"middle page, {room} room", page(before=last_seq // 2))
            self.ask(f"first page, {room} room", page(after=0))
        for user, count in (("fred", "10"), ("mary", "1 000")):
            self.ask(f"{count} rooms", [hook("rpc", user=user, method="chat:rooms", data={"limit": ROOMS_PAGE})])
        return names

    def all(self):
        names = self.prepare()
        databases = []
        try:
            databases = self.fill()
            for service, name in zip(self.services, databases):
                service.start(name)
            self.measure("membership check (subscribe), by members", names, self.services)
            one = [self.services[-1]] * 2
            for kind in ("publish", "last page", "middle page", "first page"):
                self.measure(kind + ", by messages in the room", [f"{kind}, short room", f"{kind}, long room"], one)
            self.measure(f"chat:rooms, a page of {ROOMS_PAGE}, by the person's rooms", ["10 rooms", "1 000 rooms"], one)
        finally:
            for service in self.services:
                service.stop()
            for name in databases:
                database.drop(name)

    def bars(self):
        made = []
        for title, found in self.measured.items():
            medians = [statistics.median(values) for values in found.values()]
            made.append(bars.Bar(f"growth: {title}, largest median over smallest", [max(medians) / min(medians)], 1.5, at_most=True))
        return made


def hook(name, **fields):
    return prepared.post(contestants.SECRET, name, prepared.body("0b1a2c3d-82a5-4ea5-b08a-8cfd13ccd0f6", **fields))


def subscribe(match, user):
    return hook("subscribe", user=user, channel="match:" + match)


def main():
    started = time.monotonic()
    os.makedirs("bench", exist_ok=True)
    contestants.write_policies(os.path.dirname(os.path.abspath(__file__)) + "/../../centrifugo/policy.yaml")
    growth = Growth(QUICK) if QUICK else Growth(rounds=7, seconds=2)
    growth.all()
    write(growth)
    say("")
    for bar in growth.bars():
        say(bar.line())
    say(f"bench/results.json; {time.monotonic() - started:.0f} s.")


def write(growth):
    """Beside what make bench has found."""
    path = "bench/results.json"
    results = json.load(open(path)) if os.path.exists(path) else {"bars": [], "rounds": []}
    results["bars"] = [bar for bar in results["bars"] if not bar["name"].startswith("growth: ")]
    results["bars"] += [bar.json() for bar in growth.bars()]
    results["growth"] = growth.measured
    with open(path, "w") as file:
        json.dump(results, file, indent=1)


if __name__ == "__main__":
    main()
