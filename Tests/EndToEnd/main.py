"""Runs the scenarios and says of each whether its claim held. run.sh starts it and says what it needs."""

import asyncio
import itertools
import logging
import signal
import sys
import time
import traceback

import postgres
from scenario import ALL, FIGURES, Scenario
from stage import Stage

# The scenarios, in the order in which they run.
import scenarios_messages
import scenarios_refusals
import scenarios_bypass
import scenarios_hostile
import scenarios_http
import scenarios_grpc
import scenarios_limits
import scenarios_expiry
import scenarios_life
import scenarios_delivery
import scenarios_chat
import scenarios_load
import scenarios_outages
import scenarios_policy
import scenarios_logs

SECONDS_EACH = 120


class Run:
    def __init__(self) -> None:
        self.stages: dict[str, Stage] = {}
        self.passed = self.failed = 0

    async def stage(self, name: str) -> Stage:
        if name not in self.stages:
            self.stages[name] = Stage(name)
            await self.stages[name].start()
        return self.stages[name]

    async def one(self, scenario: Scenario, stage: Stage) -> None:
        start = time.monotonic()
        try:
            await asyncio.wait_for(scenario.run(stage), SECONDS_EACH)
        except Exception as error:
            self.failed += 1
            print(f"FAILED  {scenario.claim} ({scenario.stage})", flush=True)
            traceback.print_exception(error, limit=-4, file=sys.stdout)
            for process in (stage.service, stage.centrifugo):
                print(f"  the end of {process.log.name}:\n{process.tail()}", flush=True)
        else:
            self.passed += 1
            print(f"{time.monotonic() - start:5.1f} s  {scenario.claim} ({scenario.stage})", flush=True)

    async def all(self, scenarios: list[Scenario]) -> None:
        for key, group in itertools.groupby(scenarios, lambda each: each.stage if each.waits else id(each)):
            together = list(group)
            stage = await self.stage(together[0].stage)
            await asyncio.gather(*(self.one(each, stage) for each in together))
            await stage.send_home()

    async def close(self) -> None:
        endings = [ending for stage in self.stages.values() for ending in (stage.send_home, stage.stop)]
        for ending in (*endings, postgres.stop_restarted):
            try:
                await ending()
            except Exception as error:  # What failed before it is what should be read; the others still end.
                traceback.print_exception(error, limit=-2, file=sys.stdout)


async def main() -> int:
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, asyncio.current_task().cancel)
    logging.getLogger("centrifuge").setLevel(logging.CRITICAL)  # What it says of its tasks, the scenarios see.
    parts = [part.lower() for part in sys.argv[1:]]
    chosen = [each for each in ALL if not parts or any(part in each.claim.lower() for part in parts)]
    start = time.monotonic()
    run = Run()
    try:
        await postgres.checkpoint()
        await run.all(chosen)
    except asyncio.CancelledError:
        return 128 + signal.SIGTERM
    finally:
        await run.close()
    for figure in FIGURES:
        print(figure)
    print(f"The end-to-end tests took {time.monotonic() - start:.0f} s.")
    print(f"{run.passed} passed, {run.failed} failed", flush=True)
    return 1 if run.failed or not run.passed else 0


sys.exit(asyncio.run(main()))
