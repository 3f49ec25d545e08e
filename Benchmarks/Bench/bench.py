"""make bench: the service, its peers and the floors, by turns, and what follows from it."""

import json
import os
import platform
import statistics
import subprocess
import sys
import time

import bars
import conformance
import contestants
import database
import floors
import growth
import loads
import plots
import prepared
import template
from contestants import BUILD

QUICK = os.environ.get("QUICK", "") not in ("", "0")
ROUNDS = int(os.environ.get("ROUNDS") or (1 if QUICK else 5))
SECONDS = float(os.environ.get("BENCH_SECONDS") or (1 if QUICK else 3))
WARMUP = 0.3 if QUICK else 0.5
ONLY = os.environ.get("ONLY", "").replace(",", " ").split()
PLACE = "bench"


def say(text):
    print(text, flush=True)


def wanted(name):
    """Whether the load is among those that were chosen: ONLY="publish mix floors"."""
    return not ONLY or name.split()[0] in ONLY


class Run:
    def __init__(self):
        self.rounds = bars.Rounds()
        self.files = prepared.write_all(BUILD, prepared.Requests(contestants.SECRET, contestants.HMAC_SECRET),
                                        storm=5_000 if QUICK else prepared.STORM)
        self.loads = loads.Loads(self.files, SECONDS, WARMUP)
        self.ports = contestants.free_ports(4)
        self.growth = None

    def note(self, round_, contestant, load, report, delivery="guaranteed"):
        self.rounds.add(round_, contestant, load, report, delivery)
        if "rate" in report and "latency" in report:
            cost = report["microseconds"]
            say(f"    {load:16}{report['rate']:9.0f}/s   p50 {report['latency']['p50'] / 1000:7.2f} ms   "
                f"p99 {report['latency']['p99'] / 1000:7.2f} ms   processor time a call, µs: {cost['own']:4.0f} own, "
                f"{cost['postgresql']:4.0f} PostgreSQL, {cost['redis']:3.0f} Redis; others took {report['processors']['others']:.0%}")
        elif "rate" in report:
            say(f"    {load:16}{report['rate']:9.0f}/s   p50 {report['p50'] / 1000:7.2f} ms")

    def contestant(self, round_, name):
        """All loads of one contestant, on a database of its own."""
        for delivery, list_ in (("guaranteed", loads.SHORT if name == "node" else loads.CLOSED), ("direct", loads.DIRECT)):
            list_ = [load for load in list_ if wanted(load[0])]
            if delivery == "direct" and name == "node" or not list_ and not wanted("open") and not wanted("storm"):
                continue
            say(f"  {name}, {delivery}")
            database.create("bench_run", template.NAME)
            database.redis("flushall")
            contestant = contestants.all_of(self.ports, delivery)[name]
            contestant.start("bench_run")
            try:
                self.rounds.add(round_, name, "start", {"seconds": contestant.seconds_to_ready})
                self.closed(round_, contestant, list_)
                if delivery == "guaranteed" and name != "node":
                    self.open(round_, contestant)
                    self.storm(round_, contestant)
            finally:
                contestant.stop()
                database.drop("bench_run")

    def closed(self, round_, contestant, list_):
        for load, connections in list_:
            database.settle("bench_run")
            if load == "mix":
                contestant.forget_peak()
            report = self.loads.closed(contestant, load, connections)
            self.note(round_, contestant.name, f"{load} {connections}", report, contestant.delivery)
            if load == "mix" and contestant.delivery == "guaranteed":
                now, peak = contestant.memory_mib()
                self.rounds.add(round_, contestant.name, "memory", {"now": now, "peak": peak})

    def open(self, round_, contestant):
        if not wanted("open"):
            return
        capacity = max(self.peak(round_, contestant, connections) for connections in (64, 256))
        for share in loads.OPEN:
            database.settle("bench_run")
            report = self.loads.open(contestant, "publish", share * capacity)
            report["capacity"] = capacity
            self.rounds.add(round_, contestant.name, f"open {share}", report)
            refused, median = bars.refused_of(report)
            seconds = report["seconds"]
            say(f"    open, {share} of capacity: {report['due'] / seconds:.0f}/s due, {bars.goodput_of(report):.0f}/s good in time, "
                f"{refused / seconds:.0f}/s refused" + (f" in {median:.1f} ms" if refused else "")
                + f", {bars.lost_of(report) / seconds:.0f}/s lost; the generator was {report['behind']['p99'] / 1000:.1f} ms "
                f"behind at p99")

    def peak(self, round_, contestant, connections):
        """Messages a second of the closed loop, measured here where this run had not asked for it."""
        report = self.rounds.of(contestant.name, f"publish {connections}").get(round_)
        if not report:
            database.settle("bench_run")
            report = self.loads.closed(contestant, "publish", connections)
        return report["rate"]

    def storm(self, round_, contestant):
        # In some rounds alone: it takes as long as all else.
        if not wanted("storm") or round_ > 3:
            return
        database.settle("bench_run")
        report = self.loads.storm(contestant)
        self.note(round_, contestant.name, "storm", report)
        say(f"    all of the storm in {report['seconds']:.1f} s: " + ", ".join(
            f"{name} {one['count']}" for name, one in report["decisions"].items()))

    def floors(self, round_):
        if not wanted("floors"):
            return
        say("  floors")
        database.create("bench_run", template.NAME)
        for connections in (1, 16, 64, 256):
            database.settle("bench_run")
            self.note(round_, "floor", f"single {connections}", floors.single("bench_run", connections, max(1, round(SECONDS))))
        for connections in (2, 4):
            database.settle("bench_run")
            self.note(round_, "floor", f"set {connections}", floors.sets("bench_run", connections, max(1, round(SECONDS))))
        database.settle("bench_run")
        self.note(round_, "floor", "commit 1", floors.commit("bench_run", max(1, round(SECONDS))))
        for connections in (1, 64):
            self.note(round_, "floor", f"script {connections}", floors.script(connections, SECONDS, 8_000 if connections == 1 else 30_000))
        contestant = contestants.all_of(self.ports)["proxyhooks"]
        contestant.start("bench_run")
        try:
            # What of the service answers without looking at anything: its other listener, the same HTTP.
            contestant.port = contestant.ready_port
            report = self.loads.run(contestant, "health", "--connections", 64, "--seconds", SECONDS, "--warmup", WARMUP)
            self.rounds.add(round_, "floor", "bare HTTP 64", {"rate": report["rate"], "p50": report["latency"]["p50"]})
            say(f"    bare HTTP 64    {report['rate']:9.0f}/s   p50 {report['latency']['p50'] / 1000:7.2f} ms")
        finally:
            contestant.stop()
            database.drop("bench_run")

    def all(self):
        names = ["proxyhooks", "go", "node", "floor"]
        for round_ in range(1, ROUNDS + 1):
            turn = (round_ - 1) % len(names)
            say(f"Round {round_} of {ROUNDS}, after {time.monotonic() - started:.0f} s")
            for name in names[turn:] + names[:turn]:
                self.floors(round_) if name == "floor" else self.contestant(round_, name)
            write(self)


def machine():
    model = next((line.split(":")[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")), "")
    def first(*command):
        try:
            return subprocess.run(command, capture_output=True, text=True).stdout.strip().splitlines()[0]
        except (OSError, IndexError):
            return ""
    return {"processor": model, "cores": os.cpu_count(), "kernel": platform.release(), "go": first("go", "version"),
            "node": first("node", "--version"), "redis": first("redis-server", "--version"),
            "postgresql": database.settings(), "load_before": LOAD_BEFORE}


def write(run):
    os.makedirs(PLACE, exist_ok=True)
    path = f"{PLACE}/results.json"
    grown = run.growth.bars() if run.growth else []
    results = {"bars": [bar.json() for bar in bars.all_bars(run.rounds) + grown], "machine": machine(),
               "rounds": run.rounds.reports}
    if run.growth:
        results["growth"] = run.growth.measured
    with open(path, "w") as file:
        json.dump(results, file, indent=1)


def show(run):
    r = run.rounds
    order = [(f"{load} {connections}", "guaranteed") for load, connections in loads.CLOSED]
    order += [("storm", "guaranteed")] + [(f"{load} {connections}", "direct") for load, connections in loads.DIRECT]
    say("")
    for line in bars.table(r, order) + [""] + bars.cost_table(r, order) + [""] + bars.open_table(r) + [""] + bars.floor_table(r):
        say(line)
    say("")
    for name in ("proxyhooks", "go", "node"):
        memory = [m["peak"] for m in r.of(name, "memory").values()]
        start = [s["seconds"] for s in r.of(name, "start").values()]
        if memory and start:
            say(f"{name}: {statistics.median(memory):.0f} MiB resident at most under the mix, ready after "
                f"{statistics.median(start):.2f} s")
    others = [one["report"]["processors"]["others"] for one in r.reports if "processors" in one["report"]]
    if others:
        say(f"Other processes of this machine took {statistics.median(others):.0%} of its processors (median of the loads), "
            f"{max(others):.0%} at most." + (" That is too much: rates and times mean little, at 1 connection nothing."
                                             if statistics.median(others) > 0.1 else ""))
    say("")
    for bar in bars.all_bars(r) + (run.growth.bars() if run.growth else []):
        say(bar.line())


started = time.monotonic()
LOAD_BEFORE = os.getloadavg()[0]


def main():
    say(f"{ROUNDS} rounds, {SECONDS:g} s a load; the machine's load was {LOAD_BEFORE:.1f} before.")
    contestants.write_policies(os.path.dirname(os.path.abspath(__file__)) + "/../../centrifugo/policy.yaml")
    say("PostgreSQL: " + ", ".join(f"{key} {value}" for key, value in database.settings().items()))
    template.make()
    run = Run()
    say("Conformance")
    conformance.check(template.NAME, lambda delivery: contestants.all_of(run.ports, delivery), say)
    if ONLY == ["conformance"]:
        return
    run.all()
    if wanted("growth"):
        say(f"Growth, after {time.monotonic() - started:.0f} s")
        run.growth = growth.Growth(QUICK)
        run.growth.all()
        write(run)
    show(run)
    plots.draw(run.rounds, PLACE)
    say(f"\n{PLACE}/results.json and the plots beside it; {time.monotonic() - started:.0f} s.")


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(130)
