"""The database, and the ways its server can be lost. SQL goes through psql, so that nothing of the service's own
client library is trusted."""

import asyncio
import os
import signal
import subprocess
import time
from contextlib import suppress
from pathlib import Path

from machine import HOME, until

DATA = Path(os.environ["PROXYHOOKS_TEST_POSTGRES_DATA"])
ADMINISTRATION = os.environ["PROXYHOOKS_TEST_DATABASE_URL"]
_restarted: subprocess.Popen[bytes] | None = None


class Database:
    """One of the server's databases: each stage has its own, since an outbox is for one Centrifugo."""

    def __init__(self, name: str):
        self.name = f"proxyhooks_end_to_end_{name}"
        self.url = ADMINISTRATION.replace("/proxyhooks?", f"/{self.name}?")

    async def psql(self, *arguments: str) -> str:
        return await _psql(self.url, *arguments)

    async def query(self, sql: str) -> list[list[str]]:
        return [line.split("|") for line in (await self.psql("-c", sql)).splitlines()]

    async def make(self) -> None:
        await self.drop()
        await _psql(ADMINISTRATION, "-c", f"create database {self.name}")

    async def drop(self) -> None:
        await _psql(ADMINISTRATION, "-c", f"drop database if exists {self.name} with (force)")


async def _psql(url: str, *arguments: str) -> str:
    process = await asyncio.create_subprocess_exec(
        os.environ["END_TO_END_PSQL"], "-X", "-A", "-t", "-q", "-v", "ON_ERROR_STOP=1", "-d", url, *arguments,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE)
    out, err = await process.communicate()
    if process.returncode != 0:
        raise RuntimeError(err.decode())
    return out.decode().strip()


async def checkpoint() -> None:
    """What the server was used for before is written out: a server that is killed has only these tests to recover."""
    await _psql(ADMINISTRATION, "-c", "checkpoint")


def _postmaster() -> int:
    return int((DATA / "postmaster.pid").read_text().splitlines()[0])


def _children(parent: int) -> list[int]:
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            if int(stat.read_text().rpartition(")")[2].split()[1]) == parent:
                found.append(int(stat.parent.name))
    return found


def freeze() -> None:
    """All of the server's processes stop where they are: connections stay open and nothing answers."""
    postmaster = _postmaster()
    os.kill(postmaster, signal.SIGSTOP)  # First, so that it starts no more.
    for pid in _children(postmaster):
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGSTOP)


async def thaw() -> None:
    postmaster = _postmaster()
    for pid in [*_children(postmaster), postmaster]:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGCONT)
    await _answers()


async def _answers() -> None:
    end = time.monotonic() + 90
    while True:
        try:
            await _psql(ADMINISTRATION, "-c", "select 1")
            return
        except RuntimeError:
            if time.monotonic() > end:
                raise
            await asyncio.sleep(0.1)


class Killed:
    """The server, killed without a chance to write anything, to be started again as it was."""

    def __init__(self) -> None:
        pid = _postmaster()
        process = Path(f"/proc/{pid}")
        self.command = process.joinpath("cmdline").read_text().rstrip("\0").split("\0")
        status = process.stat()
        self.user, self.group = status.st_uid, status.st_gid
        self.pids = [pid, *_children(pid)]
        for victim in self.pids:
            with suppress(ProcessLookupError):
                os.kill(victim, signal.SIGKILL)

    async def start(self) -> None:
        global _restarted
        # Its children leave the shared memory at different times, and the new one refuses to start before that.
        await until(lambda: not any(_runs(pid) for pid in self.pids), 10, "PostgreSQL is gone")
        # Only root may become somebody, and for others it is the one they are.
        become = {"user": self.user, "group": self.group, "extra_groups": []} if os.geteuid() == 0 else {}
        with (HOME / "postgres-again.log").open("ab") as log:
            _restarted = subprocess.Popen(
                self.command, cwd="/", stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
                **become)
        await _answers()


def _runs(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


async def stop_restarted() -> None:
    """Ends the server if it is one that was started here."""
    if _restarted is not None and _restarted.poll() is None:
        _restarted.send_signal(signal.SIGINT)
        await until(lambda: _restarted.poll() is not None, 15, "PostgreSQL has ended")
