"""Processor time: of a process, and of all the machine. It says what a call costs, also where others keep the machine busy."""

import glob
import os

TICK = os.sysconf("SC_CLK_TCK")


def children(pid):
    found = []
    for path in glob.glob(f"/proc/{pid}/task/*/children"):
        with open(path) as file:
            found += [int(child) for child in file.read().split()]
    return found


def seconds_of(pids):
    """Of each of them that is there, by its id."""
    found = {}
    for pid in pids:
        try:
            with open(f"/proc/{pid}/stat") as file:
                fields = file.read().rsplit(")", 1)[1].split()
        except OSError:
            continue
        found[pid] = (int(fields[11]) + int(fields[12])) / TICK
    return found


def busy_seconds():
    """Of all processors since the machine started, whoever had it; and what a hypervisor gave to others."""
    with open("/proc/stat") as file:
        user, nice, system, _, _, interrupts, soft, stolen = map(int, file.readline().split()[1:9])
    return (user + nice + system + interrupts + soft + stolen) / TICK


class Account:
    """What each takes from here on. `contestant` gives its processes' ids."""

    def __init__(self, contestant):
        postgres = int(os.environ["BENCH_POSTGRES_PID"])
        self.who = {
            "own": contestant.pids, "postgresql": lambda: [postgres, *children(postgres)],
            "redis": lambda: [int(os.environ["BENCH_REDIS_PID"])],
        }
        self.before = {name: seconds_of(pids()) for name, pids in self.who.items()}
        self.busy = busy_seconds()

    def close(self, generator_seconds, wall_seconds):
        """Seconds by name; `others` is the share of the processors that went to anything else."""
        # Of one that has ended meanwhile nothing is known any more, and what it had before must not be taken off the others'.
        taken = {name: sum(seconds - self.before[name].get(pid, 0) for pid, seconds in seconds_of(pids()).items())
                 for name, pids in self.who.items()}
        taken["generator"] = generator_seconds
        rest = busy_seconds() - self.busy - sum(taken.values())
        taken["others"] = max(0, rest / (wall_seconds * (os.cpu_count() or 1)))
        return taken
