"""The policy file in force, and the log of what it decided."""

import json
import shutil
import signal

from machine import HOME, ask, until
from people import refusal
from scenario import scenario, text
from stage import Stage, stranger

SILENCE = "rules:\n  - {name: silence, deny: [publish, chat:send]}\n"


async def ready(stage: Stage) -> None:
    """Outages of before are over."""
    await until(lambda: ask(f"{stage.operations}/readyz")[0] == 200, 30, "the service is ready")


def reload(stage: Stage, policy: str) -> None:
    stage.policy_file.write_text(policy)
    stage.service.process.send_signal(signal.SIGHUP)


@scenario("live")
async def a_changed_policy_holds_from_the_next_message_on_and_a_bad_one_changes_nothing(stage: Stage) -> None:
    await ready(stage)
    room = await stage.room()
    alice = await stage.person(room.alice)
    await alice.publish(room.channel, text())
    before = stage.policy_file.read_text()

    async def in_force(count: int) -> None:
        await until(lambda: stage.service.log.read_text().count("the policy was replaced") == count, 10, "a new policy")

    try:
        reload(stage, before.replace("rules:\n", SILENCE, 1))
        await in_force(1)
        assert await refusal(alice.publish(room.channel, text())) == (403, False)
        assert await refusal(alice.rpc("chat:send", {"match": room.match, **text()})) == (403, False)
        assert len((await alice.rpc("chat:history", {"match": room.match}))["messages"]) == 1
        # A bad file after it: the silence stays.
        reload(stage, before.replace("roles: [driver, rider]", "roles: [driver, rider", 1))
        await until(lambda: "a changed policy file is not used" in stage.service.log.read_text(), 10, "the mistake")
        assert await refusal(alice.publish(room.channel, text())) == (403, False)
    finally:
        reload(stage, before)
    await in_force(2)
    await alice.publish(room.channel, text())


# The last of all.
@scenario("binary")
async def the_decision_log_has_every_decision_and_shows_a_changed_and_a_missing_line(stage: Stage) -> None:
    def lines() -> list[dict[str, object]]:
        files = sorted(stage.decisions.glob("*.jsonl"))
        return [json.loads(line) for file in files for line in file.read_text().splitlines()]

    def answered() -> int:
        _, metrics = ask(f"{stage.operations}/metrics")
        replies = [line for line in metrics.decode().splitlines() if line.startswith("proxyhooks_hook_replies_total{")]
        return sum(int(line.rsplit(" ", 1)[1]) for line in replies)

    await ready(stage)
    room = await stage.room()
    mallory = await stage.person(stranger())
    assert await mallory.refused_to_listen(room.channel) == 403
    await until(lambda: sum("hook" in line for line in lines()) == answered(), 10, "a line for each answer")
    assert all(line["policy"] for line in lines() if "hook" in line)
    arguments = ["--key", str(stage.decision_key), "--anchors", str(stage.service.log)]
    await stage.command("audit", "verify", str(stage.decisions), *arguments)

    other = HOME / "touched"
    name = sorted(stage.decisions.glob("*.jsonl"))[0].name
    for change in ("changed", "missing"):
        shutil.rmtree(other, ignore_errors=True)
        shutil.copytree(stage.decisions, other)
        whole = (other / name).read_text().splitlines(keepends=True)
        place = next(place for place, line in enumerate(whole) if '"outcome":"deny"' in line)
        whole[place:place + 1] = [whole[place].replace('"outcome":"deny"', '"outcome":"allow"')] * (change == "changed")
        (other / name).write_text("".join(whole))
        said = await stage.command("audit", "verify", str(other), *arguments, status=1)
        assert f"{name}:{place + 1}" in said, said
