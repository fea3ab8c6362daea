"""Forms that only our own pages can send: a token bound to the session, and where it came from."""

from dataclasses import dataclass
from hashlib import sha256

from aiohttp import web
from itsdangerous import Signer

SALT = "harbor.csrf"
OURS = frozenset({"same-origin", "none"})  # "none": the person, not a page, made the request


@dataclass(frozen=True)
class Csrf:
    """Makes and checks a form's token. *origin* is that of our own pages."""

    key: str
    origin: str

    def token(self, session: str, about: str) -> str:
        """Answer the token of a form about one thing (a gate, a path), for one session."""
        return self._signer.get_signature(_bound(session, about)).decode()

    def accepts(self, request: web.Request, session: str, about: str, token: str) -> bool:
        """Whether a form was sent from our own page, to this session, about this thing."""
        if not self._is_from_us(request) or not token.isascii():
            return False
        return self._signer.verify_signature(_bound(session, about), token)

    def _is_from_us(self, request: web.Request) -> bool:
        """Judge by what browsers say; programs say neither, and have no session to abuse."""
        origins = request.headers.getall("Origin", [self.origin])
        sites = request.headers.getall("Sec-Fetch-Site", ["same-origin"])
        return origins == [self.origin] and len(sites) == 1 and sites[0] in OURS

    @property
    def _signer(self) -> Signer:
        return Signer(self.key, salt=SALT, digest_method=sha256)


def _bound(session: str, about: str) -> bytes:
    return f"{session}\0{about}".encode()
