"""The pages that are measured: who asks for them, and the very bytes that are sent."""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http.client import HTTPConnection
from http.cookies import SimpleCookie
from itertools import count
from urllib.parse import urlencode

from itsdangerous import URLSafeSerializer, URLSafeTimedSerializer
from sqlalchemy import func, select

from bench.ground import PASSWORD, Seat, Seeded, a_session
from bench.load import Ask, request_bytes
from bench.serving import HOST
from lms.config import Settings
from lms.models import Response
from lms.services.signin import new_token

FORM = "application/x-www-form-urlencoded"
LESSON = "/modules/boundaries/what-a-boundary-is-for"


class Visitor:
    """A browser in small: it keeps its cookies and finds the form's token in a page."""

    def __init__(self, port: int, **cookies: str) -> None:
        self.port, self.cookies, self.csrf = port, cookies, ""

    @property
    def cookie(self) -> str:
        """Return the cookie header."""
        return "; ".join(f"{name}={value}" for name, value in self.cookies.items())

    def get(self, path: str) -> tuple[int, bytes]:
        """Fetch a page and return its status and its body."""
        connection = HTTPConnection(HOST, self.port, timeout=30)
        connection.request("GET", path, headers={"Cookie": self.cookie, "Accept-Language": "en"})
        reply = connection.getresponse()
        body = reply.read()
        for header in reply.headers.get_all("Set-Cookie") or ():
            self.cookies.update({name: m.value for name, m in SimpleCookie(header).items()})
        token = re.search(rb'name="csrf_token"[^>]*value="([^"]+)"', body)
        self.csrf = token.group(1).decode() if token else self.csrf
        connection.close()
        return reply.status, body


@dataclass(frozen=True, slots=True)
class Page:
    """One measure: what is asked, by whom, which status is right, and the floor it is held to.

    Shape: `aim` is the share of the floor's throughput to reach, None where there is no aim.
    `needs` is fetched before as a check: where it is absent, the page is left out with its status.
    """

    name: str
    aim: float | None
    status: int
    needs: str
    visitor: Callable[["Clients", int], Visitor]
    request: Callable[["Clients", int, int], bytes]


class Clients:
    """The clients of one run: a visitor each, signed in with the token that the seed left."""

    def __init__(self, settings: Settings, seeded: Seeded, port: int) -> None:
        self.settings, self.seeded, self.port = settings, seeded, port
        self.visitors: dict[tuple[str, int], Visitor] = {}
        self._counter = count(_newest_counter(settings) + 1)

    def seat(self, client: int) -> Seat:
        """Return whom a client plays."""
        return self.seeded.seats[client % len(self.seeded.seats)]

    def trainee(self, client: int) -> Visitor:
        """Return a signed-in trainee, a different one a client."""
        return self._signed_in("trainee", client, self.seat(client).token)

    def coordinator(self, client: int) -> Visitor:
        """Return the coordinator, signed in."""
        return self._signed_in("coordinator", client, self.seeded.coordinator)

    def stranger(self, client: int) -> Visitor:
        """Return somebody who is not signed in."""
        key = ("stranger", client)
        if key not in self.visitors:
            self.visitors[key] = Visitor(self.port)
            self.visitors[key].get("/sign-in")
        return self.visitors[key]

    def _signed_in(self, kind: str, client: int, token: str) -> Visitor:
        key = (kind, client)
        if key not in self.visitors:
            self.visitors[key] = Visitor(self.port, alongside=self.session_cookie(token))
            self.visitors[key].get("/account")
        return self.visitors[key]

    def session_cookie(self, token: str) -> str:
        """Return the cookie that signing in with this token would have left."""
        signer = URLSafeTimedSerializer(
            self.settings.secret_key,
            salt="cookie-session",
            signer_kwargs={"key_derivation": "hmac"},
        )
        return str(signer.dumps({"_user_id": token, "_fresh": True}))

    def device(self) -> str:
        """Return the cookie of a device that signed in before: tries are counted a device."""
        return str(URLSafeSerializer(self.settings.secret_key, salt="device").dumps(new_token()))

    def turn(self) -> int:
        """Return a number that grows with each call, for what must be newer each time."""
        return next(self._counter)


def _newest_counter(settings: Settings) -> int:
    """Return the newest counter of any answer, left by an earlier run."""
    with a_session(settings) as session:
        return session.scalar(select(func.max(Response.counter))) or 0


def _get(path: str, who: Callable[[Clients, int], Visitor]) -> Callable[[Clients, int, int], bytes]:
    def build(clients: Clients, client: int, _sent: int) -> bytes:
        return request_bytes("GET", path, cookie=who(clients, client).cookie)

    return build


def _answer(clients: Clients, client: int, _sent: int) -> bytes:
    visitor, seat = clients.trainee(client), clients.seat(client)
    return request_bytes(
        "PUT",
        f"/attempts/{seat.attempt}/answers/{seat.item}",
        cookie=visitor.cookie,
        body=json.dumps({"value": seat.option, "counter": clients.turn()}).encode(),
        content_type="application/json",
        headers=(f"X-CSRFToken: {visitor.csrf}",),
    )


def _sign_in(clients: Clients, client: int, _sent: int) -> bytes:
    visitor = clients.stranger(client)
    body = {
        "csrf_token": visitor.csrf,
        "address": clients.seat(client).address,
        "password": PASSWORD,
    }
    return request_bytes(
        "POST",
        "/sign-in",
        cookie=f"{visitor.cookie}; alongside_device={clients.device()}",
        body=urlencode(body).encode(),
        content_type=FORM,
    )


def pages(seeded: Seeded) -> Iterator[Page]:
    """Yield everything that can be measured over HTTP."""
    trainee, coordinator, stranger = Clients.trainee, Clients.coordinator, Clients.stranger
    yield Page("lesson", 1 / 2, 200, LESSON, trainee, _get(LESSON, trainee))
    yield Page("today", 1 / 3, 200, "/today", trainee, _get("/today", trainee))
    yield Page("answer-save", 1 / 2, 200, "/today", trainee, _answer)
    yield Page("sign-in", None, 302, "/sign-in", stranger, _sign_in)
    for code in seeded.codes[:1]:
        address = f"/check/{code}"
        yield Page("check", None, 200, address, stranger, _get(address, stranger))
    yield Page("people", None, 200, "/people", coordinator, _get("/people", coordinator))


def ask_for(page: Page, clients: Clients) -> Ask:
    """Return what the load generator calls for each request of a page."""
    return lambda client, sent: page.request(clients, client, sent)


def floor_ask(size: int, clients: Clients) -> Ask:
    """Return the requests to the floor: signed in with the same tokens, asked for as many bytes."""
    made = []
    for seat in clients.seeded.seats:
        cookie = f"floor={seat.token}; alongside={clients.session_cookie(seat.token)}"
        made.append(request_bytes("GET", f"/floor/{size}", cookie=cookie))
    return lambda client, _sent: made[client % len(made)]
