"""Clients: a person with a connection, and what they hear and are told."""

import json
from collections.abc import Callable
from typing import Any

from centrifuge import (
    Client, ClientEventHandler, ClientState, ReplyError, Subscription, SubscriptionEventHandler, SubscriptionState,
)

from machine import until


class FreshDataClient(Client):
    """centrifuge-python has no getData, by which other SDKs fetch connect data anew for each attempt."""

    def __init__(self, address: str, get_data: Callable[[], Any], **options: Any):
        super().__init__(address, proxy=None, max_reconnect_delay=1.0, **options)
        self._get_data = get_data

    def _construct_connect_command(self, cmd_id: int) -> dict[str, Any]:
        self._data = self._get_data()
        return super()._construct_connect_command(cmd_id)


class Ear(SubscriptionEventHandler):
    """What comes by one subscription."""

    def __init__(self, person: "Person"):
        self.person = person
        self.subscribed: list[Any] = []
        self.interrupted: list[int] = []
        self.unsubscribed: list[int] = []
        self.errors: list[Exception] = []
        self.publications: list[Any] = []

    async def on_subscribed(self, ctx: Any) -> None:
        self.subscribed.append(self.person.decoded(ctx.data))

    async def on_subscribing(self, ctx: Any) -> None:
        self.interrupted.append(ctx.code)

    async def on_unsubscribed(self, ctx: Any) -> None:
        self.unsubscribed.append(ctx.code)

    async def on_error(self, ctx: Any) -> None:
        self.errors.append(ctx.error)

    async def on_publication(self, ctx: Any) -> None:
        self.publications.append(ctx.pub)

    def all(self) -> list[dict[str, Any]]:
        return [self.person.decoded(publication.data) for publication in self.publications]

    def heard(self) -> list[dict[str, Any]]:
        """The messages."""
        return [each for each in self.all() if "event" not in each]

    def events(self) -> list[dict[str, Any]]:
        return [each for each in self.all() if "event" in each]

    async def hear(self, identifier: str, seconds: float = 5) -> dict[str, Any]:
        """The message of that id, as soon as it has come."""
        await until(lambda: any(message["id"] == identifier for message in self.heard()), seconds, f"hear {identifier}")
        return next(message for message in self.heard() if message["id"] == identifier)


class Person(ClientEventHandler):
    """One connection. Tokens are taken one for each attempt, the last again and again; None connects without any."""

    def __init__(self, name: str, address: str, tokens: list[str | None], protobuf: bool = False):
        self.name, self.protobuf = name, protobuf
        self.attempts = 0
        self.connections = 0
        self.interrupted: list[int] = []
        self.ended: list[int] = []
        self.errors: list[Exception] = []
        self.personal: list[str] = []
        self.told: list[dict[str, Any]] = []
        self._tokens = tokens
        self.client = FreshDataClient(address, self._connect_data, events=self, use_protobuf=protobuf)

    def _connect_data(self) -> Any:
        token = self._tokens[min(self.attempts, len(self._tokens) - 1)]
        self.attempts += 1
        return None if token is None else self.encoded({"token": token})

    def encoded(self, value: Any) -> Any:
        """As the SDK takes it: a value for JSON, bytes for protobuf."""
        return json.dumps(value).encode() if self.protobuf and not isinstance(value, bytes) else value

    def decoded(self, data: Any) -> Any:
        return json.loads(data) if isinstance(data, bytes) else data

    async def on_connected(self, ctx: Any) -> None:
        self.connections += 1

    async def on_connecting(self, ctx: Any) -> None:
        self.interrupted.append(ctx.code)

    async def on_disconnected(self, ctx: Any) -> None:
        self.ended.append(ctx.code)

    async def on_error(self, ctx: Any) -> None:
        self.errors.append(ctx.error)

    async def on_subscribed(self, ctx: Any) -> None:
        self.personal.append(ctx.channel)

    async def on_publication(self, ctx: Any) -> None:
        self.told.append(self.decoded(ctx.pub.data))

    def is_connected(self) -> bool:
        return self.client.state == ClientState.CONNECTED

    async def connect(self) -> "Person":
        await self.client.connect()
        await until(self.is_connected, 5, f"{self.name} is connected; ended with {self.ended}, {self.errors}")
        return self

    def drop(self) -> None:
        """The connection is gone as a phone's in a tunnel is: without a farewell."""
        self.client._conn.transport.abort()

    async def begin_listening(self, channel: str) -> tuple[Subscription, Ear]:
        ear = Ear(self)
        subscription = self.client.new_subscription(channel, ear, max_resubscribe_delay=1.0)
        await subscription.subscribe()
        return subscription, ear

    async def listen(self, channel: str) -> Ear:
        """Subscribes, and is subscribed when this returns."""
        subscription, ear = await self.begin_listening(channel)
        await until(lambda: subscription.state == SubscriptionState.SUBSCRIBED, 5,
                    f"{self.name} is subscribed to {channel}: {ear.unsubscribed} {ear.errors}")
        return ear

    async def refused_to_listen(self, channel: str) -> int:
        """The code that a subscribe ended with."""
        subscription, ear = await self.begin_listening(channel)
        await until(lambda: ear.unsubscribed or ear.subscribed, 5, f"{self.name} is refused {channel}: {ear.errors}")
        assert not ear.subscribed, f"{self.name} listens to {channel}"
        self.client.remove_subscription(subscription)
        return ear.unsubscribed[0]

    async def publish(self, channel: str, data: Any) -> None:
        await self.client.publish(channel, self.encoded(data))

    async def rpc(self, method: str, data: Any) -> Any:
        return self.decoded(await self.rpc_raw(method, data))

    async def rpc_raw(self, method: str, data: Any) -> Any:
        return (await self.client.rpc(method, self.encoded(data))).data


async def refusal(request: Any) -> tuple[int, bool]:
    """Code and temporary of the error that a request of the SDK is answered with."""
    try:
        await request
    except ReplyError as error:
        return error.code, error.temporary
    raise AssertionError("it was granted")
