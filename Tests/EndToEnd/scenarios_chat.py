"""What is done with messages that are there, heard by real clients by way of the outbox."""

import time

from machine import until
from people import refusal
from scenario import FIGURES, scenario, text
from stage import Stage, stranger

NOT_YOUR_MESSAGE = (453, False)
BEYOND_LAST = (458, False)


@scenario("binary", "live")
async def edits_deletions_and_read_positions_are_heard_once_in_order_behind_their_messages(stage: Stage) -> None:
    room = await stage.room()
    alice, bob = await stage.person(room.alice), await stage.person(room.bob)
    ear = await bob.listen(room.channel)
    messages = [text(f"first {number}") for number in range(10)]
    began = time.monotonic()
    for seq, message in enumerate(messages, 1):
        target = {"match": room.match, "id": message["id"]}
        await alice.rpc("chat:send", {"match": room.match, **message})
        for _ in range(2):  # as a client does that got no answer
            edited = (await alice.rpc("chat:edit", {**target, "text": f"second {seq}"}))["message"]
            assert await bob.rpc("chat:read", {"match": room.match, "seq": seq}) == {"read_seq": seq, "unread": 0}
        assert edited["text"] == f"second {seq}" and "edited_at" in edited
        deleted = [(await alice.rpc("chat:delete", target))["message"] for _ in range(2)]
        assert deleted[0] == deleted[1] and "text" not in deleted[0]
    expected = [name for _ in messages for name in (None, "message_edited", "member_read", "message_deleted")]
    heard = lambda: [each for each in ear.all() if each.get("event") != "member_joined"]
    await until(lambda: [each.get("event") for each in heard()] == expected, 5, f"bob hears all: {heard()}")
    FIGURES.append(f"an edit, a read position and a deletion of each of {len(messages)} messages, answered twice and "
                   f"heard once, in {time.monotonic() - began:.2f} s")
    page = await bob.rpc("chat:history", {"match": room.match})
    assert page["messages"] == [event["message"] for event in ear.events() if event["event"] == "message_deleted"]

    own = {"match": room.match, "id": messages[0]["id"]}
    assert await refusal(bob.rpc("chat:edit", {**own, "text": "mine"})) == NOT_YOUR_MESSAGE
    assert await refusal(bob.rpc("chat:read", {"match": room.match, "seq": 11})) == BEYOND_LAST


@scenario("live")
async def a_block_is_told_to_the_blockers_devices_alone(stage: Stage) -> None:
    room = await stage.room()
    alice, phone, tablet = await stage.person(room.alice), await stage.person(room.bob), await stage.person(room.bob)
    ear = await phone.listen(room.channel)
    assert await phone.rpc("chat:block", {"user": room.alice}) == {}
    for device in (phone, tablet):
        await until(lambda: [(each["event"], each["user"]) for each in device.told if "match" not in each]
                    == [("user_blocked", room.alice)], 2, f"each device is told: {device.told}")
    message = text()
    await alice.publish(room.channel, message)
    assert "blocked" not in await ear.hear(str(message["id"]))
    page = await tablet.rpc("chat:history", {"match": room.match})
    assert [each.get("blocked") for each in page["messages"]] == [True]
    assert (await tablet.rpc("chat:rooms", {}))["blocked"] == [room.alice]
    # Both may hear by then that they joined the match.
    assert not [each for each in alice.told + ear.events() if each["event"] == "user_blocked"]


@scenario("live")
async def who_is_here_is_shown_to_members_and_who_types_is_told_to_those_who_listen(stage: Stage) -> None:
    room = await stage.room()
    alice, bob = await stage.person(room.alice), await stage.person(room.bob)
    mallory = await stage.person(stranger())
    ear = await bob.listen(room.channel)
    present = await alice.rpc("chat:presence", {"match": room.match})
    assert [member["user"] for member in present["members"]] == [room.alice, room.bob], present
    assert present["online"] == [room.bob], present
    await alice.listen(room.channel)
    assert (await bob.rpc("chat:presence", {"match": room.match}))["online"] == [room.alice, room.bob]
    assert await alice.rpc("chat:typing", {"match": room.match}) == {}
    await until(lambda: ear.events()[-1:] == [{"event": "member_typing", "match": room.match, "user": room.alice}], 2,
                f"bob is told: {ear.events()}")
    for method in ("chat:presence", "chat:typing"):
        for match in (room.match, "no-such-match"):
            assert await refusal(mallory.rpc(method, {"match": match})) == (403, False)
        assert await refusal(alice.rpc(method, {})) == (1011, False)
    await stage.database.query(f"select proxyhooks.mute_member('{room.match}', '{room.alice}')")
    assert await refusal(alice.rpc("chat:typing", {"match": room.match})) == (450, False)
    await stage.database.query(f"select proxyhooks.close_match('{room.match}')")
    assert await refusal(bob.rpc("chat:presence", {"match": room.match})) == (451, False)
    assert await room.stored() == {}
