"""The requests that are sent, as Centrifugo 6.9 spells them, in files for the load generator."""

import json
import random

import tokens

ROOMS = 10_000       # of two members each: dN drives and rN rides in mN
HOT_MEMBERS = 200    # of the room "hot": h0, h1, …
PLACE = "00000000-0000-4000-8000-############"  # where the generator puts what no other message has
TEXT = "On my way, five minutes"
STORM = 50_000

# Per 100 calls of a chat.
MIX = {"connect": 5, "subscribe": 10, "publish": 60, "history": 12, "rooms": 8, "refresh": 5}


def spelled(value):
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def body(client, **fields):
    return spelled({"client": client, "transport": "websocket", "protocol": "json", "encoding": "json", **fields})


def post(secret, hook, text):
    data = text.encode()
    head = (f"POST /centrifugo/{hook} HTTP/1.1\r\nHost: 127.0.0.1:8080\r\nUser-Agent: Go-http-client/1.1\r\n"
            f"Content-Length: {len(data)}\r\nContent-Type: application/json\r\nX-ProxyHooks-Secret: {secret}\r\n"
            "Accept-Encoding: gzip\r\n\r\n")
    return head.encode() + data


class Requests:
    """Lists of whole HTTP requests, made once for a run."""

    def __init__(self, secret, hmac_secret, seed=1):
        self.secret = secret
        self.hmac_secret = hmac_secret
        self.random = random.Random(seed)
        self.tokens = {}

    def client(self):
        return "%08x-82a5-4ea5-b08a-8cfd13ccd0f6" % self.random.getrandbits(32)

    def member(self, place):
        return ("d" if place % 2 == 0 else "r") + str(place // 2), "m" + str(place // 2)

    def token(self, user):
        if user not in self.tokens:
            self.tokens[user] = tokens.token(self.hmac_secret, user)
        return self.tokens[user]

    def meta(self, user):
        return {"proxyhooks": 1, "jti": "t-" + user, "iat": self.issued}

    def list(self, name, places):
        make = getattr(self, name)
        return [make(place) for place in places]

    # One request each, of the member in a place.

    def connect(self, place):
        user, _ = self.member(place)
        return post(self.secret, "connect", body(self.client(), data={"token": self.token(user)}, name="js",
                                                 version="5.3.4"))

    def bad_token(self, place):
        user, _ = self.member(place)
        good = self.token(user)
        # The last character but one carries six whole bits of the signature.
        bad = good[:-2] + ("A" if good[-2] != "A" else "B") + good[-1]
        return post(self.secret, "connect", body(self.client(), data={"token": bad}, name="js", version="5.3.4"))

    def bad_json(self, place):
        text = self.publish_body(place)
        return post(self.secret, "publish", text[:-3] + ",}}")

    def refresh(self, place):
        user, _ = self.member(place)
        return post(self.secret, "refresh", body(self.client(), user=user, meta=self.meta(user)))

    def subscribe(self, place):
        user, match = self.member(place)
        return post(self.secret, "subscribe", body(self.client(), user=user, channel="match:" + match,
                                                   meta=self.meta(user)))

    def sub_refresh(self, place):
        user, match = self.member(place)
        return post(self.secret, "sub_refresh", body(self.client(), user=user, channel="match:" + match,
                                                     meta=self.meta(user)))

    def publish_body(self, place):
        user, match = self.member(place)
        return body(self.client(), user=user, channel="match:" + match,
                    data={"id": PLACE, "kind": "text", "text": TEXT}, meta=self.meta(user))

    def publish(self, place):
        return post(self.secret, "publish", self.publish_body(place))

    def hot(self, place):
        user = "h" + str(place % HOT_MEMBERS)
        return post(self.secret, "publish", body(self.client(), user=user, channel="match:hot",
                                                 data={"id": PLACE, "kind": "text", "text": TEXT}, meta=self.meta(user)))

    def history(self, place):
        user, match = self.member(place)
        return post(self.secret, "rpc", body(self.client(), user=user, method="chat:history", data={"match": match},
                                             meta=self.meta(user)))

    def rooms(self, place):
        user, _ = self.member(place)
        return post(self.secret, "rpc", body(self.client(), user=user, method="chat:rooms", data={},
                                             meta=self.meta(user)))

    def health(self, place):
        """Of the operations' listener: what a bare HTTP answer takes."""
        return b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1:9090\r\nUser-Agent: Go-http-client/1.1\r\n\r\n"

    issued = 1_700_000_000


def write(path, classes):
    """`classes`: (name, weight, requests)."""
    with open(path, "wb") as file:
        for name, weight, requests in classes:
            file.write(f"class {name} {weight} {len(requests)}\n".encode())
            for request in requests:
                file.write(f"{len(request)}\n".encode() + request + b"\n")


def write_all(directory, requests, storm=STORM):
    """A file for each load; returns their paths by name. `storm`: how many connect at once."""
    paths = {}
    even = list(range(2 * ROOMS))
    made = {name: requests.list(name, even) for name in ("publish", "connect", "refresh", "subscribe", "sub_refresh",
                                                         "history", "rooms")}
    made["hot"] = requests.list("hot", range(HOT_MEMBERS))
    for name in ("bad_token", "bad_json", "health"):
        made[name] = requests.list(name, range(2_000))
    for name, list_ in made.items():
        paths[name] = f"{directory}/{name}.requests"
        write(paths[name], [(name, 1, list_)])
    paths["mix"] = f"{directory}/mix.requests"
    write(paths["mix"], [(name, weight, made[name]) for name, weight in MIX.items()])
    # Some people have several devices.
    order = [place % len(even) for place in range(storm)]
    requests.random.shuffle(order)
    paths["storm"] = f"{directory}/storm.requests"
    write(paths["storm"], [(name, 1, [made[name][place] for place in order]) for name in ("connect", "subscribe")])
    return paths
