"""The service is killed, or stopped, in the middle of a stream of messages."""

import asyncio
import signal
from collections.abc import Awaitable, Callable
from typing import Any

from machine import until
from scenario import FIGURES, scenario, text
from stage import Room, Stage

DRAIN_SECONDS = 10
WRITERS = 8


class Stream:
    """Members who write without a pause, and what they were told of each message."""

    def __init__(self, stage: Stage, room: Room):
        self.stage, self.room = stage, room
        self.acknowledged: dict[str, dict[str, Any]] = {}
        self.unknown: dict[str, dict[str, Any]] = {}
        self.heard: set[str] = set()
        self.is_over = False

    async def write(self, name: str) -> None:
        person = await self.stage.person(await self.room.add(name))
        while not self.is_over:
            message = text()
            identifier = str(message["id"])
            try:
                await person.client.publish(self.room.channel, message, timeout=3)
            except Exception:
                self.unknown[identifier] = message
                await asyncio.sleep(0.02)
            else:
                self.acknowledged[identifier] = message
                self.heard.add(name)

    async def through(self, loss: Callable[[], Awaitable[None]]) -> None:
        """Writes, lets the loss happen in the middle, and writes on until it has been got over."""
        writers = [asyncio.create_task(self.write(f"{self.room.match}-{number}")) for number in range(WRITERS)]
        try:
            await until(lambda: len(self.heard) == WRITERS, 60, "all write")
            await asyncio.sleep(1)
            await loss()
            before = len(self.acknowledged)
            # Over gRPC Centrifugo waits for some seconds before it connects again.
            for _ in range(40):
                await asyncio.sleep(0.5)
                if len(self.acknowledged) > before:
                    break
            assert len(self.acknowledged) > before, "nothing was acknowledged after the loss"
        finally:
            self.is_over = True
            await asyncio.gather(*writers)


async def check(stage: Stage, loss: Callable[[], Awaitable[None]], what: str) -> None:
    room = await stage.room()
    alice, bob = await stage.person(room.alice), await stage.person(room.bob)
    ear = await bob.listen(room.channel)
    stream = Stream(stage, room)
    await stream.through(loss)
    stored = await room.stored()
    lost = stream.acknowledged.keys() - stored.keys()
    assert not lost, f"{len(lost)} of {len(stream.acknowledged)} acknowledged messages are not stored"
    assert stream.unknown, "the loss was not noticed, so it was not in the middle"
    # The rows are by number, and an id that stood twice would be one fewer here than numbers.
    assert [int(row[0]) for row in stored.values()] == list(range(1, len(stored) + 1))

    # Sent again by their senders, all are a success, and what was stored stays as it was.
    everything = stream.acknowledged | stream.unknown
    senders = {name: await stage.person(name) for name in {row[1] for row in stored.values()}}
    for identifier in [*stream.unknown, *list(stream.acknowledged)[-50:]]:
        if identifier in stored:
            await senders[stored[identifier][1]].publish(room.channel, everything[identifier])
    assert await room.stored() == stored
    message = text("the last")
    await alice.publish(room.channel, message)
    await ear.hear(str(message["id"]))
    heard = [each["id"] for each in ear.heard()]
    assert len(heard) == len(set(heard)), "a message was broadcast twice"
    assert stored.keys() <= set(heard), f"{len(stored.keys() - set(heard))} stored messages were never broadcast"
    FIGURES.append(f"{what}: {len(stream.acknowledged)} messages acknowledged and stored, {len(stream.unknown)} not "
                   f"acknowledged, of which {len(stored) - len(stream.acknowledged)} were stored.")


@scenario("brief")
async def a_service_killed_in_a_stream_of_messages_loses_and_doubles_none_acknowledged(stage: Stage) -> None:
    async def kill() -> None:
        await stage.service.stop(signal.SIGKILL)
        await stage.service.start()

    await check(stage, kill, "Service killed under load")


@scenario("brief")
async def a_service_stopped_under_load_drains_and_exits_with_0_in_time(stage: Stage) -> None:
    async def stop() -> None:
        status, took = await stage.service.stop(signal.SIGTERM, DRAIN_SECONDS)
        assert status == 0, f"exit status {status}"
        FIGURES.append(f"The service stopped under load in {took:.1f} s.")
        await stage.service.start()

    await check(stage, stop, "Service stopped under load")
