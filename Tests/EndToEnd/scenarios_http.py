"""HTTP/1 as another caller than Centrifugo speaks it."""

import asyncio
import socket
from urllib.parse import urlsplit

from scenario import scenario
from stage import SECRET, Stage

REQUESTS = 1500
# In bytes; a head may have 32 768.
PADDING = 20_000


def cut_within_their_heads(stage: Stage) -> tuple[int, int]:
    """Requests on one connection, of which each read has the end of one and the beginning of the next; what the service has
    in memory after the first hundred and after all of them, in KiB."""
    head = f"POST /centrifugo/rpc HTTP/1.1\r\nHost: h\r\nX-ProxyHooks-Secret: {SECRET}\r\nX-Padding: {'x' * PADDING}\r\n" \
           "Content-Length: 1\r\n\r\n{"
    request = head.encode()
    middle = len(request) // 2
    address = urlsplit(stage.hooks)
    assert address.hostname and address.port
    first = 0
    with socket.create_connection((address.hostname, address.port), timeout=10) as caller:
        caller.sendall(request[:middle])
        for number in range(REQUESTS):
            caller.sendall(request[middle:] + request[:middle])
            answer = caller.recv(65536)
            # Not JSON, and told so.
            assert answer.startswith(b"HTTP/1.1 200") and answer.endswith(b"}"), answer
            if number == 100:
                first = stage.service.resident()
        # The connection is still open.
        return first, stage.service.resident()


@scenario("json")
async def requests_that_each_end_within_a_read_leave_nothing_behind(stage: Stage) -> None:
    first, last = await asyncio.to_thread(cut_within_their_heads, stage)
    # Were what has been read kept, it would be 30 MB.
    assert last - first < 8_192, f"{first} KiB, {last} KiB"
