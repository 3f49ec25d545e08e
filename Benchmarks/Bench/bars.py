"""The bars of the benchmark, and whether they are met."""

import statistics

MIB = 64
GIVEN_UP = 1000  # ms


class Rounds:
    """What was measured: a report for each round, contestant, load and delivery mode."""

    def __init__(self):
        self.reports = []

    def add(self, round_, contestant, load, report, delivery="guaranteed"):
        self.reports.append({"round": round_, "contestant": contestant, "load": load, "delivery": delivery,
                             "report": report})

    def of(self, contestant, load, delivery="guaranteed"):
        """By round."""
        return {one["round"]: one["report"] for one in self.reports
                if (one["contestant"], one["load"], one["delivery"]) == (contestant, load, delivery)}

    def values(self, contestant, load, value, delivery="guaranteed"):
        return {round_: value(report) for round_, report in self.of(contestant, load, delivery).items()}

    def ratios(self, left, right):
        """Of two dictionaries by round, for the rounds that both have."""
        return [left[round_] / right[round_] for round_ in sorted(left) if round_ in right and right[round_]]


def rate(report):
    return report["rate"]


def p50(report):
    return report["latency"]["p50"]


def p99(report):
    return report["latency"]["p99"]


def spread(values):
    return {"median": statistics.median(values), "min": min(values), "max": max(values)} if values else None


class Bar:
    """One line: a value over the rounds, and what it must be at least or at most."""

    def __init__(self, name, values, bar, at_most=False, unit=""):
        self.name, self.bar, self.at_most, self.unit = name, bar, at_most, unit
        self.spread = spread(values)
        self.note = None

    @property
    def met(self):
        if self.spread is None:
            return False
        return self.spread["median"] <= self.bar if self.at_most else self.spread["median"] >= self.bar

    def line(self):
        found = self.spread
        measured = f"{found['median']:.2f} ({found['min']:.2f} – {found['max']:.2f})" if found else "not measured"
        return (f"{'met    ' if self.met else 'NOT MET'}  {self.name}: {measured}, wanted {'≤' if self.at_most else '≥'} {self.bar}"
                + (f" ({self.note})" if self.note else ""))

    def json(self):
        measured = self.spread or {"median": None, "min": None, "max": None}
        return {"name": self.name, "value": measured["median"], "min": measured["min"], "max": measured["max"],
                "bar": self.bar, "comparison": "<=" if self.at_most else ">=", "met": self.met,
                **({"note": self.note} if self.note else {})}


def all_bars(rounds):
    r = rounds
    bars = []

    def against_go(name, load, bar, delivery="guaranteed", value=rate, at_most=False):
        bars.append(Bar(name, r.ratios(r.values("proxyhooks", load, value, delivery), r.values("go", load, value, delivery)),
                        bar, at_most))

    for delivery in ("guaranteed", "direct"):
        against_go(f"publish at 64 connections, {delivery}: messages/s over Go's", "publish 64", 2.5, delivery)
        against_go(f"publish at 64 connections, {delivery}: p99 over Go's", "publish 64", 1.0, delivery, p99, at_most=True)
        against_go(f"hot room, {delivery}: messages/s over Go's", "hot 64", 5.0, delivery)
        against_go(f"mix, {delivery}: calls/s over Go's", "mix 64", 2.0, delivery)
    against_go("subscribe: calls/s over Go's", "subscribe 64", 2.0)
    against_go("connect, HS256: calls/s over Go's", "connect 64", 1.5)
    against_go("refused at the edge, bad token: calls/s over Go's", "bad_token 64", 1.4)
    against_go("refused at the edge, bad JSON: calls/s over Go's", "bad_json 64", 1.4)
    for connections in (16, 64, 256):
        bars.append(Bar(f"publish at {connections} connections over pgbench's single-message statement",
                        r.ratios(r.values("proxyhooks", f"publish {connections}", rate),
                                 r.values("floor", f"single {connections}", rate)), 1.5))
    # The floor of a publish is the transaction that does its job in one round trip, and its limits' script. Beside it what it is
    # over a commit that does next to nothing.
    def over(statement):
        script, commits = r.of("floor", "script 1"), r.of("floor", statement)
        least = {round_: commit["p50"] + script[round_]["p50"] for round_, commit in commits.items() if round_ in script}
        return r.ratios(r.values("proxyhooks", "publish 1", p50), least)
    alone = Bar("publish at 1 connection: median over that of the single-message statement and a script call", over("single 1"),
                1.3, at_most=True)
    if bare := spread(over("commit 1")):
        alone.note = f"{bare['median']:.2f} times an update of one row, committed, and a script call"
    bars.append(alone)
    twice = r.of("proxyhooks", "open 2.0")
    bars.append(Bar("twice the capacity: goodput over the peak",
                    [goodput_of(report) / report["capacity"] for report in twice.values()], 0.9))
    refusals = Bar("twice the capacity: median refusal, ms", [median_turned_away(report) for report in twice.values()], 20,
                   at_most=True)
    if twice and not any(map(turned_away, twice.values())):
        refusals.note = "nothing had to be refused: all was answered in time"
    bars.append(refusals)
    bars.append(Bar("resident under the mix, at most, MiB", list(r.values("proxyhooks", "memory", lambda m: m["peak"]).values()),
                    MIB, at_most=True))
    bars.append(Bar("start to ready, s", list(r.values("proxyhooks", "start", lambda s: s["seconds"]).values()), 0.3,
                    at_most=True))
    return bars


def goodput_of(report):
    """Answers that were good and in time, a second."""
    return report["decisions"].get("result", {}).get("count", 0) / report["seconds"]


def refused_of(report):
    """How many were told to try again, and the median of that in ms; None where nobody was."""
    answers = [report["decisions"][name] for name in ("error 503", "status 503") if name in report["decisions"]]
    count = sum(one["count"] for one in answers)
    # Of two kinds the one that most got.
    return count, max(answers, key=lambda one: one["count"])["p50"] / 1000 if answers else None


def lost_of(report):
    """How many had no answer in time, whatever came later: those who gave up, found no connection or lost theirs."""
    errors = report["errors"]
    return (errors["timeout"] + errors["unsent"] + errors["reset"] + errors["connect"]
            + report["decisions"].get("late", {}).get("count", 0))


def turned_away(report):
    """Whether more than one in a hundred got no good answer in time."""
    return refused_of(report)[0] + lost_of(report) > 0.01 * report["due"]


def median_turned_away(report):
    """Of those that got no good answer, how long until they knew, in ms: who was not told knows after the second that
    Centrifugo waits. 0 where there are next to none."""
    if not turned_away(report):
        return 0
    count, median = refused_of(report)
    return median if count >= lost_of(report) else GIVEN_UP


def table(rounds, loads):
    """Lines of Markdown: rates, and ratios with their spread."""
    r = rounds
    lines = ["| load | service, calls/s | p50 / p99, ms | Go, calls/s | p50 / p99, ms | service / Go | Node, calls/s | service / Node |",
             "|---|---|---|---|---|---|---|---|"]

    def rates(name, load, delivery):
        found = spread(list(r.values(name, load, rate, delivery).values()))
        return f"{found['median']:,.0f}".replace(",", " ") if found else "–"

    def times(name, load, delivery):
        one = spread(list(r.values(name, load, p50, delivery).values()))
        other = spread(list(r.values(name, load, p99, delivery).values()))
        return f"{one['median'] / 1000:.1f} / {other['median'] / 1000:.1f}" if one else "–"

    def ratio(other, load, delivery):
        found = spread(r.ratios(r.values("proxyhooks", load, rate, delivery), r.values(other, load, rate, delivery)))
        return f"**{found['median']:.2f}** ({found['min']:.2f} – {found['max']:.2f})" if found else "–"

    for load, delivery in loads:
        if not r.of("proxyhooks", load, delivery):
            continue
        title = load + ("" if delivery == "guaranteed" else ", direct")
        lines.append(f"| {title} | {rates('proxyhooks', load, delivery)} | {times('proxyhooks', load, delivery)} "
                     f"| {rates('go', load, delivery)} | {times('go', load, delivery)} | {ratio('go', load, delivery)} "
                     f"| {rates('node', load, delivery)} | {ratio('node', load, delivery)} |")
    return lines


def cost(report):
    """Processor time of a call in microseconds, of all but the generator."""
    return sum(report["microseconds"][name] for name in ("own", "postgresql", "redis"))


def cost_table(rounds, loads):
    """What a call costs, which depends less on what else the machine does than rates do."""
    r = rounds
    lines = ["| processor time a call, µs | service: own + PostgreSQL + Redis | Go: own + PostgreSQL + Redis | Go / service |",
             "|---|---|---|---|"]

    def parts(name, load, delivery):
        reports = list(r.of(name, load, delivery).values())
        middle = [statistics.median(report["microseconds"][part] for report in reports)
                  for part in ("own", "postgresql", "redis")]
        return " + ".join(f"{one:.0f}" for one in middle) + f" = {sum(middle):.0f}"

    for load, delivery in loads:
        if not r.of("proxyhooks", load, delivery) or not r.of("go", load, delivery):
            continue
        title = load + ("" if delivery == "guaranteed" else ", direct")
        found = spread(r.ratios(r.values("go", load, cost, delivery), r.values("proxyhooks", load, cost, delivery)))
        lines.append(f"| {title} | {parts('proxyhooks', load, delivery)} | {parts('go', load, delivery)} "
                     f"| **{found['median']:.2f}** ({found['min']:.2f} – {found['max']:.2f}) |")
    return lines


def floor_table(rounds):
    r = rounds
    lines = ["| floor | per second | median, µs |", "|---|---|---|"]
    names = sorted({one["load"] for one in r.reports if one["contestant"] == "floor"})
    for name in names:
        reports = list(r.of("floor", name).values())
        rates = [report["rate"] for report in reports if "rate" in report]
        medians = [report["p50"] for report in reports]
        shown = spread(rates)
        lines.append(f"| {name} | " + (f"{shown['median']:.0f} ({shown['min']:.0f} – {shown['max']:.0f})" if shown else "–") +
                     f" | {statistics.median(medians):.0f} |")
    return lines


def open_table(rounds):
    lines = ["| open loop, publish | contestant | due, calls/s | good in time, calls/s | p50 / p99 of these, ms "
             "| refused, calls/s | median refusal, ms | lost, calls/s | generator behind, p50 / p99, ms |",
             "|---|---|---|---|---|---|---|---|---|"]
    for share in ("0.5", "1.0", "2.0"):
        for name in ("proxyhooks", "go"):
            reports = list(rounds.of(name, f"open {share}").values())
            if not reports:
                continue
            middle = sorted(reports, key=goodput_of)[len(reports) // 2]
            good = middle["decisions"].get("result", {"p50": 0, "p99": 0})
            refused, median = refused_of(middle)
            told = f"{median:.1f}" if median is not None else "–"
            lines.append(f"| {share} of its capacity | {name} | {middle['due'] / middle['seconds']:.0f} | {goodput_of(middle):.0f} "
                         f"| {good['p50'] / 1000:.1f} / {good['p99'] / 1000:.1f} | {refused / middle['seconds']:.0f} | {told} "
                         f"| {lost_of(middle) / middle['seconds']:.0f} "
                         f"| {middle['behind']['p50'] / 1000:.1f} / {middle['behind']['p99'] / 1000:.1f} |")
    return lines
