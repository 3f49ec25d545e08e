"""PostgreSQL and Redis, which Benchmarks/Bench/run.sh has started."""

import os
import subprocess
import urllib.parse

# As the service has it in its sessions: everything is found by key, by plans that are made once.
SESSION = ("-c plan_cache_mode=force_generic_plan -c jit=off -c enable_seqscan=off -c enable_hashjoin=off "
           "-c enable_mergejoin=off")

BIN = os.environ["BENCH_POSTGRES_BIN"]
REDIS_URL = os.environ["BENCH_REDIS_URL"]
REDIS_SOCKET = REDIS_URL.removeprefix("unix:")
_URL = urllib.parse.urlsplit(os.environ["BENCH_POSTGRES_URL"])
SOCKETS = urllib.parse.parse_qs(_URL.query)["host"][0]
USER = _URL.username


def url(name):
    return f"postgresql://{USER}@/{name}?host={SOCKETS}"


def query(name, sql):
    """Bare rows, columns separated by |."""
    command = [f"{BIN}/psql", "-X", "-A", "-t", "-q", "-v", "ON_ERROR_STOP=1", "-d", url(name), "-c", sql]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.rstrip("\n")


def run_file(name, path):
    command = [f"{BIN}/psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", url(name), "-f", path]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


def create(name, template=None):
    drop(name)
    query("postgres", f"create database {name}" + (f" template {template} strategy file_copy" if template else ""))


def drop(name):
    query("postgres", f"drop database if exists {name} with (force)")


def settle(name):
    """Between two loads: what was broadcast is gone, as with a consumer, and no checkpoint is due."""
    query(name, "truncate proxyhooks.outbox")
    query(name, "checkpoint")


def redis(*command):
    subprocess.run(["redis-cli", "-s", REDIS_SOCKET, *command], check=True, stdout=subprocess.DEVNULL)


def settings():
    names = ("version", "fsync", "synchronous_commit", "full_page_writes", "wal_level", "shared_buffers", "max_wal_size",
             "checkpoint_timeout", "autovacuum")
    found = {}
    for name in names:
        found[name] = query("postgres", "select version()" if name == "version" else f"show {name}")
    found["version"] = found["version"].split(" on ")[0]
    return found
