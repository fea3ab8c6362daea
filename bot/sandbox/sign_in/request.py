"""An authorization request, and where its answer goes: decided without any page."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from bot.sandbox.sign_in.grants import Grant


class Unanswerable(Exception):
    """It cannot even be answered at its redirect_uri: the person is told here instead."""


@dataclass(frozen=True, kw_only=True)
class AuthorizationRequest:
    client_id: str
    redirect_uri: str
    response_type: str
    scopes: tuple[str, ...]
    state: str | None
    nonce: str | None

    @property
    def error(self) -> str | None:
        """What the client hears instead of a code, in the words of RFC 6749, 4.1.2.1."""
        if self.response_type != "code":
            return "unsupported_response_type"
        return None if "openid" in self.scopes else "invalid_scope"

    @property
    def origin(self) -> str:
        parts = urlsplit(self.redirect_uri)
        return f"{parts.scheme}://{parts.netloc}"

    def granted_by(self, user_id: str, now: float) -> Grant:
        return Grant(
            user_id=user_id,
            client_id=self.client_id,
            redirect_uri=self.redirect_uri,
            scopes=self.scopes,
            nonce=self.nonce,
            granted_at=now,
        )

    def answer(self, **values: str) -> str:
        """Make the address to go back to, with *values* and the state added to its query."""
        parts = urlsplit(self.redirect_uri)
        state = {} if self.state is None else {"state": self.state}
        query = urlencode([*parse_qsl(parts.query), *values.items(), *state.items()])
        return urlunsplit(parts._replace(query=query))


def read(
    values: Mapping[str, str], client_id: str, redirect_urls: Collection[str]
) -> AuthorizationRequest:
    """Read a request of the one client there is.

    Raises Unanswerable where sending anybody anywhere would trust what may be forged.
    """
    if values.get("client_id") != client_id:
        raise Unanswerable("invalid_client_id: no app has this client_id")
    redirect_uri = values.get("redirect_uri", "")
    if redirect_uri not in redirect_urls:
        known = ", ".join(redirect_urls)
        raise Unanswerable(f"bad_redirect_uri: {redirect_uri!r} is none of the app's: {known}")
    if values.get("response_mode", "query") != "query":
        raise Unanswerable("unsupported_response_mode: answers come in the query")
    return AuthorizationRequest(
        client_id=client_id,
        redirect_uri=redirect_uri,
        response_type=values.get("response_type", ""),
        scopes=tuple(values.get("scope", "").replace(",", " ").split()),
        state=values.get("state"),
        nonce=values.get("nonce"),
    )
