"""A service with a Centrifugo before it, and rooms of people who have never met anybody else."""

import asyncio
import itertools
import json
import os
import re
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from machine import HOME, INHERITED, Process, free_port
from people import Person
from postgres import Database

PROXYHOOKS = os.environ["END_TO_END_PROXYHOOKS"]
CENTRIFUGO = os.environ["END_TO_END_CENTRIFUGO"]
CONFIGURATION = Path("centrifugo/config.json")
GRPC_CONFIGURATION = Path("centrifugo/grpc.json")
POLICY = Path("centrifugo/policy.yaml")
SECRET = secrets.token_hex(32)
TOKEN_SECRET = secrets.token_hex(64)
API_KEY = secrets.token_hex(32)

_numbers = itertools.count(1)
_UNLIMITED = {name: "off" for name in ("connect_user", "subscribe_user", "publish_user", "publish_room", "rpc_user")}


@dataclass
class Kind:
    """How a stage differs from the configurations' defaults."""

    # Keys of the policy that stand alone on a line, and their values.
    policy: dict[str, str]
    binary: bool = False
    client: dict[str, str] | None = None
    # Whether Centrifugo reads the outbox.
    outbox: bool = True
    # Whether decisions are logged in files of their own, with signed checkpoints.
    files: bool = False
    # Whether Centrifugo calls over gRPC. END_TO_END_GRPC has all stages do so.
    grpc: bool = os.environ.get("END_TO_END_GRPC") == "1"


KINDS = {
    "json": Kind({}),
    "binary": Kind({}, binary=True, files=True),
    "grpc": Kind({}, grpc=True),
    # Everything is looked at again as soon as the settings allow, and nothing is counted.
    "brief": Kind(_UNLIMITED | {"connection": "10s", "subscription": "10s"},
                  # Without the outbox, so that what stands behind it is seen.
          client={"presence_update_interval": "1s"}, outbox=False),
    # As delivered, and nothing is counted.
    "live": Kind(_UNLIMITED),
}


def _proxies(value: Any) -> list[dict[str, Any]]:
    """The proxy objects of a configuration: what has an endpoint."""
    if not isinstance(value, dict):
        return []
    return [value] * ("endpoint" in value) + [proxy for inner in value.values() for proxy in _proxies(inner)]


def policy(kind: Kind) -> str:
    """centrifugo/policy.yaml with this stage's values."""
    text = POLICY.read_text()
    for key, value in kind.policy.items():
        text, count = re.subn(rf"(?m)^(  {key}:) .*$", rf"\1 {value}", text)
        assert count == 1, key
    return text


def configuration(kind: Kind, port: int, hooks: str, grpc: str) -> dict[str, Any]:
    """A delivered configuration for this stage's ports; all else is as it is delivered."""
    config = json.loads((GRPC_CONFIGURATION if kind.grpc else CONFIGURATION).read_text())
    config["http_server"]["port"] = port
    config["health"] = {"enabled": True}
    config["client"] |= kind.client or {}
    if not kind.outbox:
        del config["consumers"]
    for proxy in _proxies(config):
        proxy["endpoint"] = grpc if kind.grpc else f"{hooks}/{proxy['endpoint'].rpartition('/')[2]}"
        if kind.binary:
            proxy["binary_encoding"] = True
    return config


@dataclass
class Room:
    """An open match of a driver and a rider."""

    database: Database
    match: str
    alice: str
    bob: str

    @property
    def channel(self) -> str:
        return f"match:{self.match}"

    async def add(self, user: str) -> str:
        await self.database.query(
            f"insert into proxyhooks.match_member (match_id, user_id, role) values ('{self.match}', '{user}', 'rider')")
        return user

    async def stored(self) -> dict[str, list[str]]:
        """The room's rows by id: number, sender, time."""
        rows = await self.database.query(
            f"select id, seq, sender, sent_at from proxyhooks.message where match_id = '{self.match}' order by seq")
        return {row[0]: row[1:] for row in rows}

    async def count(self, identifier: str) -> int:
        rows = await self.database.query(
            f"select count(*) from proxyhooks.message where match_id = '{self.match}' and id = '{identifier}'")
        return int(rows[0][0])


def stranger(name: str = "mallory") -> str:
    """A name that nobody else has."""
    return f"{name}-{next(_numbers)}"


class Stage:
    def __init__(self, name: str):
        self.name = name
        self.database = Database(name)
        kind = KINDS[name]
        # Whether a payload stands in a hook's JSON, as Centrifugo spells it there.
        self.spells_json = not kind.binary and not kind.grpc
        hooks_port, grpc_port, operations_port, port = free_port(), free_port(), free_port(), free_port()
        self.hooks = f"http://127.0.0.1:{hooks_port}/centrifugo"
        self.grpc = f"127.0.0.1:{grpc_port}"
        self.operations = f"http://127.0.0.1:{operations_port}"
        self.address = f"ws://127.0.0.1:{port}/connection/websocket"
        self.people: list[Person] = []
        self.tokens: list[str] = []
        self.policy_file = HOME / f"policy-{name}.yaml"
        self.policy_file.write_text(policy(kind))
        self.decisions = HOME / f"decisions-{name}" if kind.files else None
        self.decision_key = HOME / f"decisions-{name}.key.json"
        self.environment = {
            "PROXYHOOKS_POLICY_FILE": str(self.policy_file),
            "PROXYHOOKS_SECRET": SECRET, "PROXYHOOKS_TOKEN_HMAC_SECRET": TOKEN_SECRET,
            "PROXYHOOKS_DATABASE_URL": self.database.url, "PROXYHOOKS_REDIS_URL": os.environ["PROXYHOOKS_TEST_REDIS_URL"],
            "PROXYHOOKS_LISTEN": f"127.0.0.1:{hooks_port}",
            "PROXYHOOKS_GRPC_LISTEN": self.grpc,
            # The least: connections that end and are made anew go unnoticed.
            "PROXYHOOKS_GRPC_CONNECTION_SECONDS": "10",
            "PROXYHOOKS_OPERATIONS_LISTEN": f"127.0.0.1:{operations_port}",
            "PROXYHOOKS_CENTRIFUGO_API_URL": f"http://127.0.0.1:{port}/api", "PROXYHOOKS_CENTRIFUGO_API_KEY": API_KEY,
        }
        if self.decisions:
            self.environment |= {"PROXYHOOKS_DECISION_LOG": str(self.decisions),
                                 "PROXYHOOKS_DECISION_LOG_KEY": str(HOME / f"decisions-{name}.key")}
        self.service = Process(
            f"proxyhooks-{name}", [PROXYHOOKS, "serve"], self.environment, f"{self.operations}/readyz")
        config = HOME / f"centrifugo-{name}.json"
        config.write_text(json.dumps(configuration(kind, port, self.hooks, f"grpc://{self.grpc}")))
        self.centrifugo = Process(
            f"centrifugo-{name}", [CENTRIFUGO, "--config", str(config)],
            {"CENTRIFUGO_VAR_PROXYHOOKS_SECRET": SECRET, "CENTRIFUGO_HTTP_API_KEY": API_KEY}
            | ({"CENTRIFUGO_CONSUMERS_OUTBOX_POSTGRESQL_DSN": self.database.url} if kind.outbox else {}),
            f"http://127.0.0.1:{port}/health")

    async def start(self) -> "Stage":
        await self.database.make()
        await self.command("migrate")
        if self.decisions:
            self.decisions.mkdir()
            self.decision_key.write_text(
                await self.command("audit", "key", self.environment["PROXYHOOKS_DECISION_LOG_KEY"]))
        await self.database.psql("-f", "Scripts/seed.sql")
        await self.service.start()
        await self.centrifugo.start()
        return self

    async def stop(self) -> None:
        for process in (self.centrifugo, self.service):
            if not process.ended():
                await process.stop()
        await self.database.drop()

    async def command(self, *arguments: str, status: int = 0, **environment: str) -> str:
        """What the proxyhooks command prints with this stage's settings."""
        process = await asyncio.create_subprocess_exec(
            PROXYHOOKS, *arguments, env=INHERITED | self.environment | environment, stdout=asyncio.subprocess.PIPE)
        out, _ = await process.communicate()
        assert process.returncode == status, f"proxyhooks {arguments}: status {process.returncode}"
        return out.decode().strip()

    async def token(self, user: str, *arguments: str, **environment: str) -> str:
        self.tokens.append(await self.command("token", "issue", "--user", user, *arguments, **environment))
        return self.tokens[-1]

    def visitor(self, name: str, *tokens: str | None, protobuf: bool = False) -> Person:
        """Somebody with these tokens, who has yet to connect."""
        person = Person(name, self.address, list(tokens), protobuf)
        self.people.append(person)
        return person

    async def person(self, name: str, protobuf: bool = False) -> Person:
        """Somebody with a good token, connected."""
        return await self.visitor(name, await self.token(name), protobuf=protobuf).connect()

    async def room(self) -> Room:
        number = next(_numbers)
        room = Room(self.database, f"match-{number}", f"alice-{number}", f"bob-{number}")
        await self.database.psql(
            "-c", f"insert into proxyhooks.route_match (id) values ('{room.match}')",
            "-c", "insert into proxyhooks.match_member (match_id, user_id, role) values "
                  f"('{room.match}', '{room.alice}', 'driver'), ('{room.match}', '{room.bob}', 'rider')")
        return room

    async def send_home(self) -> None:
        people, self.people = self.people, []
        for person in people:
            await person.client.disconnect()
