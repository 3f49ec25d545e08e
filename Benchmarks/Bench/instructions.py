"""make bench-instructions: how many instructions of the service's process a request takes, and whose they are.

Counted by valgrind's callgrind, so it repeats where times don't. The kernel's are not counted, nor those of PostgreSQL and
Redis. One request after the other over one connection: nothing is shared between requests that wait together."""

import datetime
import glob
import json
import os
import platform
import shutil
import socket
import subprocess
import sys
import time

import callgrind
import contestants
import database
import prepared
import template
from contestants import BUILD

HERE = os.path.dirname(os.path.abspath(__file__))
REFERENCE = HERE + "/instructions.json"
UPDATE = os.environ.get("UPDATE", "") not in ("", "0")
# Of a hook's loads the one with the middle count is taken.
LOADS = 7
REQUESTS = 80
WARMUP = 40
IDLE_SECONDS = 3
# What every answer begins with.
EXPECTED = {"connect": '{"result":{"user":', "refresh": '{"result":{"expire_at":', "subscribe": '{"result":',
            "sub_refresh": '{"result":{"expire_at":', "publish": '{"result":{"data":', "history": '{"result":{"data":',
            "rooms": '{"result":{"data":', "bad_token": '{"disconnect":{"code":4501', "bad_json": '{"error":{"code":400',
            "health": ""}
TARGETS = ("ProxyHooks", "Auth", "StrictJSON", "Storage", "Audit", "Command", "CentrifugoProxyAPI", "CentrifugoSetup")


def say(text):
    print(text, flush=True)


class Counted(contestants.Service):
    """The service under callgrind."""

    def command(self):
        return ["valgrind", "--tool=callgrind", "--demangle=no", f"--callgrind-out-file={BUILD}/callgrind.out", self.program, "serve"]

    def environment(self, name):
        # All takes some thirty times as long.
        return {**super().environment(name), "LD_PRELOAD": f"{BUILD}/sigsuspend.so", "PROXYHOOKS_DEADLINE_MS": "950"}

    def strip(self):
        """Valgrind 3.19 gives up on what Swift 6 writes for debuggers."""
        self.program = os.path.realpath(BUILD) + "/proxyhooks-counted"
        subprocess.run(["strip", "--strip-debug", "-o", self.program, shutil.which(os.environ["PROXYHOOKS_BIN"])], check=True)

    def tell(self, word):
        """zero: counts from 0. dump: writes what was counted, and counts from 0."""
        command = ["vgdb", f"--pid={self.process.pid}", word]
        try:
            subprocess.run(command, check=True, capture_output=True, timeout=60)
        except (subprocess.SubprocessError, OSError) as problem:
            raise SystemExit(f"valgrind does not listen ({problem}): see {BUILD}/proxyhooks.log")

    def counted(self):
        """What was counted since the last time, by part."""
        self.tell("dump")
        # callgrind.out.1, .2, …
        newest = max(glob.glob(f"{BUILD}/callgrind.out.*"), key=lambda path: int(path.rsplit(".", 1)[1]))
        return callgrind.by_part(callgrind.read(newest), self.program, TARGETS)

    def log(self):
        with open(f"{BUILD}/proxyhooks.log") as file:
            return file.read()


class Connection:
    """Sends one request after the other and looks at what comes back."""

    made = 0

    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=30)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def ask(self, request):
        """The body of the answer."""
        Connection.made += 1
        self.socket.sendall(request.replace(b"############", b"%012x" % Connection.made))
        answer = b""
        while b"\r\n\r\n" not in answer:
            answer += self.more()
        head, body = answer.split(b"\r\n\r\n", 1)
        length = next(int(line[15:]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
        while len(body) < length:
            body += self.more()
        if not head.startswith(b"HTTP/1.1 200 "):
            raise SystemExit(f"the service answered {head.splitlines()[0].decode()}")
        return body.decode()

    def more(self):
        received = self.socket.recv(65536)
        if not received:
            raise SystemExit("the service closed its connection")
        return received


class Count:
    def __init__(self):
        ports = contestants.free_ports(2)
        self.service = Counted(*ports)
        self.service.strip()
        requests = prepared.Requests(contestants.SECRET, contestants.HMAC_SECRET)
        self.requests = {name: requests.list(name, range(LOADS * REQUESTS + WARMUP)) for name in EXPECTED}
        self.idle = None  # instructions a second, by part
        self.found = {}

    def connection(self, name):
        return Connection(self.service.ready_port if name == "health" else self.service.port)

    def ask(self, connection, name, first, count, is_counted=True):
        """Seconds that it took."""
        before = time.monotonic()
        for request in self.requests[name][first:first + count]:
            answer = connection.ask(request)
            if is_counted and not answer.startswith(EXPECTED[name]):
                raise SystemExit(f"{name} was answered {answer[:100]}")
        return time.monotonic() - before

    def warm(self):
        """Valgrind translates code when it first runs, which takes until after a deadline or two."""
        for name in EXPECTED:
            self.ask(self.connection(name), name, 0, WARMUP, is_counted=False)
        time.sleep(1)
        self.quiet = len(self.service.log())
        self.service.tell("zero")
        time.sleep(IDLE_SECONDS)
        self.idle = {part: count / IDLE_SECONDS for part, count in self.service.counted().items()}

    def hook(self, name):
        """Instructions a request by part, less what an idle service takes."""
        connection = self.connection(name)
        self.ask(connection, name, 0, WARMUP)
        self.service.tell("zero")
        loads = []
        for load in range(LOADS):
            seconds = self.ask(connection, name, WARMUP + load * REQUESTS, REQUESTS)
            counted = self.service.counted()
            loads.append({part: (count - seconds * self.idle.get(part, 0)) / REQUESTS for part, count in counted.items()})
        loads.sort(key=lambda parts: sum(parts.values()))
        least, middle, most = (round(sum(loads[place].values())) for place in (0, LOADS // 2, -1))
        self.found[name] = {"instructions": middle, "least": least, "most": most,
                            "parts": {part: round(count) for part, count in loads[LOADS // 2].items() if count >= 0.5}}

    def all(self):
        template.make()
        database.create("bench_run", template.NAME)
        before = time.monotonic()
        try:
            self.service.start("bench_run")
            self.warm()
            for name in EXPECTED:
                self.hook(name)
            after = self.service.log()[self.quiet:]
        finally:
            self.service.stop()
            database.drop("bench_run")
        # Then some of it was another way than the one that is meant.
        if "no connection" in after or '"level":"error"' in after:
            raise SystemExit(f"a connection was lost meanwhile, so nothing counts: see {BUILD}/proxyhooks.log")
        say(f"Counted in {time.monotonic() - before:.0f} s.\n")


def show(found, reference):
    parts = []
    for one in found.values():
        parts += [part for part in one["parts"] if part not in parts]
    sums = {part: sum(one["parts"].get(part, 0) for one in found.values()) for part in parts}
    parts.sort(key=lambda part: -sums[part])
    width = max(map(len, parts)) + 2
    say("Instructions a request, in thousands:")
    say(" " * width + "".join(f"{name:>12}" for name in found))
    say("all".ljust(width) + "".join(f"{one['instructions'] / 1000:12.1f}" for one in found.values()))
    for part in parts:
        say(part.ljust(width) + "".join(f"{one['parts'].get(part, 0) / 1000:12.1f}" for one in found.values()))
    say("loads differ by".ljust(width) + "".join(
        f"{(one['most'] - one['least']) / one['instructions']:12.1%}" for one in found.values()))
    if reference:
        say("reference".ljust(width) + "".join(
            f"{reference['hooks'][name]['instructions'] / 1000:12.1f}" if name in reference["hooks"] else " " * 12 for name in found))
        say("change".ljust(width) + "".join(
            f"{one['instructions'] / reference['hooks'][name]['instructions'] - 1:+12.1%}" if name in reference["hooks"] else " " * 12
            for name, one in found.items()))


def main():
    os.makedirs("bench", exist_ok=True)
    for path in glob.glob(f"{BUILD}/callgrind.out*"):
        os.remove(path)
    contestants.write_policies(HERE + "/../../centrifugo/policy.yaml")
    count = Count()
    count.all()
    made = {"date": datetime.date.today().isoformat(), "architecture": platform.machine(), "loads": LOADS,
            "requests": REQUESTS, "hooks": count.found}
    reference = json.load(open(REFERENCE)) if os.path.exists(REFERENCE) else None
    if reference and reference["architecture"] != made["architecture"]:
        say(f"The reference is of {reference['architecture']}, so nothing is compared with it.")
        reference = None
    show(count.found, reference)
    paths = ["bench/instructions.json"] + ([REFERENCE] if UPDATE else [])
    for path in paths:
        with open(path, "w") as file:
            json.dump(made, file, indent=1)
            file.write("\n")
    say("\nWritten: " + ", ".join(map(os.path.relpath, paths)) + (f"; the reference is of {reference['date']}." if reference else "."))


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(130)
