"""Visitors: who is in front of a page. Full members of this workspace get in, nobody else."""

from dataclasses import dataclass
from http import HTTPStatus

from aiohttp import web

from bot.slack.people import LookupFailed
from bot.web import pages, paths
from bot.web.limits import FORMS, Exhausted
from bot.web.pages import Instead
from bot.web.sessions import SignedIn
from bot.web.site import Site
from workflows.approvals.gate import Person

LONGEST_FORM = 64 * 1024  # bytes
FORM = "application/x-www-form-urlencoded"
HOW_TO_SET_UP = (
    "These pages need Sign in with Slack, which is not set up here.",
    "Set SLACK_SIGN_IN_CLIENT_ID and SLACK_SIGN_IN_CLIENT_SECRET.",
    "Both are at api.slack.com/apps → your app → Basic Information → App Credentials.",
)


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody who is signed in; *person* is None while Slack cannot be asked about them."""

    session: SignedIn
    person: Person | None


@dataclass(frozen=True, slots=True)
class Me:
    """What every page shows of who is signed in."""

    name: str
    sign_out: str  # the token of the form


def me(site: Site, session: SignedIn) -> Me:
    """Answer what a page shows of a visitor."""
    return Me(session.name, site.csrf.token(session.id, "sign out"))


def is_full_member(person: Person) -> bool:
    """Whether somebody may see the pages at all."""
    return person.is_ours and person.is_active and not (person.is_bot or person.is_guest)


def require_sign_in(site: Site) -> None:
    """Raise Instead where nobody can sign in."""
    if site.issuer is None:
        title = "Sign-in is not set up"
        raise Instead(pages.notice(HTTPStatus.SERVICE_UNAVAILABLE, title, *HOW_TO_SET_UP))


async def reader(site: Site, request: web.Request) -> Visitor:
    """Answer who looks at a page. Raises Instead: to sign in first, or because they may not."""
    require_sign_in(site)
    session = await site.desk.who(request)
    if session is None:
        raise Instead(pages.elsewhere(paths.to_sign_in(request)))
    try:
        person = await site.people.person(session.user, session.team)
    except LookupFailed:
        # They were a member when they signed in, hours ago at most: enough to look, not to decide.
        return Visitor(session, None)
    await admit(site, person)
    return Visitor(session, person)


async def sender(site: Site, request: web.Request) -> SignedIn:
    """Answer who sends a form. Raises Instead: 401 where nobody is signed in, 429 too often."""
    require_sign_in(site)
    session = await site.desk.who(request)
    if session is None:
        raise Instead(
            pages.notice(
                HTTPStatus.UNAUTHORIZED,
                "You are signed out",
                "Nothing was recorded. Please sign in, then do it again.",
                link=(paths.to_sign_in(request), "Sign in with Slack"),
            )
        )
    try:
        site.limits.take(FORMS, session.user)
    except Exhausted as found:
        raise pages.too_often(found.seconds) from None
    return session


async def member_now(site: Site, session: SignedIn) -> Person:
    """Answer the facts about who acts, asked of Slack now. Raises Instead for all but members."""
    site.people.forget_user(session.user)
    try:
        person = await site.people.person(session.user, session.team)
    except LookupFailed:
        raise cannot_tell() from None
    await admit(site, person)
    return person


def cannot_tell() -> Instead:
    """Answer that Slack did not say who somebody is."""
    return pages.try_again(
        "Slack could not tell us who you are just now, so nothing was recorded.",
        "Please try again in a minute.",
    )


async def fields(request: web.Request) -> dict[str, str]:
    """Answer a form's fields, each there once. Raises Instead for anything but an ordinary form."""
    if not request.body_exists:
        return {}
    if request.content_type != FORM:
        raise Instead(_odd(HTTPStatus.UNSUPPORTED_MEDIA_TYPE))
    if (request.content_length or 0) > LONGEST_FORM:
        raise Instead(_odd(HTTPStatus.REQUEST_ENTITY_TOO_LARGE))
    try:
        form = await request.post()
    except (ValueError, LookupError):  # not UTF-8, or a charset that there is not
        raise Instead(_odd(HTTPStatus.BAD_REQUEST)) from None
    found = {name: value for name, value in form.items() if isinstance(value, str)}
    if len(found) != len(form) or any("\0" in value for value in found.values()):
        raise Instead(_odd(HTTPStatus.BAD_REQUEST))
    return found


def require_own_form(
    site: Site, request: web.Request, session: SignedIn, about: str, token: str
) -> None:
    """Raise Instead with 403 unless the form is from our own page and meant for this."""
    if not site.csrf.accepts(request, session.id, about, token):
        raise Instead(
            pages.notice(
                HTTPStatus.FORBIDDEN,
                "This form is no longer good",
                "Nothing was recorded. Please open the page again and send it from there.",
                link=(request.path, "Open the page again"),
            )
        )


async def admit(site: Site, person: Person) -> None:
    """Raise Instead for guests, outsiders, bots and who has left; their sessions end."""
    if is_full_member(person):
        return
    await site.sessions.end_all(person.user)
    raise Instead(members_only())


def members_only() -> web.Response:
    """Answer who these pages are for, and nothing else."""
    return pages.notice(
        HTTPStatus.FORBIDDEN,
        "For members of this workspace",
        "Only full members of the workspace can use these pages: no guests, and nobody from"
        " other workspaces.",
    )


def _odd(status: HTTPStatus) -> web.Response:
    return pages.notice(status, "This form cannot be read", "Nothing was recorded.")
