"""What Centrifugo decides without a hook: by its configuration alone."""

import asyncio

from machine import INHERITED
from people import refusal
from scenario import scenario, text
from stage import CENTRIFUGO, CONFIGURATION, SECRET, Stage, stranger

PERMISSION_DENIED = 103
UNKNOWN_CHANNEL = 102


@scenario("json")
async def the_delivered_configuration_has_no_key_that_Centrifugo_does_not_know(stage: Stage) -> None:
    process = await asyncio.create_subprocess_exec(
        CENTRIFUGO, "checkconfig", "--strict", "--config", str(CONFIGURATION),
        env=INHERITED | {"CENTRIFUGO_VAR_PROXYHOOKS_SECRET": SECRET},
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT)
    said, _ = await process.communicate()
    assert process.returncode == 0, said.decode()


@scenario("json")
async def what_Centrifugo_keeps_of_history_and_presence_is_closed_to_members_and_strangers(stage: Stage) -> None:
    room = await stage.room()
    alice, mallory = await stage.person(room.alice), await stage.person(stranger())
    await alice.listen(room.channel)
    await alice.publish(room.channel, text())
    for person in (alice, mallory):
        for channel in (room.channel, f"user:{room.alice}"):
            assert (await refusal(person.client.history(channel, limit=10)))[0] == PERMISSION_DENIED
            assert (await refusal(person.client.presence(channel)))[0] in (PERMISSION_DENIED, 108)
            assert (await refusal(person.client.presence_stats(channel)))[0] in (PERMISSION_DENIED, 108)


@scenario("json", "binary", "grpc")
async def nobody_writes_into_or_listens_to_a_personal_channel(stage: Stage) -> None:
    room = await stage.room()
    alice, mallory = await stage.person(room.alice), await stage.person(stranger())
    channel = f"user:{room.alice}"
    assert await mallory.refused_to_listen(channel) == PERMISSION_DENIED
    for person in (alice, mallory):
        assert await refusal(person.publish(channel, text())) == (PERMISSION_DENIED, False)


@scenario("json")
async def there_is_no_channel_outside_the_two_namespaces(stage: Stage) -> None:
    room = await stage.room()
    alice = await stage.person(room.alice)
    outside = (("lobby", PERMISSION_DENIED), ("nowhere:lobby", UNKNOWN_CHANNEL), (room.match, PERMISSION_DENIED))
    for channel, code in outside:
        assert await alice.refused_to_listen(channel) == code
        assert await refusal(alice.publish(channel, text())) == (code, False)
    # Spellings that some server would take for the room, or for a channel of alice's own.
    for channel in (f"match:{room.match}#{room.alice}", f"match:{room.match}:", f"match: {room.match}",
                    f"$match:{room.match}", f"Match:{room.match}", f"match:{room.match}/../{room.match}"):
        await alice.refused_to_listen(channel)
        await refusal(alice.publish(channel, text()))
    assert await room.stored() == {}
