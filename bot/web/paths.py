"""Paths: which pages a browser may be sent back to, and which patterns meet each other."""

import re
from collections.abc import Iterable
from urllib.parse import quote

from aiohttp import web

GATE_ID = r"[0-9a-f]{32}"
RUN = rf"/run/[0-9a-hjkmnp-tv-z]{{26}}(?:/(?:approve|reject)(?:\?gate={GATE_ID})?)?"
PARAMETER = re.compile(r"\{[^{}]*\}")
VALUE = r"[A-Za-z0-9._~-]{1,200}"
LONGEST = 600

APPROVE = "/run/{run_id}/approve"
REJECT = "/run/{run_id}/reject"
LOGIN = "/auth/slack/login"
CALLBACK = "/auth/slack/callback"


class LocalPaths:
    """The pages of ours that somebody may have asked for before they signed in.

    Compared as they stand, after the query's own decoding: what is encoded twice is none of them.
    """

    def __init__(self, patterns: Iterable[str]) -> None:
        forms = [RUN, *(_form(pattern) for pattern in patterns)]
        self._known = re.compile("|".join(f"(?:{form})" for form in forms), re.ASCII)

    def checked(self, path: str | None) -> str:
        """Answer *path* if it is one of our pages, else the first page."""
        is_ours = path is not None and len(path) <= LONGEST and self._known.fullmatch(path)
        return path if is_ours and path else "/"


def to_sign_in(request: web.Request) -> str:
    """Answer where to sign in, and come back to what was asked for."""
    return f"{LOGIN}?next={quote(request.path_qs, safe='/')}"


def shape(pattern: str) -> tuple[str, ...]:
    """Answer a pattern without the names in it: two of one shape are the same address."""
    return tuple(PARAMETER.sub("{}", segment) for segment in pattern.strip("/").split("/"))


def meet(one: str, other: str) -> bool:
    """Whether some address belongs to both patterns."""
    pairs = list(zip(shape(one), shape(other), strict=False))
    same_length = len(shape(one)) == len(shape(other))
    return same_length and all(left == right or "{}" in {left, right} for left, right in pairs)


def _form(pattern: str) -> str:
    return "".join(f"/{VALUE if segment == '{}' else segment}" for segment in shape(pattern))
