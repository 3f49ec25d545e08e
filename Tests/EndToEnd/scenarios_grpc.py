"""What is gRPC's alone: its configuration, and HTTP/2 as another caller than Centrifugo speaks it."""

import asyncio
import json
import re
import socket
from pathlib import Path

from machine import HOME, INHERITED, ask, until
from scenario import scenario, text
from stage import CENTRIFUGO, GRPC_CONFIGURATION, SECRET, Room, Stage

CALLS = 1000
SERVICE = "/centrifugal.centrifugo.proxy.CentrifugoProxy"


async def run(*command: str, environment: dict[str, str] | None = None) -> str:
    process = await asyncio.create_subprocess_exec(
        *command, env=INHERITED | (environment or {}),
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT)
    said, _ = await process.communicate()
    assert process.returncode == 0, said.decode()
    return said.decode()


def field(number: int, value: str) -> bytes:
    """A text of a protocol buffer, of fewer than 128 bytes."""
    content = value.encode()
    return bytes([number << 3 | 2, len(content)]) + content


def publish(room: Room, user: str, message: dict[str, object], place: Path) -> str:
    """A file with the one message of a call of Publish."""
    request = field(4, "json") + field(10, user) + field(11, room.channel) + field(12, json.dumps(message))
    place.write_bytes(b"\0" + len(request).to_bytes(4, "big") + request)
    return str(place)


async def load(stage: Stage, data: str, secret: str) -> str:
    """Many calls, many at once on each of a few connections."""
    return await run(
        "h2load", "--threads=1", "--clients=8", "--max-concurrent-streams=8", f"--requests={CALLS}", f"--data={data}",
        "--header=content-type: application/grpc", "--header=te: trailers", f"--header=x-proxyhooks-secret: {secret}",
        f"http://{stage.grpc}{SERVICE}/Publish")


def counted(stage: Stage, series: str) -> float:
    _, metrics = ask(f"{stage.operations}/metrics")
    lines = [line for line in metrics.decode().splitlines() if line.startswith(series)]
    return sum(float(line.rpartition(" ")[2]) for line in lines)


@scenario("grpc")
async def the_delivered_configuration_for_gRPC_has_no_key_that_Centrifugo_does_not_know(stage: Stage) -> None:
    await run(CENTRIFUGO, "checkconfig", "--strict", "--config", str(GRPC_CONFIGURATION),
              environment={"CENTRIFUGO_VAR_PROXYHOOKS_SECRET": SECRET})
    # With the addresses that it is delivered with.
    addresses = {"PROXYHOOKS_LISTEN": "127.0.0.1:8080", "PROXYHOOKS_GRPC_LISTEN": "127.0.0.1:8081"}
    await stage.command("centrifugo", "lint", str(GRPC_CONFIGURATION), **addresses)


@scenario("grpc")
async def a_crowd_of_calls_over_a_few_connections_is_answered_and_a_message_sent_in_each_is_stored_once(stage: Stage) -> None:
    room = await stage.room()
    message = text()
    # Most of them come too fast, and are answered with that.
    replies = 'proxyhooks_hook_replies_total{hook="publish"'
    before = counted(stage, replies)
    said = await load(stage, publish(room, room.alice, message, HOME / "publish.grpc"), SECRET)
    assert re.search(rf"{CALLS} succeeded, 0 failed", said), said
    assert re.search(rf"status codes: {CALLS} 2xx", said), said
    assert counted(stage, replies) - before == CALLS
    assert list(await room.stored()) == [message["id"]]


@scenario("grpc")
async def a_crowd_without_the_secret_is_turned_away_and_Centrifugo_is_served_meanwhile(stage: Stage) -> None:
    room = await stage.room()
    alice = await stage.person(room.alice)
    refused = 'proxyhooks_grpc_refused_total{reason="unauthenticated"}'
    before = counted(stage, refused)
    crowd = asyncio.create_task(
        load(stage, publish(room, room.alice, text(), HOME / "stranger.grpc"), "x" * len(SECRET)))
    sent = []
    while not crowd.done():
        sent.append(text())
        await alice.publish(room.channel, sent[-1])
        await asyncio.sleep(0.5)
    await crowd
    # What a stranger sends is not waited for, so that some calls are reset before they are sent.
    assert counted(stage, refused) - before == CALLS
    assert list(await room.stored()) == [message["id"] for message in sent]


FLOODS = 250


def frame(kind: int, flags: int, stream: int, payload: bytes = b"") -> bytes:
    """A frame of HTTP/2 (RFC 9113, section 4.1)."""
    return len(payload).to_bytes(3, "big") + bytes([kind, flags]) + stream.to_bytes(4, "big") + payload


def header(name: str, value: str) -> bytes:
    """A literal header without indexing (RFC 7541, section 6.2.2)."""
    return bytes([0, len(name)]) + name.encode() + bytes([len(value)]) + value.encode()


def flood(stage: Stage) -> None:
    """A stranger opens calls that wait for their messages, and asks more often than HTTP/2 allows whether anybody is there."""
    call = b"".join(header(name, value) for name, value in (
        (":method", "POST"), (":scheme", "http"), (":path", "/grpc.health.v1.Health/Check"), (":authority", "h"),
        ("content-type", "application/grpc"), ("te", "trailers")))
    calls = b"".join(frame(1, 4, number, call) for number in range(1, 33, 2))
    address, _, port = stage.grpc.rpartition(":")
    with socket.create_connection((address, int(port)), timeout=5) as stranger:
        try:
            stranger.sendall(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + frame(4, 0, 0) + calls)
            stranger.recv(64)
            stranger.sendall(frame(6, 0, 0, b"12345678") * 1000)
            while stranger.recv(65536):
                pass
        except OSError:
            pass


@scenario("grpc")
async def floods_that_end_their_connections_leave_nothing_behind(stage: Stage) -> None:
    async def floods() -> int:
        for _ in range(FLOODS):
            await asyncio.to_thread(flood, stage)
        await until(lambda: counted(stage, "proxyhooks_grpc_connections ") <= 8, 10, "the strangers are gone")
        return stage.service.resident()

    first = await floods()
    second = await floods()
    # A connection that is not freed is seven KiB or more.
    assert second - first < FLOODS * 3, f"{first} KiB, {second} KiB"
