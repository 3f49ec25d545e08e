"""A receiver as docs/client-api.md says one should be: goes by data, drops by id, asks history after every subscribe."""

import asyncio
from contextlib import suppress
from typing import Any

from centrifuge import CentrifugeError, Subscription

from machine import until
from people import Ear, Person


class Follower(Ear):
    def __init__(self, person: Person, match: str):
        super().__init__(person)
        self.match = match
        self.last = 0  # the number up to which there is no gap
        self.messages: dict[str, dict[str, Any]] = {}
        self.live: list[int] = []  # the numbers as they came by the subscription
        self._catching_up: asyncio.Task[None] | None = None
        self.subscription: Subscription | None = None

    async def follow(self) -> "Follower":
        self.subscription = self.person.client.new_subscription(
            f"match:{self.match}", self, max_resubscribe_delay=1.0)
        await self.subscription.subscribe()
        await until(lambda: self.subscribed, 5, f"{self.person.name} is subscribed")
        return self

    async def on_subscribed(self, ctx: Any) -> None:
        await super().on_subscribed(ctx)
        if self._catching_up is not None:
            self._catching_up.cancel()
        self._catching_up = asyncio.create_task(self.catch_up())

    async def on_publication(self, ctx: Any) -> None:
        data = self.person.decoded(ctx.pub.data)
        if "event" in data:
            return
        self.live.append(data["seq"])
        self.receive(data)
        if data["seq"] == self.last + 1:
            self.last += 1

    def receive(self, message: dict[str, Any]) -> None:
        self.messages.setdefault(message["id"], message)

    async def catch_up(self) -> None:
        more = True
        while more:
            try:
                page = await self.person.rpc("chat:history", {"match": self.match, "after": self.last, "limit": 100})
            except (CentrifugeError, asyncio.TimeoutError):
                await asyncio.sleep(0.1)
                continue
            for message in page["messages"]:
                self.receive(message)
                self.last = max(self.last, message["seq"])
            more = page["has_more"]

    async def settle(self) -> None:
        """What was asked for has come."""
        if self._catching_up is not None:
            with suppress(asyncio.CancelledError):
                await self._catching_up

    def numbers(self) -> list[int]:
        return sorted(message["seq"] for message in self.messages.values())
