"""Scenarios, in the order in which they are written. A scenario's name is its claim."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from uuid import uuid4

from stage import Stage


@dataclass
class Scenario:
    run: Callable[[Stage], Awaitable[None]]
    stage: str
    # Of those that mostly wait, neighbours are run at the same time.
    waits: bool

    @property
    def claim(self) -> str:
        claim = self.run.__name__.replace("_", " ")
        return claim[0].upper() + claim[1:]


ALL: list[Scenario] = []
FIGURES: list[str] = []


def scenario(*stages: str, waits: bool = False) -> Callable[[Callable[[Stage], Awaitable[None]]], None]:
    def register(run: Callable[[Stage], Awaitable[None]]) -> None:
        ALL.extend(Scenario(run, stage, waits) for stage in stages)

    return register


def text(words: str = "Five minutes") -> dict[str, object]:
    return {"id": str(uuid4()), "kind": "text", "text": words}


def location(lat: float = 48.2082, lon: float = 16.3738) -> dict[str, object]:
    return {"id": str(uuid4()), "kind": "location", "lat": lat, "lon": lon}
