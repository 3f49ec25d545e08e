"""The service and its peers: how each is started, told where things are, watched and ended."""

import os
import signal
import socket
import subprocess
import time

import database
import processors
import tokens

SECRET = "5f0c7a4be1d94d6f8a3b2c1d0e9f8a7b"
HMAC_SECRET = "bench-9c1f0e2d3b4a59687766554433221100ffeeddccbbaa99887766554433221100"
BUILD = os.environ.get("BENCH_BUILD", ".build/bench")


class Contestant:
    """One that answers hooks. `delivery` is guaranteed or direct."""

    def __init__(self, name, port, delivery="guaranteed"):
        self.name = name
        self.database = f"bench_{name}"
        self.port = port
        self.ready_port = port
        self.delivery = delivery
        self.process = None
        self.seconds_to_ready = None

    def start(self, name):
        """On the database `name`; returns when it is ready."""
        log = open(f"{BUILD}/{self.name}.log", "w")
        before = time.monotonic()
        # It ends with this program, however that ends.
        command = ["setpriv", "--pdeathsig", "TERM", "--", *self.command()]
        self.process = subprocess.Popen(command, env={**base_environment(), **self.environment(name)}, stdout=log,
                                        stderr=subprocess.STDOUT, start_new_session=True)
        log.close()
        while not self.is_ready():
            if self.process.poll() is not None or time.monotonic() - before > 30:
                raise SystemExit(f"{self.name} does not start: see {BUILD}/{self.name}.log")
            time.sleep(0.002)
        self.seconds_to_ready = time.monotonic() - before

    def is_ready(self):
        try:
            with socket.create_connection(("127.0.0.1", self.ready_port), timeout=1) as connection:
                connection.sendall(b"GET /readyz HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
                return connection.recv(64).startswith(b"HTTP/1.1 200")
        except OSError:
            return False

    def stop(self):
        if self.process is None:
            return
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(15)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
        self.process = None

    def pids(self):
        """It and its workers."""
        return [self.process.pid, *processors.children(self.process.pid)]

    def forget_peak(self):
        for pid in self.pids():
            try:
                with open(f"/proc/{pid}/clear_refs", "w") as file:
                    file.write("5")
            except OSError:
                pass  # then the peak is that of the whole run

    def memory_mib(self):
        """Resident now and at most, in MiB."""
        now = peak = 0
        for pid in self.pids():
            for line in open(f"/proc/{pid}/status"):
                if line.startswith("VmRSS:"):
                    now += int(line.split()[1])
                elif line.startswith("VmHWM:"):
                    peak += int(line.split()[1])
        return now / 1024, peak / 1024


def base_environment():
    """Without settings that the caller has for another service."""
    return {key: value for key, value in os.environ.items() if not key.startswith(("PROXYHOOKS_", "PEER_", "PG"))}


class Service(Contestant):
    """This service, with its defaults, but for limits that are counted and not reached and for the decision log, which the
    peers don't write."""

    def __init__(self, port, operations_port, delivery="guaranteed"):
        super().__init__("proxyhooks", port, delivery)
        self.ready_port = operations_port
        self.grpc_port = free_ports(1)[0]  # several of them run side by side

    def command(self):
        return [os.environ["PROXYHOOKS_BIN"], "serve"]

    def environment(self, name):
        return {
            "PROXYHOOKS_SECRET": SECRET, "PROXYHOOKS_TOKEN_HMAC_SECRET": HMAC_SECRET,
            "PROXYHOOKS_TOKEN_HMAC_KEY_ID": tokens.KEY_ID, "PROXYHOOKS_TOKEN_ISSUER": tokens.ISSUER,
            "PROXYHOOKS_TOKEN_AUDIENCE": tokens.AUDIENCE, "PROXYHOOKS_LISTEN": f"127.0.0.1:{self.port}",
            "PROXYHOOKS_OPERATIONS_LISTEN": f"127.0.0.1:{self.ready_port}",
            "PROXYHOOKS_GRPC_LISTEN": f"127.0.0.1:{self.grpc_port}",
            "PROXYHOOKS_DATABASE_URL": database.url(name), "PROXYHOOKS_REDIS_URL": database.REDIS_URL,
            "PROXYHOOKS_POLICY_FILE": f"{BUILD}/policy-{self.delivery}.yaml", "PROXYHOOKS_DECISION_LOG": "off",
        }


class Peer(Contestant):
    def __init__(self, name, port, command, delivery="guaranteed", more=None):
        super().__init__(name, port, delivery)
        self.words = command
        self.more = more or {}

    def command(self):
        return self.words

    def environment(self, name):
        here = os.path.dirname(os.path.abspath(__file__))
        return {
            "PEER_SECRET": SECRET, "PEER_HMAC_SECRET": HMAC_SECRET, "PEER_KEY_ID": tokens.KEY_ID,
            "PEER_ISSUER": tokens.ISSUER, "PEER_AUDIENCE": tokens.AUDIENCE, "PEER_LISTEN": f"127.0.0.1:{self.port}",
            "PEER_REDIS_SOCKET": database.REDIS_SOCKET, "PEER_DELIVERY": self.delivery,
            "PEER_STATEMENTS": f"{here}/../Peers/Statements",
            "PEER_LIMITS_SCRIPT": f"{here}/../../Sources/Storage/Redis/gcra.lua",
            "PGHOST": database.SOCKETS, "PGUSER": database.USER, "PGDATABASE": name, **self.more,
        }


def all_of(ports, delivery="guaranteed"):
    """By name. `ports`: four free ones."""
    here = os.path.dirname(os.path.abspath(__file__))
    # What is given for trying something out: PEER_GC_PERCENT=100 make bench.
    tried = {key: value for key, value in os.environ.items() if key.startswith("PEER_")}
    return {
        "proxyhooks": Service(ports[0], ports[1], delivery),
        "go": Peer("go", ports[2], [f"{BUILD}/peer-go"], delivery, tried),
        "node": Peer("node", ports[3], ["node", f"{here}/../Peers/Node/main.js"], delivery,
                     {**tried, "NODE_PATH": os.environ.get("BENCH_NODE_PATH", "/usr/share/nodejs")}),
    }


def write_policies(source):
    """The standard policy in both delivery modes, with limits that count and are never reached."""
    lines = open(source).read().splitlines()
    start = lines.index("limits:")
    for delivery in ("guaranteed", "direct"):
        made = []
        for number, line in enumerate(lines):
            if line.startswith("  delivery:"):
                line = f"  delivery: {delivery}"
            elif number > start and line.startswith("  ") and ":" in line:
                line = line.split(":")[0] + ": 1000000/24h"
            made.append(line)
        with open(f"{BUILD}/policy-{delivery}.yaml", "w") as file:
            file.write("\n".join(made) + "\n")


def free_ports(count):
    sockets = [socket.socket() for _ in range(count)]
    for one in sockets:
        one.bind(("127.0.0.1", 0))
    ports = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return ports
