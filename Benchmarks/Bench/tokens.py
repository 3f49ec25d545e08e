"""HS256 tokens, as the app's backend would issue them."""

import base64
import hashlib
import hmac
import json
import time

ISSUER = "https://bench.example"
AUDIENCE = "chat"
KEY_ID = "bench"
LIFETIME = 6 * 3600  # longer than a run


def encoded(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def token(secret, user, header=None, **changes):
    """A good token of `user`'s; `changes` replace claims, None takes one away."""
    now = int(time.time())
    claims = {"sub": user, "exp": now + LIFETIME, "iat": now, "jti": "t-" + user, "iss": ISSUER, "aud": AUDIENCE,
              "info": {"name": "Somebody"}}
    claims.update(changes)
    claims = {key: value for key, value in claims.items() if value is not None}
    header = {"alg": "HS256", "typ": "JWT", "kid": KEY_ID, **(header or {})}
    spelled = [encoded(json.dumps(part, separators=(",", ":")).encode()) for part in (header, claims)]
    message = ".".join(spelled)
    return message + "." + encoded(hmac.digest(secret.encode(), message.encode(), hashlib.sha256))
