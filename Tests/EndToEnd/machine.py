"""Processes, ports and waiting."""

import asyncio
import os
import re
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

HOME = Path(os.environ["END_TO_END_HOME"])

# What a program is given besides its own settings.
INHERITED = {key: os.environ[key] for key in ("PATH", "HOME", "LANG", "LD_LIBRARY_PATH") if key in os.environ}

# No proxy of the caller's comes between us and a port of this machine.
_direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))


async def until(condition: Callable[[], object], seconds: float, what: str) -> float:
    """Waits for the condition and returns how long it took, in seconds."""
    start = time.monotonic()
    while not condition():
        if time.monotonic() - start > seconds:
            raise AssertionError(f"not within {seconds} s: {what}")
        await asyncio.sleep(0.01)
    return time.monotonic() - start


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def ask(url: str, headers: dict[str, str] | None = None, body: bytes | None = None) -> tuple[int, bytes]:
    """Status and body of a GET, or of a POST where there is a body; status 0 where nobody answers."""
    request = urllib.request.Request(url, body, {"Content-Type": "application/json", **(headers or {})})
    try:
        with _direct.open(request, timeout=2) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.read()
    except OSError:
        return 0, b""


class Process:
    """A program that ends with this one at the latest, with a log in the run's directory."""

    def __init__(self, name: str, command: list[str], environment: dict[str, str], health: str):
        self.name, self.command, self.environment, self.health = name, command, environment, health
        self.log = HOME / f"{name}.log"
        self.process: subprocess.Popen[bytes] | None = None

    async def start(self) -> None:
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                ["setpriv", "--pdeathsig", "KILL", "--", *self.command],
                env=INHERITED | self.environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                start_new_session=True)
        await until(lambda: self.ended() or ask(self.health)[0] == 200, 20, f"{self.name} is ready")
        if self.ended():
            raise AssertionError(f"{self.name} does not start:\n{self.tail()}")

    def ended(self) -> bool:
        return self.process is None or self.process.poll() is not None

    async def stop(self, number: int = signal.SIGTERM, seconds: float = 15) -> tuple[int, float]:
        """Signals it; its status, and the seconds it took to end."""
        process = self.process
        assert process is not None
        process.send_signal(number)
        try:
            took = await until(self.ended, seconds, f"{self.name} has ended")
        except (AssertionError, asyncio.CancelledError):
            process.kill()
            raise
        return process.wait(), took

    def resident(self) -> int:
        """What it has in memory, in KiB."""
        assert self.process is not None
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        found = re.search(r"VmRSS:\s+(\d+)", status)
        assert found
        return int(found[1])

    def tail(self) -> str:
        return "\n".join(line[:240] for line in self.log.read_text(errors="replace").splitlines()[-8:])
