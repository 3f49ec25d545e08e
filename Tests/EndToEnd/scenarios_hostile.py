"""What a client may send that no app of ours would. Each gets its code, and the connection goes on."""

from uuid import uuid4

from machine import until
from people import refusal
from scenario import scenario, text
from stage import Stage

ID = str(uuid4())
# Centrifugo's own.
INTERNAL = 100
BAD_REQUEST = 107
NOT_AVAILABLE = 108

# What every SDK can send, whichever protocol it speaks.
VALUES = [
    (text("before\0after"), 1003),
    (text(""), 1003),
    (text(" \u2003\n"), 1003),
    (text("a\u202bb\x1b[2J"), 1003),
    (text("x" * 2001), 1004),
    ({"id": 7, "kind": "text", "text": "x"}, 1001),
    ({"id": ID[:-1], "kind": "text", "text": "x"}, 1001),
    ({"kind": "text", "text": "x"}, 1001),
    ({"id": ID, "kind": "image", "text": "x"}, 1002),
    ({"id": ID, "kind": ["text"], "text": "x"}, 1002),
    ({"id": ID, "kind": "text", "text": {"text": "x"}}, 1003),
    ({"id": ID, "kind": "text", "text": None}, 1003),
    ({"id": ID, "kind": "location", "lat": "1", "lon": 1}, 1005),
    ({"id": ID, "kind": "location", "lat": 91, "lon": 1}, 1005),
    ({"id": ID, "kind": "location", "lat": 1, "lon": -180.0001}, 1006),
    ({"id": ID, "kind": "location", "lat": 1, "lon": 1, "text": "x"}, 422),
    ({"id": ID, "kind": "text", "text": "x", "sender": "alice", "seq": 1}, 422),
    ([], 400),
    ("text", 400),
    (7, 400),
    ({"id": ID, "kind": "text", "text": "x", "deep": [[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]}, 400),
]

# What takes a client of one's own: bytes that Centrifugo passes on.
BYTES = [
    (b'{"id":"%s","kind":"text","text":"good","text":"evil"}' % ID.encode(), 1003),
    (b'{"id":"%s","id":"%s","kind":"text","text":"x"}' % (ID.encode(), str(uuid4()).encode()), 1001),
    (b'{"id":"%s","kind":"text","text":"\\ud800"}' % ID.encode(), 1003),
    (b'{"id":"%s","kind":"location","lat":1e999,"lon":1}' % ID.encode(), 1005),
]

# What fits into a hook's request in base64 alone.
NO_JSON = [
    (b"", BAD_REQUEST), (b"{", 400), (b"\xff\xfe", 400), (b'\xef\xbb\xbf{"id":1}', 400),
    (b'{"id":"%s","kind":"text","text":"\xff"}' % ID.encode(), 1003),
    (b'{"id":"%s","kind":"text","text":"x",}' % ID.encode(), 400),
    (b'{"id":"%s","kind":"text","text":"x"}{}' % ID.encode(), 400),
]


@scenario("json", "binary", "grpc")
async def a_hostile_publish_gets_its_code_and_the_connection_goes_on(stage: Stage) -> None:
    room = await stage.room()
    alice, bob = await stage.person(room.alice), await stage.person(room.bob, protobuf=True)
    ear = await bob.listen(room.channel)
    for person in (alice, bob):
        for value, code in VALUES:
            assert (got := await refusal(person.publish(room.channel, value))) == (code, False), (value, code, got)
    for value, code in BYTES:
        assert (got := await refusal(bob.publish(room.channel, value))) == (code, False), (value, code, got)
    for value, code in NO_JSON:
        # Without binary_encoding it is Centrifugo that can't put most of them into a hook's JSON.
        possible = {(code, False), (INTERNAL, True)} if stage.spells_json else {(code, False)}
        assert (got := await refusal(bob.publish(room.channel, value))) in possible, (value, code, got)
    for person in (alice, bob):
        message = text("still here")
        await person.publish(room.channel, message)
        await ear.hear(str(message["id"]))
        assert person.connections == 1 and not person.interrupted[1:]
    assert len(await room.stored()) == 2


@scenario("json", "binary", "grpc")
async def a_hostile_rpc_gets_its_code(stage: Stage) -> None:
    room = await stage.room()
    alice = await stage.person(room.alice, protobuf=True)
    for method, data, code in (
        ("chat:history", {}, 1011), ("chat:history", {"match": "a/b"}, 1011), ("chat:history", [], 400),
        ("chat:history", {"match": room.match, "after": -1}, 1013),
        ("chat:history", {"match": room.match, "before": 1.5}, 1012),
        ("chat:history", {"match": room.match, "limit": 1000}, 1014),
        ("chat:history", {"match": room.match, "user": "bob"}, 422),
        ("chat:rooms", {"user": "bob"}, 422), ("chat:nothing", {}, 404),
    ):
        assert (got := await refusal(alice.rpc(method, data))) == (code, False), (method, data, got)
    # No hook is asked of a method outside the namespace.
    assert (await refusal(alice.rpc("history", {})))[0] == NOT_AVAILABLE


@scenario("json", "binary", "grpc")
async def what_is_over_the_size_limit_is_error_413_and_the_connection_goes_on(stage: Stage) -> None:
    room = await stage.room()
    alice, bob = await stage.person(room.alice), await stage.person(room.bob, protobuf=True)
    for person in (alice, bob):
        for large in ("x" * 70_000, "<" * 70_000):
            assert (got := await refusal(person.publish(room.channel, text(large)))) == (413, False), got
            assert (got := await refusal(person.rpc("chat:rooms", {"x": large}))) == (413, False), got
    # Centrifugo spells < as \u003c in a hook's JSON: six bytes for one.
    code = 413 if stage.spells_json else 1004
    assert await refusal(alice.publish(room.channel, text("<" * 12_000))) == (code, False)
    for person in (alice, bob):
        await person.publish(room.channel, text("still here"))
        assert person.connections == 1 and not person.interrupted[1:]
    large = stage.visitor(room.bob, "x" * 70_000)
    await large.client.connect()
    await until(lambda: large.ended, 5, "the end of a connection")
    assert (large.ended, large.attempts) == ([413], 1)


@scenario("json")
async def a_frame_over_the_limit_of_Centrifugo_costs_that_connection_alone(stage: Stage) -> None:
    room = await stage.room()
    alice, bob = await stage.person(room.alice), await stage.person(room.bob)
    ear = await bob.listen(room.channel)
    try:
        await alice.client.publish(room.channel, text("x" * 200_000), timeout=2)
        raise AssertionError("it was granted")
    except Exception as error:
        assert not isinstance(error, AssertionError), error
    await until(alice.is_connected, 5, "alice is back")
    message = text("back")
    await alice.publish(room.channel, message)
    await ear.hear(str(message["id"]))
    assert bob.connections == 1 and len(await room.stored()) == 1
