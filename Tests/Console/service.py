"""A service with the console on, in a database of its own, and what people have done with it."""

import base64
import json
import os
import secrets
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
import uuid
from pathlib import Path

HOME = Path(os.environ["CONSOLE_HOME"])
PROXYHOOKS = os.environ["CONSOLE_PROXYHOOKS"]
ADMINISTRATION = os.environ["PROXYHOOKS_TEST_DATABASE_URL"]
TOKEN = secrets.token_hex(16)
SECRET = secrets.token_hex(32)

# What a stranger may call himself: markup, quotes, writing from right to left, what is not seen, and more than fits.
HOSTILE = ["<script>alert(1)</script>", "\" onfocus=\"alert(1)", "alice\u202egpj.exe", "bob\u200b\u0000", "x" * 5_000,
           "'><img src=x onerror=alert(1)>", "a\u0301\u0489" * 40]

# No proxy of the caller's comes between us and a port of this machine.
_direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def ask(url: str, headers: dict[str, str], body: object = None) -> tuple[int, dict[str, str], str]:
    """Status, headers and body of a GET, or of a POST where there is a body; status 0 where nobody answers."""
    data = None if body is None else json.dumps(body).encode()
    try:
        with _direct.open(urllib.request.Request(url, data, headers), timeout=5) as answer:
            return answer.status, dict(answer.headers), answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, dict(error.headers), error.read().decode()
    except OSError:
        return 0, {}, ""


def basic(token: str) -> dict[str, str]:
    return {"Authorization": "Basic " + base64.b64encode(f"reviewer:{token}".encode()).decode()}


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def _psql(url: str, sql: str) -> None:
    subprocess.run(
        [os.environ["CONSOLE_PSQL"], "-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", url, "-c", sql],
        env=os.environ | {"PGOPTIONS": "-c client_min_messages=warning"}, check=True)


class Service:
    def __init__(self) -> None:
        name = "proxyhooks_console"
        _psql(ADMINISTRATION, f"drop database if exists {name} with (force)")
        _psql(ADMINISTRATION, f"create database {name}")
        self.database = ADMINISTRATION.replace("/proxyhooks?", f"/{name}?")
        hooks, operations = _free_port(), _free_port()
        self.hooks = f"http://127.0.0.1:{hooks}/centrifugo"
        self.address = f"127.0.0.1:{operations}"
        policy = HOME / "policy.yaml"
        text = Path("centrifugo/policy.yaml").read_text()
        # One rule that would change something, so that shadow shows.
        rule = "  - name: riders-listen\n    deny: [publish]\n    roles: [rider]\n    mode: shadow\n\nmessages:"
        policy.write_text(text.replace("\nmessages:", f"\n{rule}", 1))
        centrifugo = HOME / "centrifugo.json"
        config = json.loads(Path("centrifugo/config.json").read_text())
        config["channel"]["namespaces"][0] |= {"allow_publish_for_client": True, "publish_proxy_enabled": False}
        centrifugo.write_text(json.dumps(config, indent=2))
        environment = {key: os.environ[key] for key in ("PATH", "HOME", "LD_LIBRARY_PATH") if key in os.environ} | {
            "PROXYHOOKS_SECRET": SECRET, "PROXYHOOKS_TOKEN_HMAC_SECRET": secrets.token_hex(32),
            "PROXYHOOKS_DATABASE_URL": self.database, "PROXYHOOKS_REDIS_URL": os.environ["PROXYHOOKS_TEST_REDIS_URL"],
            "PROXYHOOKS_LISTEN": f"127.0.0.1:{hooks}", "PROXYHOOKS_OPERATIONS_LISTEN": self.address,
            "PROXYHOOKS_POLICY_FILE": str(policy), "PROXYHOOKS_CONSOLE_TOKEN": TOKEN,
            "PROXYHOOKS_CONSOLE_CENTRIFUGO_CONFIG": str(centrifugo),
        }
        subprocess.run([PROXYHOOKS, "migrate"], env=environment, check=True, stdout=subprocess.DEVNULL,
                       stderr=subprocess.DEVNULL)
        self.log = (HOME / "proxyhooks.log").open("wb")
        self.process = subprocess.Popen(
            # It ends with this process, also where that is killed.
            ["setpriv", "--pdeathsig", "TERM", "--", PROXYHOOKS, "serve"], env=environment, stdout=self.log, stderr=self.log)
        end = time.monotonic() + 30
        while ask(f"http://{self.address}/readyz", {})[0] != 200:
            if time.monotonic() > end or self.process.poll() is not None:
                raise AssertionError("the service does not start: " + (HOME / "proxyhooks.log").read_text()[-2_000:])
            time.sleep(0.05)

    def hook(self, kind: str, **body: object) -> dict[str, object]:
        status, _, answer = ask(
            f"{self.hooks}/{kind}", {"X-ProxyHooks-Secret": SECRET}, {"client": str(uuid.uuid4()), **body})
        assert status == 200, (kind, status, answer)
        return json.loads(answer)

    def publish(self, user: str, match: str = "m1") -> dict[str, object]:
        data = {"id": str(uuid.uuid4()), "kind": "text", "text": "hello"}
        return self.hook("publish", user=user, channel=f"match:{match}", data=data)

    def live(self) -> None:
        """Some of everything: allowed, denied, over a limit, not even read, and strange names."""
        _psql(self.database, """
          insert into proxyhooks.route_match (id, state) values ('m1', 'open'), ('m2', 'closed');
          insert into proxyhooks.match_member (match_id, user_id, role) values
            ('m1', 'alice', 'driver'), ('m1', 'bob', 'rider'), ('m2', 'alice', 'driver');
        """)
        for user in ("alice", "bob"):
            self.hook("subscribe", user=user, channel="match:m1")
            assert "result" in self.publish(user)
        self.hook("rpc", user="bob", method="chat:history", data={"match": "m1"})
        self.hook("rpc", user="bob", method="chat:fly", data={})
        self.hook("connect", data={"token": "no.such.token"})
        assert "error" in self.publish("mallory")
        assert "error" in self.publish("alice", "m2")
        for name in HOSTILE:
            self.hook("subscribe", user=name, channel=f"match:{name}")
            self.hook("rpc", user=name, method=name, data={})
        for _ in range(60):
            self.publish("alice")

    def stop(self) -> None:
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(20)
        self.log.close()
        _psql(ADMINISTRATION, "drop database if exists proxyhooks_console with (force)")
