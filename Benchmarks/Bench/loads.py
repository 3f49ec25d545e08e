"""What each contestant is asked, and how often."""

import json
import subprocess
import time

import contestants
import database
import processors

CLOSED = [
    # name, connections
    ("publish", 1), ("publish", 16), ("publish", 64), ("publish", 256),
    ("hot", 64), ("subscribe", 64), ("connect", 64), ("refresh", 64), ("sub_refresh", 64),
    ("history", 64), ("rooms", 64), ("bad_token", 64), ("bad_json", 64), ("mix", 64),
]
# Where the delivery mode makes a difference.
DIRECT = [("publish", 64), ("hot", 64), ("mix", 64)]
# Of whom no bar speaks: what tells most.
SHORT = [("publish", 64), ("hot", 64), ("subscribe", 64), ("connect", 64), ("bad_token", 64), ("bad_json", 64), ("mix", 64)]
OPEN = (0.5, 1.0, 2.0)
# What every answer must be, for a load to count.
EXPECTED = {"bad_token": "disconnect 4501", "bad_json": "error 400"}

# As many as the service takes, less some that are on their way out.
MOST_CONNECTIONS = 4_000


class Loads:
    """Runs the generator. Each run has a number, of which the messages' ids are made."""

    def __init__(self, files, seconds, warmup):
        self.files = files
        self.seconds = seconds
        self.warmup = warmup
        self.number = 0

    def run(self, contestant, name, *options):
        self.number += 1
        account = processors.Account(contestant)
        before = time.monotonic()
        command = [f"{contestants.BUILD}/load", "--port", str(contestant.port), "--requests", self.files[name], "--salt",
                   str(self.number), *map(str, options)]
        run = subprocess.run(command, capture_output=True, text=True)
        if run.returncode != 0:
            raise SystemExit(f"the load {name} failed: {run.stderr}")
        report = json.loads(run.stdout)
        report["processors"] = account.close(report["generator_seconds"], time.monotonic() - before)
        # Of all that were answered, also while it warmed up.
        report["microseconds"] = {name: report["processors"][name] * 1e6 / max(1, report["answered"])
                                  for name in ("own", "postgresql", "redis", "generator")}
        return report

    def closed(self, contestant, name, connections):
        report = self.run(contestant, name, "--connections", connections, "--seconds", self.seconds, "--warmup", self.warmup)
        expected = EXPECTED.get(name, "result")
        good = report["decisions"].get(expected, {}).get("count", 0)
        # A stray refusal is noise; many of them are another load than was meant.
        if good < 0.99 * report["requests"] or not good:
            raise SystemExit(f"{contestant.name} did not answer {name} with {expected}: {report['decisions']} {report['errors']}")
        return report

    def open(self, contestant, name, rate):
        return self.run(contestant, name, "--connections", MOST_CONNECTIONS, "--seconds", self.seconds, "--warmup",
                        self.warmup, "--rate", round(rate, 1))

    def storm(self, contestant):
        return self.run(contestant, "storm", "--once", "--connections", 256)


def settle(name):
    database.settle(name)
