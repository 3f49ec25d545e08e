"""Before anything is timed: every contestant is asked the same, and must decide and store the same."""

import http.client
import json
import time

import contestants
import database
import prepared
import tokens

META = {"proxyhooks": 1, "jti": "t-x", "iat": 1_700_000_000}
ID = "0e9b1a4c-5d2f-4a3b-8c7d-%012d"


def token(user, **changes):
    return tokens.token(contestants.HMAC_SECRET, user, **changes)


def text(number, words="Hello", **more):
    return {"id": ID % number, "kind": "text", "text": words, **more}


def questions():
    """(name, hook, body as text)."""
    now = int(time.time())
    good = token("anna")
    bad_signature = good[:-2] + ("A" if good[-2] != "A" else "B") + good[-1]
    tokens_asked = {
        "good": good, "of nobody known": token("zoe"), "once banned": token("pardoned"),
        "expired": token("anna", exp=now - 60), "expired within the leeway": token("anna", exp=now - 3),
        "signed by another": tokens.token("another" + contestants.HMAC_SECRET, "anna"), "one bit off": bad_signature,
        "of another key": token("anna", header={"kid": "other"}), "unsigned": token("anna", header={"alg": "none"}),
        "of another algorithm": token("anna", header={"alg": "HS512"}), "of another issuer": token("anna", iss="https://x"),
        "for others": token("anna", aud="mail"), "for several": token("anna", aud=["mail", "chat"]),
        "without an end": token("anna", exp=None), "of tomorrow": token("anna", iat=now + 3600),
        "for a subscription": token("anna", channel="match:open"), "of no id": token("an na"),
        "of the banned": token("barred"), "revoked": token("anna", jti="t-revoked"), "too old": token("older"),
        "without a jti": token("anna", jti=None), "cut off": good[:40], "empty": "",
    }
    asked = [("connect: a token " + name, "connect", prepared.body("c", data={"token": value}))
             for name, value in tokens_asked.items()]
    asked += [
        ("connect: no token", "connect", prepared.body("c")),
        ("connect: a number as token", "connect", prepared.body("c", data={"token": 1})),
        ("refresh: good", "refresh", prepared.body("c", user="anna", meta=META)),
        ("refresh: banned", "refresh", prepared.body("c", user="barred", meta=META)),
        ("refresh: revoked", "refresh", prepared.body("c", user="anna", meta={**META, "jti": "t-revoked"})),
        ("refresh: too old", "refresh", prepared.body("c", user="older", meta=META)),
        ("refresh: no meta", "refresh", prepared.body("c", user="anna")),
        ("refresh: bad JSON", "refresh", prepared.body("c", user="anna", meta=META)[:-1]),
        ("sub_refresh: revoked", "sub_refresh",
         prepared.body("c", user="anna", channel="match:open", meta={**META, "jti": "t-revoked"})),
        ("sub_refresh: no meta", "sub_refresh", prepared.body("c", user="anna", channel="match:open")),
    ]
    for user, match in (("anna", "open"), ("hushed", "open"), ("gone", "open"), ("removed", "open"), ("barred", "open"),
                        ("guest", "open"), ("zoe", "open"), ("anna", "closed"), ("anna", "cancelled"), ("zoe", "closed"),
                        ("anna", "nowhere"), ("h7", "hot"), ("r9999", "m9999"), ("", "open")):
        of = f"{user or 'nobody'} in {match}"
        channel = "match:" + match
        asked.append(("subscribe: " + of, "subscribe", prepared.body("c", user=user, channel=channel, meta=META)))
        asked.append(("sub_refresh: " + of, "sub_refresh", prepared.body("c", user=user, channel=channel, meta=META)))
        asked.append(("publish: " + of, "publish",
                      prepared.body("c", user=user, channel=channel, data=text(len(asked)), meta=META)))
        asked.append(("chat:history: " + of, "rpc", prepared.body("c", user=user, method="chat:history",
                                                                 data={"match": match}, meta=META)))
    for channel in ("user:anna", "open", "match:", "match:a b", "match:open:x", "chat:open"):
        asked.append(("subscribe: " + channel, "subscribe", prepared.body("c", user="anna", channel=channel)))
        asked.append(("publish: " + channel, "publish", prepared.body("c", user="anna", channel=channel, data=text(900))))
    payloads = {
        "first": text(1), "the same again": text(1), "with other words": text(1, "Bye"),
        "a place": {"id": ID % 2, "kind": "location", "lat": 52.5, "lon": -13.25},
        "a place again": {"id": ID % 2, "kind": "location", "lat": 52.5, "lon": -13.25},
        "a place beyond": {"id": ID % 3, "kind": "location", "lat": 90.5, "lon": 0},
        "a place without": {"id": ID % 3, "kind": "location", "lat": 1}, "no id": {"kind": "text", "text": "x"},
        "a bad id": {"id": "1", "kind": "text", "text": "x"}, "no kind": {"id": ID % 4, "text": "x"},
        "another kind": {"id": ID % 4, "kind": "image", "text": "x"}, "no text": {"id": ID % 4, "kind": "text"},
        "blank": text(4, " \n "), "a control character": text(4, "a\u0007b"), "too long": text(4, "x" * 2001),
        "just not too long": text(5, "ä" * 2000), "a key too many": text(6, size=1),
        "quotes and more": text(7, "\"\\/<b>&\u2028 ü 🚲\n\t"), "a list": [1], "a word": "x",
    }
    for name, data in payloads.items():
        asked.append(("publish: " + name, "publish",
                      prepared.body("c", user="anna", channel="match:open", data=data, meta=META)))
    asked.append(("publish: nothing", "publish", prepared.body("c", user="anna", channel="match:open")))
    asked.append(("publish: bad JSON", "publish",
                  prepared.body("c", user="anna", channel="match:open", data=text(8))[:-2] + ",}}"))
    for name, data in {"three": {"match": "open", "limit": 3}, "after": {"match": "open", "after": 2, "limit": 2},
                       "before": {"match": "open", "before": 3}, "between": {"match": "open", "after": 1, "before": 4},
                       "too many": {"match": "open", "limit": 101}, "none": {"match": "open", "limit": 0},
                       "a half": {"match": "open", "before": 0}, "a key too many": {"match": "open", "x": 1},
                       "no match": {}, "a list": []}.items():
        for user in ("anna", "ben"):
            asked.append((f"chat:history: {name} of {user}", "rpc", prepared.body("c", user=user, method="chat:history",
                                                                                 data=data)))
    for user in ("anna", "ben", "hushed", "gone", "barred", "d1", "zoe", ""):
        asked.append((f"chat:rooms: of {user or 'nobody'}", "rpc", prepared.body("c", user=user, method="chat:rooms",
                                                                               data={})))
    asked.append(("rpc: an unknown method", "rpc", prepared.body("c", user="anna", method="chat:sing", data={})))
    return asked


def normal(value, now):
    """Without what may differ: random keys, and times, of which only the distance from now is kept."""
    if isinstance(value, dict):
        made = {}
        for key, one in value.items():
            if key == "idempotency_key":
                one = "a key"
            elif key == "sent_at":
                one = "a time" if one[:10] == time.strftime("%Y-%m-%d", time.gmtime(now)) else one
            elif key == "expire_at":
                # The service spreads the ends of what began together over the last tenth.
                one = next((seconds for seconds in (300, 120) if 0.89 * seconds < one - now + 2 <= seconds + 4), one)
            elif key == "iat" and abs(one - now) < 60:
                one = "now"
            made[key] = normal(one, now)
        return made
    if isinstance(value, list):
        return [normal(one, now) for one in value]
    return value


def answers(contestant, asked):
    connection = http.client.HTTPConnection("127.0.0.1", contestant.port, timeout=5)
    found, keys = {}, set()
    for name, hook, body in asked:
        headers = {"Content-Type": "application/json", "X-ProxyHooks-Secret": contestants.SECRET}
        connection.request("POST", "/centrifugo/" + hook, body.encode(), headers)
        response = connection.getresponse()
        read = response.read()
        try:
            reply = json.loads(read)
            keys.add(reply.get("result", {}).get("idempotency_key"))
        except ValueError:
            reply = read.decode(errors="replace")
        found[name] = (response.status, normal(reply, time.time()))
    for name, method, path, secret in (("a stranger", "POST", "/centrifugo/publish", "x" * 32),
                                       ("no secret", "POST", "/centrifugo/publish", None),
                                       ("another path", "POST", "/centrifugo/nothing", contestants.SECRET),
                                       ("another method", "GET", "/centrifugo/publish", contestants.SECRET)):
        connection = http.client.HTTPConnection("127.0.0.1", contestant.port, timeout=5)
        connection.request(method, path, headers={"X-ProxyHooks-Secret": secret} if secret else {})
        found[name] = connection.getresponse().status
    return found, keys - {None}


def rows(name, keys):
    """What is stored of it, in the rooms that the questions were about. `keys`: those that the replies had."""
    now = time.time()
    messages = database.query(name, """
        select match_id, seq, id, sender, kind, text, lat, lon, sent_at > now() - interval '1 hour'
          from proxyhooks.message where match_id in ('open', 'closed', 'cancelled', 'hot', 'm9999')
                                    and sent_at > now() - interval '1 hour' order by match_id, seq""")
    rooms = database.query(name, "select match_id, last_seq from proxyhooks.chat_room where match_id in "
                                 "('open', 'closed', 'cancelled', 'hot', 'm9999') order by 1")
    outbox = database.query(name, "select method || ' ' || partition || ' ' || payload from proxyhooks.outbox order by id")
    told = []
    for row in outbox.split("\n") if outbox else []:
        method, partition, payload = row.split(" ", 2)
        told.append((method, partition, normal(json.loads(payload), now)))
    # Reply, message and outbox have the same key, or a message is broadcast twice.
    stored = set(database.query(name, "select idempotency_key from proxyhooks.message where sent_at > now() - interval '1 hour'")
                 .split("\n"))
    strangers = database.query(name, """
        select count(*) from proxyhooks.outbox o
         where not exists (select from proxyhooks.message m where m.idempotency_key::text = o.payload ->> 'idempotency_key')""")
    return messages, rooms, told, (stored == keys, strangers)


def check(template, made, say):
    """`made`: a function that makes all contestants for a delivery mode. Ends the program where they differ."""
    for delivery in ("guaranteed", "direct"):
        first = None
        for name, contestant in made(delivery).items():
            database.create("bench_check", template)
            database.redis("flushall")
            contestant.start("bench_check")
            try:
                found, keys = answers(contestant, questions())
                stored = rows("bench_check", keys)
            finally:
                contestant.stop()
                database.drop("bench_check")
            if first is None:
                first = (name, found, stored)
                continue
            differences = [(question, first[1][question], found[question]) for question in found
                           if found[question] != first[1][question]]
            for question, one, other in differences:
                say(f"  {question}\n    {first[0]}: {one}\n    {name}: {other}")
            for what, one, other in zip(("messages", "rooms", "outbox", "keys"), first[2], stored):
                if one != other:
                    differences.append(what)
                    say(f"  stored {what} differ\n    {first[0]}: {one}\n    {name}: {other}")
            if differences:
                raise SystemExit(f"{name} does not decide as {first[0]} does: nothing is measured.")
        say(f"  {len(first[1])} requests, {delivery}: the same decisions, replies and rows from all")
