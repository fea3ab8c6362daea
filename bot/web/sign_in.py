"""Sign in with Slack: there and back, bound to one browser, and a session for full members only.

Before somebody has signed in nothing is kept here: what has to be remembered travels in a signed
cookie that lives for ten minutes and serves one answer.
"""

import logging
import secrets
from dataclasses import dataclass
from hashlib import sha256
from hmac import compare_digest
from http import HTTPStatus
from urllib.parse import urlsplit

from aiohttp import web
from itsdangerous import BadData, URLSafeSerializer
from pydantic import BaseModel, ConfigDict, ValidationError

from bot.slack.people import LookupFailed
from bot.slack.views import text
from bot.web import pages, visitors
from bot.web.id_token import Claims, TokenRefused
from bot.web.issuer import CodeRefused, Issuer
from bot.web.kept import Unavailable
from bot.web.pages import Instead
from bot.web.paths import LOGIN, LocalPaths
from bot.web.sessions import Cookie
from bot.web.site import Site
from workflows.approvals.gate import Person

log = logging.getLogger(__name__)

NAME = "harbor-sign-in"
SALT = "harbor.sign-in"
LASTS_S = 10 * 60
LONGEST_CODE = 1_000
LONGEST_DESCRIPTION = 300
AGAIN = (LOGIN, "Sign in with Slack")


class Pending(BaseModel):
    """A sign-in that has begun: what must come back, and where to go then."""

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid")

    state: str
    nonce: str
    next: str
    until: int  # seconds since the epoch


@dataclass(frozen=True)
class SignIn:
    """`/auth/slack/login` and `/auth/slack/callback`."""

    site: Site
    local: LocalPaths

    async def begin(self, request: web.Request) -> web.StreamResponse:
        """Send the browser to the issuer, with a cookie that knows it when it comes back."""
        issuer = self._issuer()
        if self._is_elsewhere(request):
            return pages.elsewhere(f"{self.site.public_url}{request.path_qs}")
        pending = Pending(
            state=secrets.token_urlsafe(32),
            nonce=secrets.token_urlsafe(32),
            next=self.local.checked(request.query.get("next")),
            until=self._now() + LASTS_S,
        )
        try:
            address = await issuer.where_to_sign_in(
                pending.state, pending.nonce, self.site.identity.team_id
            )
        except Unavailable as error:
            raise _unavailable(error) from error
        response = pages.elsewhere(address)
        self._cookie.put(response, self._signed.dumps(pending.model_dump()), LASTS_S)
        return response

    async def finish(self, request: web.Request) -> web.StreamResponse:
        """Take the issuer's answer: a session and 303 to where it was going, or a page."""
        try:
            response = await self._finished(request)
        except Instead as instead:
            response = instead.response
        # One answer each: whatever it was, the next sign-in begins anew.
        self._cookie.drop(response)
        return response

    # -- parts --------------------------------------------------------------------------------

    async def _finished(self, request: web.Request) -> web.Response:
        issuer = self._issuer()
        pending = self._pending(request)
        if pending is None:
            raise _refused("This sign-in was not begun in this browser, or too long ago.")
        if "error" in request.query:
            raise _declined(request.query["error"], request.query.get("error_description", ""))
        codes = request.query.getall("code", [])
        if len(codes) != 1 or not 0 < len(codes[0]) <= LONGEST_CODE:
            raise _refused("The answer from the sign-in page was incomplete.")
        said = await self._who(issuer, codes[0], pending.nonce)
        person = await self._member(said)
        response = pages.elsewhere(pending.next)
        name = person.name or said.sub
        await self.site.desk.sign_in(request, response, user=said.sub, team=said.team_id, name=name)
        return response

    async def _who(self, issuer: Issuer, code: str, nonce: str) -> Claims:
        try:
            return await issuer.who(code, nonce)
        except Unavailable as error:
            raise _unavailable(error) from error
        except CodeRefused as error:
            raise _refused("The sign-in page's answer was used before, or is too old.") from error
        except TokenRefused as error:
            log.warning("sign-in: an id token was refused: %s", error)
            raise _refused("The sign-in page's answer could not be trusted.") from error

    async def _member(self, said: Claims) -> Person:
        """Answer the member that a token names. Raises Instead for everybody else."""
        identity = self.site.identity
        if not identity.is_known:
            raise visitors.cannot_tell()
        if identity.enterprise_id is None and said.team_id != identity.team_id:
            # Slack would not tell us about people of another workspace.
            raise Instead(visitors.members_only())
        self.site.people.forget_user(said.sub)
        try:
            person = await self.site.people.person(said.sub, said.team_id)
        except LookupFailed:
            raise visitors.cannot_tell() from None
        await visitors.admit(self.site, person)
        return person

    def _issuer(self) -> Issuer:
        visitors.require_sign_in(self.site)
        if self.site.issuer is None:
            raise TypeError("without an issuer nobody gets here")
        return self.site.issuer

    def _pending(self, request: web.Request) -> Pending | None:
        """Answer what this browser began; None: nothing, too long ago, or another sign-in."""
        try:
            kept = self._signed.loads(self._cookie.read(request))
            pending = Pending.model_validate(kept)
        except (BadData, ValidationError):
            return None
        states = request.query.getall("state", [])
        is_its_own = len(states) == 1 and compare_digest(states[0].encode(), pending.state.encode())
        return pending if is_its_own and self._now() < pending.until else None

    def _is_elsewhere(self, request: web.Request) -> bool:
        """Whether this machine is asked under another of its names: the cookie would stay there."""
        ours = urlsplit(self.site.public_url).netloc
        return not self.site.is_secure and request.host.startswith("localhost:") != (
            ours.startswith("localhost:")
        )

    def _now(self) -> int:
        return int(self.site.clock.now().timestamp())

    @property
    def _cookie(self) -> Cookie:
        return Cookie(NAME, self.site.is_secure)

    @property
    def _signed(self) -> URLSafeSerializer:
        return URLSafeSerializer(self.site.key, salt=SALT, signer_kwargs={"digest_method": sha256})


def _refused(words: str) -> Instead:
    return Instead(
        pages.notice(
            HTTPStatus.BAD_REQUEST,
            "You are not signed in",
            words,
            "Please sign in once more.",
            link=AGAIN,
        )
    )


def _declined(code: str, description: str) -> Instead:
    """Say what the issuer said; its words are text on the page, whatever they contain."""
    if code == "access_denied":
        return _refused("Slack was not allowed to tell us who you are.")
    said = text.cut(text.one_line(description or code), LONGEST_DESCRIPTION)
    return _refused(f"Slack's sign-in page says: {said}")


def _unavailable(error: Unavailable) -> Instead:
    log.warning("sign-in: the issuer cannot be asked: %s", error)
    return pages.try_again(
        "Slack's sign-in cannot be reached. Please try again in a minute.",
        "Deciding in Slack itself is not affected.",
    )
