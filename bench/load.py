"""A small load generator: one process, many connections kept open, each asking in its turn."""

import selectors
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from statistics import quantiles

from bench.serving import HOST

Ask = Callable[[int, int], bytes]
"""Returns the bytes of a client's next request: (client, how many it has sent before)."""
MOST_SECONDS = 5.0


@dataclass(slots=True)
class Measured:
    """What came of one load: answers, seconds it took, and how long each answer took."""

    seconds: float = 0.0
    times: list[float] = field(default_factory=list)
    statuses: dict[int, int] = field(default_factory=dict)
    cpu_seconds: float | None = None
    body_bytes: int = 0

    @property
    def per_second(self) -> float:
        """Return answers a second."""
        return len(self.times) / self.seconds if self.seconds else 0.0

    @property
    def cpu_ms(self) -> float | None:
        """Return the server's CPU time an answer in milliseconds."""
        if self.cpu_seconds is None or not self.times:
            return None
        return 1000 * self.cpu_seconds / len(self.times)

    def percentile(self, percent: int) -> float:
        """Return the time, in milliseconds, that `percent` of the answers needed at most."""
        if len(self.times) < 2:
            return 1000 * sum(self.times)
        return 1000 * quantiles(self.times, n=100, method="inclusive")[percent - 1]


def request_bytes(
    method: str,
    path: str,
    *,
    cookie: str = "",
    body: bytes = b"",
    content_type: str = "",
    headers: tuple[str, ...] = (),
) -> bytes:
    """Return a request as it goes over the wire."""
    lines = [f"{method} {path} HTTP/1.1", f"Host: {HOST}", "Accept-Language: en"]
    lines += [f"Cookie: {cookie}"] if cookie else []
    lines += [f"Content-Type: {content_type}"] if content_type else []
    lines += [f"Content-Length: {len(body)}"] if method != "GET" else []
    return "\r\n".join((*lines, *headers, "", "")).encode() + body


class _Client:
    """One connection that sends a request as soon as the answer before it is in."""

    def __init__(self, number: int, port: int, ask: Ask) -> None:
        self.number, self.port, self.ask = number, port, ask
        self.sent, self.began, self.buffer, self.body_bytes = 0, 0.0, bytearray(), 0
        self.socket = self._connect()

    def _connect(self) -> socket.socket:
        made = socket.create_connection((HOST, self.port), timeout=30)
        made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return made

    def send(self) -> None:
        data = self.ask(self.number, self.sent)
        self.sent += 1
        self.buffer.clear()
        self.began = time.perf_counter()
        self.socket.sendall(data)

    def receive(self) -> tuple[int, bool] | None:
        """Take what is there; return (status, whether the connection closes) once complete."""
        data = self.socket.recv(262_144)
        if not data:
            raise ConnectionError("The server closed a connection in the middle of an answer.")
        self.buffer += data
        end = self.buffer.find(b"\r\n\r\n")
        if end < 0:
            return None
        head = bytes(self.buffer[:end]).lower()
        length = _length(head)
        if len(self.buffer) < end + 4 + length:
            return None
        self.body_bytes = length
        return int(head[9:12]), b"connection: close" in head

    def reconnect(self) -> None:
        self.socket.close()
        self.socket = self._connect()


def _length(head: bytes) -> int:
    start = head.find(b"content-length:")
    if start < 0:
        if head[9:12] in {b"204", b"304"}:
            return 0
        raise ConnectionError("An answer came without its length.")
    return int(head[start + 15 :].split(b"\r\n", 1)[0])


def load(port: int, ask: Ask, *, clients: int, seconds: float, most: int) -> Measured:
    """Ask with `clients` at once until the time is up or `most` answers are in.

    Units: `seconds`, five at most. Edge: what is under way at the end is not counted.
    """
    found = Measured()
    found_by = [_Client(number, port, ask) for number in range(clients)]
    selector = selectors.DefaultSelector()
    began = time.perf_counter()
    until = began + min(seconds, MOST_SECONDS)
    for client in found_by:
        client.send()
        selector.register(client.socket, selectors.EVENT_READ, client)
    waiting = clients
    while waiting:
        for key, _ in selector.select(timeout=30):
            client = key.data
            answer = client.receive()
            if answer is None:
                continue
            now = time.perf_counter()
            goes_on = now < until and len(found.times) < most
            if goes_on:
                found.times.append(now - client.began)
                found.statuses[answer[0]] = found.statuses.get(answer[0], 0) + 1
                found.seconds, found.body_bytes = now - began, client.body_bytes
            selector.unregister(client.socket)
            if not goes_on:
                waiting -= 1
                client.socket.close()
                continue
            if answer[1]:
                client.reconnect()
            client.send()
            selector.register(client.socket, selectors.EVENT_READ, client)
    selector.close()
    return found
