"""How much is too much."""

import asyncio

from scenario import scenario, text
from stage import Stage


@scenario("json")
async def a_burst_of_25_messages_passes_and_a_flood_is_429_for_now(stage: Stage) -> None:
    room = await stage.room()
    alice, bob = await stage.person(room.alice), await stage.person(room.bob)
    ear = await bob.listen(room.channel)
    burst = [text(f"{number}") for number in range(25)]
    await asyncio.gather(*(alice.publish(room.channel, message) for message in burst))
    answers = await asyncio.gather(
        *(alice.publish(room.channel, text()) for _ in range(60)), return_exceptions=True)
    refused = [(error.code, error.temporary) for error in answers if error is not None]
    assert set(refused) == {(429, True)}, set(refused)
    assert 60 - len(refused) <= 25, f"{60 - len(refused)} of the flood passed"
    stored = await room.stored()
    assert len(stored) == 25 + 60 - len(refused) and all(message["id"] in stored for message in burst)
    # Others are not made to wait for her.
    message = text()
    await bob.publish(room.channel, message)
    await ear.hear(str(message["id"]))
