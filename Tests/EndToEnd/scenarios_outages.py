"""A server that the service needs is gone, or there and silent. Nothing is granted then that is not decided."""

import asyncio
import os
import signal
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress

import postgres
from centrifuge import CentrifugeError, ReplyError
from machine import ask, until
from people import Person, refusal
from scenario import FIGURES, scenario, text
from stage import Stage

# The service answers within 0.8 s; Centrifugo would wait for 1 s.
BOUND = 1.2
UNAVAILABLE = (503, True)


async def timed(what: str, request: Awaitable[object]) -> None:
    """The request is refused for now, within the bound."""
    start = time.monotonic()
    got = await refusal(request)
    took = time.monotonic() - start
    assert got == UNAVAILABLE, (what, got)
    assert took <= BOUND, f"{what} took {took:.2f} s"


async def check(stage: Stage, lose: Callable[[], Awaitable[Callable[[], Awaitable[None]]]], what: str) -> None:
    room = await stage.room()
    alice, bob = await stage.person(room.alice), await stage.person(room.bob)
    # One client's commands are proxied one after the other, so each request that is timed has a client of its own.
    carol = await stage.person(await room.add(f"carol-{room.match}"))
    dave = stage.visitor(f"dave-{room.match}", await stage.token(f"dave-{room.match}"))
    reader = await stage.person(room.bob)
    ear = await bob.listen(room.channel)
    await alice.publish(room.channel, text("before"))
    message = text("in the outage")

    recover = await lose()
    try:
        begun = time.monotonic()
        _, late = await carol.begin_listening(room.channel)
        await asyncio.gather(
            timed("publish", alice.publish(room.channel, message)),
            timed("history", reader.rpc("chat:history", {"match": room.match})),
            until(lambda: late.errors, BOUND, "an error of subscribe"))
        assert isinstance(late.errors[0], ReplyError) and (late.errors[0].code, late.errors[0].temporary) == UNAVAILABLE
        with suppress(asyncio.TimeoutError, CentrifugeError):
            await asyncio.wait_for(dave.client.connect(), BOUND)
        await refused_until(alice, room.channel, message, begun + 2.5)
        assert not late.subscribed and not dave.connections and len(ear.publications) == 1
        ready, _ = await asyncio.to_thread(ask, f"{stage.operations}/readyz")
        assert ready == 503, f"/readyz says {ready}"
    finally:
        start = time.monotonic()
        await recover()
    up = time.monotonic()

    while True:
        try:
            await alice.publish(room.channel, message)
            break
        except ReplyError as error:
            assert (error.code, error.temporary) == UNAVAILABLE and time.monotonic() - up < 10, error
            await asyncio.sleep(0.1)
    FIGURES.append(f"{what}: the first message {time.monotonic() - up:.1f} s after PostgreSQL was back "
                   f"(which took {up - start:.1f} s).")
    await ear.hear(str(message["id"]))
    assert await room.count(str(message["id"])) == 1 and len(await room.stored()) == 2
    assert [heard["id"] for heard in ear.heard()].count(message["id"]) == 1
    await until(lambda: late.subscribed and dave.connections, 15, "carol is subscribed and dave connected by the SDK")


async def refused_until(person: Person, channel: str, message: dict[str, object], end: float) -> None:
    while time.monotonic() < end:
        await timed("publish", person.publish(channel, message))
        await asyncio.sleep(0.1)


@scenario("json", "binary", "grpc")
async def while_PostgreSQL_is_silent_nothing_is_granted_and_then_all_goes_on(stage: Stage) -> None:
    async def freeze() -> Callable[[], Awaitable[None]]:
        postgres.freeze()
        return postgres.thaw

    await check(stage, freeze, "PostgreSQL silent")


@scenario("json")
async def while_PostgreSQL_is_killed_nothing_is_granted_and_then_all_goes_on(stage: Stage) -> None:
    async def kill() -> Callable[[], Awaitable[None]]:
        return postgres.Killed().start

    await check(stage, kill, "PostgreSQL killed")


@scenario("json")
async def while_Redis_is_silent_messages_go_on_and_are_still_limited(stage: Stage) -> None:
    room = await stage.room()
    alice, bob = await stage.person(room.alice), await stage.person(room.bob)
    ear = await bob.listen(room.channel)
    redis = int(os.environ["PROXYHOOKS_TEST_REDIS_PID"])
    os.kill(redis, signal.SIGSTOP)
    try:
        message = text()
        start = time.monotonic()
        await alice.publish(room.channel, message)
        assert time.monotonic() - start <= BOUND
        await ear.hear(str(message["id"]))
        answers = await asyncio.gather(*(bob.publish(room.channel, text()) for _ in range(60)), return_exceptions=True)
        refused = {(error.code, error.temporary) for error in answers if isinstance(error, ReplyError)}
        assert (429, True) in refused, f"60 at once: {refused}"
    finally:
        os.kill(redis, signal.SIGCONT)
    await until(lambda: alice.is_connected() and bob.is_connected(), 5, "both are connected")
    await alice.publish(room.channel, text("after"))
