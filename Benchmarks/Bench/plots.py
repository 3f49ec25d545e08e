"""The results as pictures."""

import statistics

import bars

COLOURS = {"proxyhooks": "#d9480f", "go": "#1c7ed6", "node": "#2f9e44"}


def draw(rounds, place):
    try:
        import matplotlib
    except ImportError:
        print("python3-matplotlib is missing, so nothing was drawn.")
        return
    matplotlib.use("agg")
    from matplotlib import pyplot
    ratios(rounds, pyplot, place)
    connections(rounds, pyplot, place)


def save(figure, pyplot, path):
    figure.tight_layout()
    figure.savefig(path, dpi=120)
    pyplot.close(figure)


def ratios(rounds, pyplot, place):
    """Each load's rate over Go's, with the spread over the rounds."""
    names, middles, lows, highs = [], [], [], []
    loads = []
    for one in rounds.reports:
        key = (one["load"], one["delivery"])
        if one["contestant"] == "go" and "latency" in one["report"] and not one["load"].startswith("open") and key not in loads:
            loads.append(key)
    for load, delivery in loads:
        found = bars.spread(rounds.ratios(rounds.values("proxyhooks", load, bars.rate, delivery),
                                          rounds.values("go", load, bars.rate, delivery)))
        if not found:
            continue
        names.append(load + ("" if delivery == "guaranteed" else ", direct"))
        middles.append(found["median"])
        lows.append(found["median"] - found["min"])
        highs.append(found["max"] - found["median"])
    if not names:
        return
    figure, axes = pyplot.subplots(figsize=(8, 0.32 * len(names) + 1.2))
    axes.barh(names, middles, xerr=[lows, highs], color=COLOURS["proxyhooks"], ecolor="#495057", capsize=2)
    axes.axvline(1, color=COLOURS["go"], linewidth=1)
    axes.invert_yaxis()
    axes.set_xlabel("calls/s of the service over those of the Go peer; median, least and most of the rounds")
    save(figure, pyplot, f"{place}/ratios.png")


def connections(rounds, pyplot, place):
    """publish by the number of connections: messages a second, and the 99th percentile."""
    counts = (1, 16, 64, 256)
    figure, (left, right) = pyplot.subplots(1, 2, figsize=(9, 3.6))
    drawn = False
    for name, colour in COLOURS.items():
        for axes, value, scale in ((left, bars.rate, 1), (right, bars.p99, 1000)):
            points = [(count, list(rounds.values(name, f"publish {count}", value).values())) for count in counts]
            points = [(count, statistics.median(values) / scale) for count, values in points if values]
            if len(points) > 1:
                axes.plot(*zip(*points), marker="o", color=colour, label=name)
                drawn = True
    floor = [(count, [report["rate"] for report in rounds.of("floor", f"single {count}").values()]) for count in counts]
    floor = [(count, statistics.median(values)) for count, values in floor if values]
    if floor:
        left.plot(*zip(*floor), linestyle="--", color="#868e96", label="pgbench, one message a statement")
    if not drawn:
        pyplot.close(figure)
        return
    for axes, title in ((left, "messages/s"), (right, "p99, ms")):
        axes.set_xscale("log", base=4)
        axes.set_xticks(counts, [str(count) for count in counts])
        axes.set_ylim(bottom=0)
        axes.set_xlabel("connections")
        axes.set_title("publish, " + title)
    left.legend(fontsize=8)
    save(figure, pyplot, f"{place}/publish.png")
