"""The session's cookie: a random id and nothing else; what it stands for is kept by `Sessions`."""

from dataclasses import dataclass

from aiohttp import web

from bot.sessions import Sessions

NAME = "harbor"
PATH = "/"


@dataclass(frozen=True, slots=True)
class SignedIn:
    """What a session says: a Slack user, as known when they signed in. *id* is the session's."""

    id: str
    user: str
    team: str
    name: str


@dataclass(frozen=True, slots=True)
class Cookie:
    """A cookie that no script reads, no other site sends, and no other host can have set.

    The prefix makes a browser refuse it from anywhere but this host; it takes https.
    """

    name: str
    is_secure: bool

    @property
    def full_name(self) -> str:
        """The name as browsers know it."""
        return f"__Host-{self.name}" if self.is_secure else self.name

    def read(self, request: web.Request) -> str:
        """Answer what the browser sent; "" where it sent none."""
        return request.cookies.get(self.full_name, "")

    def put(self, response: web.Response, value: str, lasts_s: int | None = None) -> None:
        """Set it; without *lasts_s* it goes when the browser is closed."""
        response.set_cookie(
            self.full_name,
            value,
            max_age=lasts_s,
            path=PATH,
            secure=self.is_secure,
            httponly=True,
            samesite="Lax",
        )

    def drop(self, response: web.Response) -> None:
        """Remove it. Said in full: a browser keeps a __Host- cookie unless it is."""
        response.del_cookie(
            self.full_name, path=PATH, secure=self.is_secure, httponly=True, samesite="Lax"
        )


@dataclass(frozen=True, slots=True)
class Desk:
    """Signs browsers in and out. An id is made here and never taken from outside."""

    sessions: Sessions
    is_secure: bool

    async def who(self, request: web.Request) -> SignedIn | None:
        """Answer who is signed in; None: nobody, or too long ago."""
        identity = self._cookie.read(request)
        found = await self.sessions.find(identity)
        return None if found is None else SignedIn(identity, **found)

    async def sign_in(
        self, request: web.Request, response: web.Response, *, user: str, team: str, name: str
    ) -> None:
        """Begin a session under a new id; the one there was before ends."""
        await self.sessions.end(self._cookie.read(request))
        content = {"user": user, "team": team, "name": name}
        self._cookie.put(response, await self.sessions.begin(user, content))

    async def sign_out(self, request: web.Request, response: web.Response) -> None:
        """End the session of a request."""
        await self.sessions.end(self._cookie.read(request))
        self._cookie.drop(response)

    @property
    def _cookie(self) -> Cookie:
        return Cookie(NAME, self.is_secure)
