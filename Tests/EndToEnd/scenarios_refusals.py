"""Who may not, is told so and gets nothing."""

import asyncio

from machine import ask, until
from people import refusal
from scenario import scenario, text
from stage import SECRET, Stage, stranger


@scenario("json", "binary", "grpc")
async def a_stranger_with_a_good_token_can_neither_listen_nor_write_nor_read(stage: Stage) -> None:
    room = await stage.room()
    for protobuf in (False, True):
        mallory = await stage.person(stranger(), protobuf)
        assert mallory.personal == [f"user:{mallory.name}"]
        assert await mallory.refused_to_listen(room.channel) == 403
        assert await refusal(mallory.publish(room.channel, text())) == (403, False)
        assert await refusal(mallory.rpc("chat:history", {"match": room.match})) == (403, False)
        assert await mallory.rpc("chat:rooms", {}) == {"rooms": [], "blocked": [], "has_more": False}
        # A match that does not exist looks the same.
        assert await mallory.refused_to_listen("match:no-such-match") == 403
        assert await refusal(mallory.publish("match:no-such-match", text())) == (403, False)
    assert await room.stored() == {}


@scenario("json", "binary", "grpc")
async def no_token_a_forged_one_and_one_with_a_flipped_bit_end_the_connection_for_good(stage: Stage) -> None:
    name = stranger()
    good = await stage.token(name)
    forged = await stage.token(name, PROXYHOOKS_TOKEN_HMAC_SECRET="another secret, of more than thirty-two bytes")
    flipped = good[:-10] + ("A" if good[-10] != "A" else "B") + good[-9:]
    cases = [(None, 4502), ("", 4502), (forged, 4501), (flipped, 4501), ("nonsense", 4501)]
    for token, code in cases:
        for protobuf in (False, True):
            visitor = stage.visitor(name, token, protobuf=protobuf)
            await visitor.client.connect()
            await until(lambda: visitor.ended, 5, f"the end of a connection, {code}")
            assert (visitor.ended, visitor.connections) == ([code], 0), (visitor.ended, code)
            await asyncio.sleep(0.3)
            assert visitor.attempts == 1, "it was tried again"


@scenario("json")
async def an_expired_token_is_4001_and_a_fresh_one_is_fetched_and_taken(stage: Stage) -> None:
    name = stranger("carol")
    expired, fresh = await stage.token(name, "--issued-at", "1700000000"), await stage.token(name)
    carol = stage.visitor(name, expired, expired, fresh)
    await carol.connect()
    assert (carol.attempts, carol.ended) == (3, [])
    log = stage.service.log.read_text()
    assert '"token_expired"' in log and expired not in log and fresh not in log


@scenario("json")
async def who_has_not_the_secret_is_not_taken_for_Centrifugo(stage: Stage) -> None:
    room = await stage.room()
    body = f'{{"client":"c","transport":"websocket","protocol":"json","encoding":"json","user":"{room.alice}",' \
           f'"channel":"{room.channel}"}}'.encode()
    for event in ("connect", "refresh", "subscribe", "sub_refresh", "publish", "rpc"):
        url = f"{stage.hooks}/{event}"
        for headers in ({}, {"X-ProxyHooks-Secret": ""}, {"X-ProxyHooks-Secret": SECRET[:-1]},
                        {"X-ProxyHooks-Secret": "0" * len(SECRET)}, {"Authorization": f"Bearer {SECRET}"}):
            status, answer = await asyncio.to_thread(ask, url, headers, body)
            assert status == 401 and b"result" not in answer, (event, headers, status)
    status, answer = await asyncio.to_thread(ask, f"{stage.hooks}/subscribe", {"X-ProxyHooks-Secret": SECRET}, body)
    assert status == 200 and b"result" in answer, (status, answer)


@scenario("json")
async def a_client_cannot_bring_the_secret_or_be_somebody_by_a_header(stage: Stage) -> None:
    mallory = stage.visitor(stranger(), None)
    mallory.client._headers = {"X-ProxyHooks-Secret": SECRET, "X-User-Id": "alice"}
    await mallory.client.connect()
    await until(lambda: mallory.ended, 5, "the end of the connection")
    assert (mallory.ended, mallory.connections) == ([4502], 0)
