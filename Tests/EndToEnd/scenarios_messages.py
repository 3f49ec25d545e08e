"""What the service is there for."""

import re
import statistics
import time
from typing import Any

from people import Ear, Person, refusal
from scenario import FIGURES, location, scenario, text
from stage import Stage

KEYS = {
    "text": ["id", "seq", "match", "sender", "kind", "text", "sent_at"],
    "location": ["id", "seq", "match", "sender", "kind", "lat", "lon", "sent_at"],
}


def check_form(message: dict[str, Any], sent: dict[str, Any], sender: str, match: str, seq: int) -> None:
    """The message is what was sent with its number, its room, its sender and its time, and nothing else."""
    assert list(message) == KEYS[str(sent["kind"])], list(message)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", message["sent_at"]), message["sent_at"]
    assert message == {**sent, "seq": seq, "match": match, "sender": sender, "sent_at": message["sent_at"]}, message


@scenario("json", "binary", "grpc")
async def alice_and_bob_talk_in_the_demo_match_over_JSON_and_protobuf(stage: Stage) -> None:
    # Whichever stage comes second finds the room as the first has left it.
    last = int((await stage.database.query("select last_seq from proxyhooks.chat_room where match_id = 'demo-match'"))[0][0])
    channel = "match:demo-match"
    alice, bob = await stage.person("alice"), await stage.person("bob", protobuf=True)
    assert (alice.personal, bob.personal) == (["user:alice"], ["user:bob"])
    ears: dict[Person, Ear] = {person: await person.listen(channel) for person in (alice, bob)}
    for person, role in ((alice, "driver"), (bob, "rider")):
        assert ears[person].subscribed == [{"match": "demo-match", "role": role, "last_seq": last, "read_seq": 0}]

    said = [(alice, text("Five minutes, “<&>” 🚗\n\tok")), (alice, location()),
            (bob, text("Ok")), (bob, location(-0.5, 180))]
    for seq, (sender, sent) in enumerate(said, last + 1):
        await sender.publish(channel, sent)
        for ear in ears.values():
            check_form(await ear.hear(str(sent["id"])), sent, sender.name, "demo-match", seq)
    # What came by the outbox first has no info.
    senders = zip(["alice", "alice", "bob", "bob"], ears[alice].publications, strict=True)
    assert all(publication.info is None or publication.info.user == sender for sender, publication in senders)

    # In history each is what was broadcast: for alice as JSON, for bob byte for byte.
    page = {"match": "demo-match", "after": last}
    assert await alice.rpc("chat:history", page) == {
        "messages": ears[alice].heard(), "has_more": False, "names": {}}
    broadcast = b",".join(publication.data for publication in ears[bob].publications)
    assert broadcast in await bob.rpc_raw("chat:history", page)
    rooms = await bob.rpc("chat:rooms", {})
    members = [{"user": "alice", "role": "driver"}, {"user": "bob", "role": "rider"}]
    assert rooms == {"rooms": [{"match": "demo-match", "role": "rider", "last_seq": last + 4, "read_seq": 0,
                                "unread": last + 4, "last_message": ears[bob].heard()[-1], "members": members}],
                     "blocked": [], "has_more": False}, rooms


@scenario("json", "binary", "grpc")
async def an_id_sent_again_is_a_success_stored_and_broadcast_once(stage: Stage) -> None:
    room = await stage.room()
    alice, bob = await stage.person(room.alice), await stage.person(room.bob)
    ear = await bob.listen(room.channel)
    message, last = text(), text("the last")
    await alice.publish(room.channel, message)
    before = await room.stored()
    for _ in range(3):
        await alice.publish(room.channel, message)
    again = await stage.person(room.alice, protobuf=True)
    await again.publish(room.channel, message)
    assert await room.stored() == before and await room.count(str(message["id"])) == 1
    await alice.publish(room.channel, last)
    await ear.hear(str(last["id"]))
    assert [heard["id"] for heard in ear.heard()] == [message["id"], last["id"]]


@scenario("json")
async def an_id_sent_again_with_another_content_or_by_another_is_error_409(stage: Stage) -> None:
    room = await stage.room()
    alice, bob = await stage.person(room.alice), await stage.person(room.bob)
    message = text()
    await alice.publish(room.channel, message)
    assert await refusal(alice.publish(room.channel, {**message, "text": "Ten"})) == (409, False)
    assert await refusal(bob.publish(room.channel, message)) == (409, False)
    assert len(await room.stored()) == 1


@scenario("brief")
async def two_hundred_messages_one_after_the_other_arrive_in_order(stage: Stage) -> None:
    room = await stage.room()
    alice, bob = await stage.person(room.alice), await stage.person(room.bob)
    ear = await bob.listen(room.channel)
    times = []
    for number in range(200):
        message = text(f"number {number}")
        start = time.perf_counter()
        await alice.publish(room.channel, message)
        times.append(time.perf_counter() - start)
    await ear.hear(str(message["id"]))
    assert [heard["seq"] for heard in ear.heard()] == list(range(1, 201))
    times.sort()
    FIGURES.append(f"Publish, client to client's reply, 200 times: median {statistics.median(times) * 1e3:.1f} ms, "
                   f"95 % within {times[189] * 1e3:.1f} ms.")
