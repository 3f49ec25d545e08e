"""What the pieces take by themselves, without any service: PostgreSQL by pgbench, Redis by redis-benchmark."""

import csv
import glob
import io
import os
import re
import statistics
import subprocess
import tempfile

import contestants
import database
import prepared

HERE = os.path.dirname(os.path.abspath(__file__))
STATEMENTS = HERE + "/../Peers/Statements"
GUARD = "driver open,rider open"
BATCH = 32
LIMIT = ["86400", "86400000000"]


def statement(name):
    lines = open(f"{STATEMENTS}/{name}.sql").read().splitlines()
    return "\n".join(line for line in lines if not line.startswith("--"))


def single_message():
    """The peers' statement, a message of a random member."""
    sql = statement("publish")
    values = {1: "('m' || :n)", 2: "gen_random_uuid()", 3: "('d' || :n)", 4: "'text'", 5: f"'{prepared.TEXT}'", 6: "null",
              7: "null", 8: "gen_random_uuid()", 9: "true"}
    for place, value in values.items():
        sql = re.sub(rf"\${place}\b", value, sql)
    return f"\\set n random(0, {prepared.ROOMS - 1})\n{sql};\n"


def message_set():
    """The set-based statement that an app's own SQL stores with, as many messages of random members."""
    def array(value):
        return f"(select array_agg({value} order by g.place) from given g)"
    return f"""with given as materialized (
  select (random() * {prepared.ROOMS - 1})::integer as n, place from generate_series(1, {BATCH}) place)
select outcome, data from proxyhooks.store_messages(
  {array("'m' || n")}, {array('gen_random_uuid()')}, {array("'d' || n")}, {array("'text'::text")}, {array(f"'{prepared.TEXT}'::text")},
  {array('null::float8')}, {array('null::float8')}, {array('gen_random_uuid()')}, {array('true')}, {array(f"'{GUARD}'::text")});
"""


# The least that a commit can be.
COMMIT = f"""\\set n random(0, {prepared.ROOMS - 1})
update proxyhooks.chat_room set last_seq = last_seq where match_id = 'm' || :n;
"""


def pgbench(name, script, connections, seconds, warmup=0):
    """Transactions a second, and their times in microseconds; of the first `warmup` seconds, in which connections are made
    and plans, nothing is counted."""
    with tempfile.TemporaryDirectory() as directory:
        path = directory + "/script.sql"
        with open(path, "w") as file:
            file.write(script)
        command = [f"{database.BIN}/pgbench", "-n", "-M", "prepared", "-c", str(connections), "-j", "1", "-T",
                   str(round(seconds + warmup)), "-f", path, "-l", "--log-prefix", directory + "/log", database.url(name)]
        environment = {**contestants.base_environment(), "PGOPTIONS": database.SESSION}
        run = subprocess.run(command, capture_output=True, text=True, env=environment)
        if run.returncode != 0:
            raise SystemExit("pgbench failed: " + run.stdout + run.stderr)
        # client, transaction, microseconds, script, and when it ended: seconds and microseconds since 1970
        ended = [line.split() for log in glob.glob(directory + "/log*") for line in open(log)]
    last = max(int(fields[4]) + int(fields[5]) / 1e6 for fields in ended)
    times = sorted(int(fields[2]) for fields in ended if int(fields[4]) + int(fields[5]) / 1e6 > last - seconds)
    return len(times) / seconds, times


def messages(name):
    return int(database.query(name, "select coalesce(sum(last_seq), 0) from proxyhooks.chat_room"))


def single(name, connections, seconds):
    # Making 256 connections and a plan in each takes a while.
    rate, times = pgbench(name, single_message(), connections, seconds, 4 if connections > 64 else 2)
    return {"rate": rate, "p50": statistics.median(times), "p99": times[len(times) * 99 // 100]}


def sets(name, connections, seconds):
    """Messages a second: those of a room that was held by another connection are not stored, so they are counted."""
    before = messages(name)
    _, times = pgbench(name, message_set(), connections, seconds)
    return {"rate": (messages(name) - before) / seconds, "p50": statistics.median(times)}


def commit(name, seconds):
    _, times = pgbench(name, COMMIT, 1, seconds)
    return {"p50": statistics.median(times)}


def script(connections, seconds, rate=20_000):
    """Calls of the limits' script, with the two limits of a publish."""
    loaded = subprocess.run(["redis-cli", "-s", database.REDIS_SOCKET, "-x", "script", "load"], check=True,
                            capture_output=True, input=open(HERE + "/../../Sources/Storage/Redis/gcra.lua", "rb").read())
    digest = loaded.stdout.decode().strip()
    command = ["redis-benchmark", "-s", database.REDIS_SOCKET, "-c", str(connections), "-n",
               str(int(rate * seconds)), "-r", str(prepared.ROOMS), "--csv", "EVALSHA", digest, "2",
               "ph:{d__rand_int__}:publish_user:", "ph:{d__rand_int__}:publish_room:m__rand_int__", *LIMIT, *LIMIT]
    run = subprocess.run(command, check=True, capture_output=True, text=True)
    row = list(csv.DictReader(io.StringIO(run.stdout)))[-1]
    return {"rate": float(row["rps"]), "p50": float(row["p50_latency_ms"]) * 1000, "p99": float(row["p99_latency_ms"]) * 1000}
