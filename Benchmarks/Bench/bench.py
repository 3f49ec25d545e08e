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
            say(f"    {load:12}{contestant:11}{report['rate']:9.0f}/s   p50 {report['latency']['p50'] / 1000:7.2f} ms   "
                f"p99 {report['latency']['p99'] / 1000:7.2f} ms   processor time a call, µs: {cost['own']:4.0f} own, "
                f"{cost['postgresql']:4.0f} PostgreSQL, {cost['redis']:3.0f} Redis; others took {report['processors']['others']:.0%}")
        elif "rate" in report:
            say(f"    {load:12}{contestant:11}{report['rate']:9.0f}/s   p50 {report['p50'] / 1000:7.2f} ms")

    def side_by_side(self, round_, names, delivery, list_):
        """The same loads for several contestants, each on a database of its own. A load of one follows at once upon that of the
        other, since what this machine gives differs from minute to minute; who is not asked has nothing to do meanwhile."""
        list_ = [load for load in list_ if wanted(load[0])]
        with_open = delivery == "guaranteed" and "node" not in names
        if not list_ and not (with_open and (wanted("open") or wanted("storm"))):
            return
        say(f"  {' and '.join(names)}, {delivery}")
        made = [contestants.all_of(self.ports, delivery)[name] for name in names]
        try:
            for contestant in made:
                database.create(contestant.database, template.NAME)
                contestant.start(contestant.database)
                self.rounds.add(round_, contestant.name, "start", {"seconds": contestant.seconds_to_ready})
            with_floor = with_open and wanted("floors")
            if with_floor:
                database.create("bench_floor", template.NAME)
            for load in list_:
                if load[0] != "publish":
                    self.closed(round_, made, *load)
            for load in list_:
                if load[0] == "publish":
                    self.closed(round_, made, *load)
                    if with_floor:
                        self.single(round_, "bench_floor", load[1])
            # Right behind: its rates are shares of what was taken just now. And after the mix: thousands of callers leave memory.
            for contestant in made if with_open and wanted("open") else []:
                self.open(round_, contestant)
                time.sleep(1)  # until it is through with those who were given up
            # In some rounds alone: it takes as long as all else.
            for contestant in made if with_open and wanted("storm") and round_ <= 3 else []:
                self.storm(round_, contestant)
        finally:
            for contestant in made:
                contestant.stop()
                database.drop(contestant.database)
            database.drop("bench_floor")

    def closed(self, round_, made, load, connections):
        for contestant in made:
            database.settle(contestant.database)
            database.redis("flushall")
            if load == "mix":
                contestant.forget_peak()
            report = self.loads.closed(contestant, load, connections)
            self.note(round_, contestant.name, f"{load} {connections}", report, contestant.delivery)
            if load == "mix" and contestant.delivery == "guaranteed":
                now, peak = contestant.memory_mib()
                self.rounds.add(round_, contestant.name, "memory", {"now": now, "peak": peak})

    def single(self, round_, name, connections):
        database.settle(name)
        report = floors.single(name, connections, max(1, round(SECONDS)))
        self.note(round_, "floor", f"single {connections}", report)

    def open(self, round_, contestant):
        capacity = max(self.peak(round_, contestant, connections) for connections in (64, 256))
        for share in loads.OPEN:
            database.settle(contestant.database)
            report = self.loads.open(contestant, "publish", share * capacity)
            report["capacity"] = capacity
            self.rounds.add(round_, contestant.name, f"open {share}", report)
            refused, median = bars.refused_of(report)
            seconds = report["seconds"]
            say(f"    {contestant.name}, {share} of capacity: {report['due'] / seconds:.0f}/s due, "
                f"{bars.goodput_of(report):.0f}/s good in time, "
                f"{refused / seconds:.0f}/s refused" + (f" in {median:.1f} ms" if refused else "")
                + f", {bars.lost_of(report) / seconds:.0f}/s lost; the generator was {report['behind']['p99'] / 1000:.1f} ms "
                f"behind at p99")

    def peak(self, round_, contestant, connections):
        """Messages a second of the closed loop, measured here where this run had not asked for it."""
        report = self.rounds.of(contestant.name, f"publish {connections}").get(round_)
        if not report:
            database.settle(contestant.database)
            report = self.loads.closed(contestant, "publish", connections)
        return report["rate"]

    def storm(self, round_, contestant):
        database.settle(contestant.database)
        report = self.loads.storm(contestant)
        self.note(round_, contestant.name, "storm", report)
        say(f"    {contestant.name}, all of the storm in {report['seconds']:.1f} s: " + ", ".join(
            f"{name} {one['count']}" for name, one in report["decisions"].items()))

    def floors(self, round_):
        if not wanted("floors"):
            return
        say("  floors")
        database.create("bench_run", template.NAME)
        for connections in (1, 16, 64, 256):
            # Where it was not measured behind a publish.
            if not self.rounds.of("floor", f"single {connections}").get(round_):
                self.single(round_, "bench_run", connections)
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
        for round_ in range(1, ROUNDS + 1):
            say(f"Round {round_} of {ROUNDS}, after {time.monotonic() - started:.0f} s")
            pair = ["proxyhooks", "go"] if round_ % 2 else ["go", "proxyhooks"]
            self.side_by_side(round_, pair, "guaranteed", loads.CLOSED)
            self.side_by_side(round_, pair, "direct", loads.DIRECT)
            self.side_by_side(round_, ["node"], "guaranteed", loads.SHORT)
            self.floors(round_)
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
