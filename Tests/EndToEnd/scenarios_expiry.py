"""What was granted is looked at again. The spans are 10 s, less up to a tenth; they are the shortest there are."""

import asyncio

from machine import until
from people import refusal
from scenario import FIGURES, scenario, text
from stage import Stage

# expire_at, then expired_sub_close_delay (1 s), then the next presence tick (1 s here), rounded up, and time to do it.
SUBSCRIPTION_BOUND = 10 + 1 + 1 + 1 + 1.5
# Centrifugo asks refresh within a second of expire_at.
CONNECTION_BOUND = 10 + 1 + 1.5
DENIED = 403
BANNED = 4503


@scenario("brief", waits=True)
async def a_member_removed_writes_no_more_and_listens_no_longer_than_configured(stage: Stage) -> None:
    room = await stage.room()
    alice, bob = await stage.person(room.alice), await stage.person(room.bob)
    ear, other = await bob.listen(room.channel), await alice.listen(room.channel)
    await bob.publish(room.channel, text())
    await stage.database.query(f"update proxyhooks.match_member set left_at = now() where user_id = '{room.bob}'")
    assert await refusal(bob.publish(room.channel, text())) == (DENIED, False)
    assert await refusal(bob.rpc("chat:history", {"match": room.match})) == (DENIED, False)
    took = await until(lambda: ear.unsubscribed, SUBSCRIPTION_BOUND, "bob's subscription has ended")
    FIGURES.append(f"A removed member's subscription of 10 s ended {took:.1f} s after the removal.")
    # Ended by Centrifugo, subscribed again by the SDK, refused by the hook.
    assert (ear.interrupted[1:], ear.unsubscribed) == ([2501], [DENIED]), (ear.interrupted, ear.unsubscribed)
    heard = len(ear.publications)
    message = text("bob is gone")
    await alice.publish(room.channel, message)
    await other.hear(str(message["id"]))
    assert len(ear.publications) == heard and bob.connections == 1


@scenario("brief", waits=True)
async def the_subscription_and_connection_of_a_member_go_on_beyond_their_spans(stage: Stage) -> None:
    room = await stage.room()
    alice, bob = await stage.person(room.alice), await stage.person(room.bob, protobuf=True)
    ears = [await alice.listen(room.channel), await bob.listen(room.channel)]
    await asyncio.sleep(SUBSCRIPTION_BOUND + 1)
    message = text()
    await alice.publish(room.channel, message)
    for person, ear in zip((alice, bob), ears):
        await ear.hear(str(message["id"]))
        assert (person.connections, person.interrupted[1:], ear.interrupted[1:]) == (1, [], [])
    log = stage.service.log.read_text()
    assert '"refresh"' in log and '"sub_refresh"' in log


@scenario("brief", waits=True)
async def the_connection_of_a_banned_person_ends_at_its_refresh_and_no_other_is_given(stage: Stage) -> None:
    room = await stage.room()
    bob = await stage.person(room.bob)
    await bob.listen(room.channel)
    await stage.database.query(f"insert into proxyhooks.user_ban (user_id) values ('{room.bob}')")
    assert await refusal(bob.publish(room.channel, text())) == (DENIED, False)
    took = await until(lambda: bob.ended, CONNECTION_BOUND, "bob's connection has ended")
    FIGURES.append(f"A banned person's connection of 10 s ended {took:.1f} s after the ban.")
    assert (bob.ended, bob.connections) == ([BANNED], 1), (bob.ended, bob.interrupted)


@scenario("brief", waits=True)
async def the_connection_of_a_revoked_token_ends_at_its_refresh(stage: Stage) -> None:
    room = await stage.room()
    bob = await stage.person(room.bob)
    await stage.database.query(
        f"insert into proxyhooks.token_not_before (user_id, not_before) values ('{room.bob}', now() + interval '1 s')")
    await until(lambda: bob.ended, CONNECTION_BOUND, "bob's connection has ended")
    assert (bob.ended, bob.connections) == ([4501], 1), (bob.ended, bob.interrupted)
