"""Nothing that is stored stays unheard, nothing is heard twice, and what goes by the outbox alone is in order."""

import asyncio
import signal
import statistics
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress

import postgres
from centrifuge import CentrifugeError
from follower import Follower
from machine import until
from people import Person
from scenario import FIGURES, scenario, text
from scenarios_life import until_outbox_is_empty
from stage import Room, Stage

SENDERS, EACH = 20, 100


async def crowd(stage: Stage, room: Room, size: int = SENDERS) -> list[Person]:
    return [await stage.person(await room.add(f"sender-{number}-{room.match}")) for number in range(size)]


def out_of_order(numbers: list[int]) -> int:
    """How many came after one with a higher number."""
    highest = late = 0
    for number in numbers:
        late += number < highest
        highest = max(highest, number)
    return late


async def flood(stage: Stage, send: Callable[[Person, Room], Awaitable[None]], what: str) -> Follower:
    room = await stage.room()
    people = await crowd(stage, room)
    follower = await Follower(await stage.person(room.bob), room.match).follow()

    async def write(person: Person) -> None:
        for _ in range(EACH):
            await send(person, room)

    start = time.monotonic()
    await asyncio.gather(*(write(person) for person in people))
    took = time.monotonic() - start
    total = SENDERS * EACH
    await until(lambda: len(follower.messages) == total, 20, f"{len(follower.messages)} of {total} were heard")
    await asyncio.sleep(0.5)  # for what would come twice
    assert follower.numbers() == list(range(1, total + 1))
    lost, doubled = total - len(set(follower.live)), len(follower.live) - len(set(follower.live))
    FIGURES.append(f"{total} messages of {SENDERS} clients into one room by {what}, in {took:.1f} s: lost {lost}, doubled "
                   f"{doubled}, out of order {out_of_order(follower.live)}.")
    assert (lost, doubled) == (0, 0)
    return follower


@scenario("live")
async def by_chat_send_twenty_writers_are_heard_once_each_and_in_order(stage: Stage) -> None:
    async def send(person: Person, room: Room) -> None:
        await person.rpc("chat:send", {"match": room.match, **text()})

    follower = await flood(stage, send, "chat:send")
    assert follower.live == list(range(1, SENDERS * EACH + 1)), "out of order"


@scenario("live")
async def by_the_hook_twenty_writers_are_heard_once_each(stage: Stage) -> None:
    async def send(person: Person, room: Room) -> None:
        await person.publish(room.channel, text())

    await flood(stage, send, "the hook")


@scenario("live")
async def a_message_sent_by_chat_send_is_heard_as_soon_as_one_by_the_hook(stage: Stage) -> None:
    room = await stage.room()
    alice, bob = await stage.person(room.alice), await stage.person(room.bob)
    ear = await bob.listen(room.channel)
    spans: dict[str, list[float]] = {"chat:send": [], "the hook": []}
    for _ in range(50):
        for way in spans:
            message = text()
            start = time.perf_counter()
            if way == "the hook":
                await alice.publish(room.channel, message)
            else:
                await alice.rpc("chat:send", {"match": room.match, **message})
            await until(lambda: any(each["id"] == message["id"] for each in ear.heard()[-3:]), 5, "it is heard")
            spans[way].append((time.perf_counter() - start) * 1e3)
            await asyncio.sleep(0.02)
    FIGURES.append("Sent to heard, 50 messages one after the other, median: " + ", ".join(
        f"{way} {statistics.median(each):.0f} ms" for way, each in spans.items()) + " (looked at each 10 ms).")
    # Polling alone would be 150 ms on average.
    assert statistics.median(spans["chat:send"]) < 100, "the bell is not heard"


@scenario("live")
async def what_a_sender_who_is_gone_has_stored_is_heard_all_the_same(stage: Stage) -> None:
    room = await stage.room()
    bob = await stage.person(room.bob)
    ear = await bob.listen(room.channel)
    tried = 40
    for number in range(tried):
        alice = await stage.person(room.alice)
        publish = asyncio.create_task(alice.publish(room.channel, text()))
        await asyncio.sleep(0.0005 * (number % 8))
        alice.drop()
        with suppress(CentrifugeError, asyncio.TimeoutError):
            await publish
        await alice.client.disconnect()
    await until_outbox_is_empty(stage)
    stored = await room.stored()
    await until(lambda: {each["id"] for each in ear.heard()} == stored.keys(), 5,
                f"{len(ear.heard())} of {len(stored)} stored were heard")
    assert len(ear.heard()) == len(stored), "one was heard twice"
    FIGURES.append(f"Senders who dropped while publishing: {tried}, of whose messages {len(stored)} were stored and all "
                   "of those heard, once.")


class Writers:
    """Members who write without a pause, by the hook and by chat:send in turn, and send again what failed."""

    def __init__(self, stage: Stage, room: Room):
        self.stage, self.room = stage, room
        self.acknowledged: set[str] = set()
        self.is_over = False

    async def write(self, person: Person) -> None:
        number = 0
        while not self.is_over:
            message, number = text(), number + 1
            while True:
                try:
                    if number % 2:
                        await person.client.publish(self.room.channel, message, timeout=2)
                    else:
                        await person.client.rpc("chat:send", {"match": self.room.match, **message}, timeout=2)
                    break
                except Exception:
                    if self.is_over:
                        return
                    await asyncio.sleep(0.05)
            self.acknowledged.add(str(message["id"]))


async def through(stage: Stage, loss: Callable[[], Awaitable[None]], what: str) -> None:
    room = await stage.room()
    follower = await Follower(await stage.person(room.bob), room.match).follow()
    writers = Writers(stage, room)
    tasks = [asyncio.create_task(writers.write(person)) for person in await crowd(stage, room, 8)]
    try:
        await asyncio.sleep(1)
        await loss()
        before = len(writers.acknowledged)
        await until(lambda: len(writers.acknowledged) > before + 50, 15, "it goes on after the loss")
    finally:
        writers.is_over = True
        await asyncio.gather(*tasks)
    await until_outbox_is_empty(stage)
    stored = await room.stored()
    assert writers.acknowledged <= stored.keys(), "an acknowledged message is not stored"
    assert [int(row[0]) for row in stored.values()] == list(range(1, len(stored) + 1))
    # The follower's own loop finds what was not heard live; it is told to look once more, as after a subscribe.
    await follower.settle()
    await follower.catch_up()
    assert follower.numbers() == list(range(1, len(stored) + 1))
    doubled = len(follower.live) - len(set(follower.live))
    FIGURES.append(f"{what}: {len(writers.acknowledged)} acknowledged, {len(stored)} stored, all of them had by a member "
                   f"who was there, {len(set(follower.live))} live, the others from history; {doubled} came twice.")


@scenario("live")
async def through_a_kill_of_Centrifugo_every_stored_message_is_had_once(stage: Stage) -> None:
    async def kill() -> None:
        await stage.centrifugo.stop(signal.SIGKILL)
        await asyncio.sleep(0.5)
        await stage.centrifugo.start()

    await through(stage, kill, "Centrifugo killed under load")


@scenario("live")
async def through_a_kill_of_the_service_every_stored_message_is_had_once(stage: Stage) -> None:
    async def kill() -> None:
        await stage.service.stop(signal.SIGKILL)
        await stage.service.start()

    await through(stage, kill, "Service killed under load")


@scenario("live")
async def through_a_restart_of_PostgreSQL_every_stored_message_is_had_once(stage: Stage) -> None:
    async def restart() -> None:
        await postgres.Killed().start()

    await through(stage, restart, "PostgreSQL killed under load")
