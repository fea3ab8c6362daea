"""The door of HTTP: signed requests, three seconds, one address."""

import hashlib
import hmac
import time
from collections import deque
from collections.abc import Callable, Mapping
from urllib.parse import urlencode

import aiohttp
import orjson

from bot.sandbox.deliver import KEPT, OK, Delivered, Delivery, Kind, Sent

FORM = "application/x-www-form-urlencoded"
JSON = "application/json"
PATH = "/slack/events"


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """Sign as docs.slack.dev/authentication/verifying-requests-from-slack says, version v0."""
    base = b"v0:" + timestamp.encode() + b":" + body
    return "v0=" + hmac.new(secret.encode(), base, hashlib.sha256).hexdigest()


def encoded(delivery: Delivery) -> tuple[bytes, str]:
    """Write a delivery as an HTTP body, with its content type."""
    payload = delivery.payload
    match delivery.kind:
        case Kind.EVENT:
            return orjson.dumps(payload), JSON
        case Kind.INTERACTION:
            return urlencode({"payload": orjson.dumps(payload).decode()}).encode(), FORM
        case Kind.COMMAND:
            return urlencode(payload).encode(), FORM


class HttpDoor:
    def __init__(self, secret: str, now: Callable[[], float], ack_seconds: float) -> None:
        self.bot_url = ""
        self.sent: deque[Sent] = deque(maxlen=KEPT)
        self._secret = secret
        self._now = now
        self._limit = aiohttp.ClientTimeout(total=ack_seconds)
        self._session: aiohttp.ClientSession | None = None

    def sign(self, body: bytes, timestamp: str | None = None) -> dict[str, str]:
        moment = timestamp or str(int(self._now()))
        return {
            "X-Slack-Request-Timestamp": moment,
            "X-Slack-Signature": signature(self._secret, moment, body),
        }

    async def send(self, delivery: Delivery) -> Delivered:
        body, content_type = encoded(delivery)
        headers = {"Content-Type": content_type, **self.sign(body), **_retry_headers(delivery)}
        return await self.post(body, headers)

    async def repeat(self, sent: Sent, headers: Mapping[str, str]) -> Delivered:
        return await self.post(sent.body, {**sent.headers, **headers})

    async def post(self, body: bytes, headers: Mapping[str, str]) -> Delivered:
        """Send bytes with exactly these headers; never raises for what the bot does."""
        started = time.monotonic()
        try:
            delivered = await self._exchange(body, headers, started)
        except TimeoutError:
            seconds = time.monotonic() - started
            delivered = Delivered(status=None, seconds=seconds, error="operation_timeout")
        except (aiohttp.ClientError, OSError) as error:
            seconds = time.monotonic() - started
            delivered = Delivered(
                status=None, seconds=seconds, body=str(error), error="dispatch_failed"
            )
        self.sent.append(Sent(body=body, headers=dict(headers), delivered=delivered))
        return delivered

    async def _exchange(self, body: bytes, headers: Mapping[str, str], started: float) -> Delivered:
        url = self.bot_url.rstrip("/") + PATH
        async with self._http().post(
            url, data=body, headers=headers, timeout=self._limit, allow_redirects=False
        ) as response:
            text = await response.text(errors="replace")
            return Delivered(
                status=response.status,
                seconds=time.monotonic() - started,
                body=text,
                error=None if response.status == OK else "dispatch_failed",
                headers=dict(response.headers),
            )

    def _http(self) -> aiohttp.ClientSession:
        if self._session is None or self._session.closed:
            agent = {"User-Agent": "Slackbot 1.0 (+https://api.slack.com/robots)"}
            # A new connection each time: one kept from before the bot was killed would fail a
            # delivery that the bot's successor could have taken.
            connector = aiohttp.TCPConnector(limit=0, force_close=True)
            self._session = aiohttp.ClientSession(headers=agent, connector=connector)
        return self._session

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()


def _retry_headers(delivery: Delivery) -> dict[str, str]:
    if delivery.retry is None:
        return {}
    return {
        "X-Slack-Retry-Num": str(delivery.retry.number),
        "X-Slack-Retry-Reason": delivery.retry.reason,
    }
