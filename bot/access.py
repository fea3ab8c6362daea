"""Access: who a caller is, and what it may do.

Two credentials are known. A *token* belongs to a program: ``hbr_<public>_<secret>``, found by its
public half; of the secret half, 256 random bits, only a hash is kept. The *command line's* is
signed with the installation's own key and lives for a minute: whoever can read that key operates
this installation.
"""

import getpass
import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from hmac import compare_digest
from typing import Any

from itsdangerous import BadData, TimestampSigner, URLSafeTimedSerializer

from bot.seals import Seals, Verification
from store import audit, tokens
from store.database import Database, Tx
from store.tokens import Token
from workflows.clock import Clock, SystemClock

__all__ = ["Access", "Caller", "NameTaken", "Scope", "Token", "operator_credential"]

TOKEN = re.compile(r"hbr_([0-9a-f]{16})_([0-9a-f]{64})", re.ASCII)
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}", re.ASCII)
OPERATOR_SALT = "harbor.operator"
OPERATOR_LIFE = timedelta(minutes=1)
CLOCKS_DIFFER = timedelta(seconds=5)  # the stamp has whole seconds, and another process made it
NOBODY = sha256(b"").hexdigest()  # what is compared with when there is no such token


class Scope(StrEnum):
    """What a token may do."""

    RUNS_READ = "runs:read"
    RUNS_WRITE = "runs:write"
    EVENTS_WRITE = "events:write"
    DECISIONS_WRITE = "decisions:write"
    METRICS_READ = "metrics:read"


class NameTaken(Exception):
    """A token has this name, or had it: what is on record under a name stays one program's."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls. *actor* is ``token:NAME`` or ``operator:NAME``; *job* None means every job."""

    actor: str
    name: str
    scopes: frozenset[Scope]
    job: str | None = None
    is_operator: bool = False

    @property
    def via(self) -> str:
        """The door, as the audit names it."""
        return "cli" if self.is_operator else "api"

    def may(self, scope: Scope) -> bool:
        """Whether the caller's credential has this scope."""
        return scope in self.scopes

    def sees(self, job: str) -> bool:
        """Whether this job and its runs exist for the caller."""
        return self.job is None or self.job == job


class Access:
    """Knows every credential; asked again with every request, so that a revoked one ends now."""

    def __init__(self, db: Database, key: str, clock: Clock) -> None:
        self._db = db
        self._operators = _operators(key, clock)
        self._clock = clock

    async def caller(self, credential: str) -> Caller | None:
        """Answer whose *credential* this is; None: nobody's, or nobody's any longer."""
        if credential.startswith("hbr_"):
            return await self._program(credential)
        return self._operator(credential)

    async def create_token(
        self, name: str, scopes: Iterable[Scope], job: str | None, by: Caller
    ) -> str:
        """Make a token and answer it; it cannot be answered again. Raises NameTaken."""
        public, secret = secrets.token_hex(8), secrets.token_hex(32)
        wanted = " ".join(sorted(set(scopes)))
        await self._db.write(_create, name, public, _hash(secret), wanted, job, by)
        return f"hbr_{public}_{secret}"

    async def tokens(self) -> list[Token]:
        """Answer every token, oldest first, the revoked ones too."""
        return await self._db.read(tokens.all_tokens)

    async def revoke_token(self, name: str, by: Caller) -> bool:
        """End a token now; False: there is none of this name, or it had ended before."""
        return await self._db.write(_revoke, name, by)

    async def audit(
        self, since: datetime | None, after: int, limit: int
    ) -> list[tuple[int, audit.Record]]:
        """Answer the audit's lines from *since* on with a number above *after*, oldest first."""
        return await self._db.read(audit.page, since=since, after=after, limit=limit)

    async def verify_audit(self, noted: str | None) -> Verification:
        """Look at every seal of the audit again; *noted* is a digest that somebody kept."""
        return await Seals(self._db, self._clock).verify(noted)

    async def _program(self, credential: str) -> Caller | None:
        found = TOKEN.fullmatch(credential)
        public, secret = found.groups() if found else ("", "")
        token = await self._db.read(tokens.get, public)
        # The same work whether or not the token exists; bytes, because str has to be ASCII.
        known = NOBODY if token is None else token.secret_hash
        is_right = compare_digest(_hash(secret).encode(), known.encode())
        if token is None or found is None or not is_right or token.revoked_at is not None:
            return None
        scopes = frozenset(Scope(scope) for scope in token.scopes.split())
        return Caller(f"token:{token.name}", token.name, scopes, token.job)

    def _operator(self, credential: str) -> Caller | None:
        try:
            name, signed_at = self._operators.loads(credential, return_timestamp=True)
        except BadData:
            return None
        age = self._clock.now() - signed_at.astimezone(UTC)
        if not -CLOCKS_DIFFER <= age <= OPERATOR_LIFE + CLOCKS_DIFFER:
            return None
        if not isinstance(name, str) or not NAME.fullmatch(name):
            return None
        return Caller(f"operator:{name}", name, frozenset(Scope), is_operator=True)


def operator_credential(key: str, clock: Clock | None = None) -> str:
    """Answer what lets the command line in for a minute, in the name of who is logged in here."""
    return str(_operators(key, clock or SystemClock()).dumps(_login()))


class _Stamp(TimestampSigner):
    """Signs with the time of a clock that is handed in."""

    def __init__(self, *args: Any, clock: Clock, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._clock = clock

    def get_timestamp(self) -> int:
        """Answer the whole seconds since 1970."""
        return int(self._clock.now().timestamp())


def _operators(key: str, clock: Clock) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(
        key,
        salt=OPERATOR_SALT,
        signer=_Stamp,
        signer_kwargs={"digest_method": sha256, "clock": clock},
    )


def _login() -> str:
    """Answer who is logged in, in the letters an actor's name has."""
    try:
        name = getpass.getuser()
    except (KeyError, OSError):  # a container may run under a number that has no name
        name = "unknown"
    return re.sub(r"^[^A-Za-z0-9]|[^A-Za-z0-9._-]", "x", name)[:64]


def _hash(secret: str) -> str:
    return sha256(secret.encode()).hexdigest()


def _create(
    tx: Tx, name: str, public: str, secret_hash: str, scopes: str, job: str | None, by: Caller
) -> None:
    if tokens.by_name(tx, name) is not None:
        raise NameTaken(name)
    tokens.insert(tx, Token(public, name, secret_hash, scopes, job, by.actor, tx.now, None))
    _note(tx, by, "create_token", f"{name} {scopes}" + (f" {job}" if job else ""))


def _revoke(tx: Tx, name: str, by: Caller) -> bool:
    is_ended = tokens.revoke(tx, name)
    if is_ended:
        _note(tx, by, "revoke_token", name)
    return is_ended


def _note(tx: Tx, by: Caller, action: str, outcome: str, run_id: str | None = None) -> None:
    audit.append(tx, actor=by.actor, via=by.via, action=action, outcome=outcome, run_id=run_id)
