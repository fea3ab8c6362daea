"""Gate: a question to people, as values. Card is what is shown, Policy says who may decide."""

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any, Generic

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator
from typing_extensions import TypeVar

from workflows.actors import Decider
from workflows.truth import no_truth

USER = re.compile(r"[UW][A-Z0-9]{2,20}", re.ASCII)
GROUP = re.compile(r"S[A-Z0-9]{2,20}", re.ASCII)
TEAM = re.compile(r"[TE][A-Z0-9]{2,20}", re.ASCII)
MOST_NAMED = 100
Who = TypeVar("Who", bound=str, default=str)
MATCH_IT = (
    "write `match decision:` with `case Approved():`, `case Rejected():` and `case Expired():`"
)


class Choice(StrEnum):
    """What a person answers; the action ids of the card's buttons and the kinds of its event."""

    APPROVED = "approved"
    REJECTED = "rejected"


def _ids(form: re.Pattern[str], example: str) -> AfterValidator:
    def check(ids: tuple[str, ...]) -> tuple[str, ...]:
        for one in ids:
            if not form.fullmatch(one):
                raise ValueError(
                    f"{one!r:.80} is no Slack id: names change hands, so only ids like"
                    f" {example} are taken"
                )
        return ids

    return AfterValidator(check)


Ids = tuple[str, ...]


class Policy(BaseModel):
    """Who may decide, and how many of them are needed.

    People are named by any of *users* (ids), *groups* (user-group ids) and *channel_members*
    (members of the channel the card is in); naming nobody is an error. *teams* are ids of other
    workspaces whose members count like ours; *guests* lets guests decide.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    users: Annotated[Ids, _ids(USER, "U024BE7LH")] = Field(default=(), max_length=MOST_NAMED)
    groups: Annotated[Ids, _ids(GROUP, "S0614TZR7")] = Field(default=(), max_length=MOST_NAMED)
    channel_members: bool = False
    need: int = Field(default=1, ge=1, le=MOST_NAMED)
    requester_may_decide: bool = False
    reason_required: bool = False
    guests: bool = False
    teams: Annotated[Ids, _ids(TEAM, "T024BE7LD")] = Field(default=(), max_length=MOST_NAMED)
    tokens_may_decide: bool = False

    @model_validator(mode="before")
    @classmethod
    def _lists_are_tuples(cls, given: Any) -> Any:
        """Accept lists where ids are listed: stored policies come back as JSON."""
        if not isinstance(given, dict):
            return given
        return {
            name: tuple(value) if isinstance(value, (list, set, frozenset)) else value
            for name, value in given.items()
        }

    @model_validator(mode="after")
    def _somebody_may_decide(self) -> "Policy":
        if not (self.users or self.groups or self.channel_members or self.tokens_may_decide):
            raise ValueError(
                "this policy names nobody, so nobody could decide: name users=, groups= or"
                " channel_members=True"
            )
        only_users = not (self.groups or self.channel_members or self.tokens_may_decide)
        if only_users and len(set(self.users)) < self.need:
            raise ValueError(
                f"need={self.need}, but only {len(set(self.users))} people are named: nobody could"
                " ever complete this approval"
            )
        return self


class Card(BaseModel):
    """What people are shown, as data; Slack and the web draw it.

    *fields* are pairs of label and text, in order. *shown* is the exact payload whose digest is
    what gets approved. *requested_by* is an actor (``slack:T…:U…``, ``token:NAME``, …). *named* are
    the ids of those people and channels in title, why and fields that a type names: drawn as such.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: str
    why: str | None = None
    fields: tuple[tuple[str, str], ...] = ()
    shown: Any = None
    channel: str
    job: str
    requested_by: str
    named: frozenset[str] = frozenset()


class Kind(StrEnum):
    """What sort of somebody decides: a person in Slack, another program, or break-glass."""

    HUMAN = "human"
    TOKEN = "token"  # noqa: S105  the word, not a secret
    OPERATOR = "operator"


@dataclass(frozen=True, slots=True)
class Person:
    """Facts about somebody who wants to decide, looked up at most 60 s ago.

    *actor* is ``slack:T…:U…`` (``token:NAME``, ``operator:NAME`` for the other kinds); *groups*
    are the user groups, among those the policy names, the person is in; *in_channel* whether they
    are in the channel the card is in.
    """

    actor: str
    user: str
    team: str
    name: str = ""
    is_ours: bool = True
    is_guest: bool = False
    is_bot: bool = False
    is_active: bool = True
    groups: frozenset[str] = frozenset()
    in_channel: bool = False
    kind: Kind = Kind.HUMAN

    @classmethod
    def token(cls, name: str) -> "Person":
        """Answer another program, which decides under the name of its token."""
        return cls(actor=f"token:{name}", user="", team="", name=name, kind=Kind.TOKEN)

    @classmethod
    def operator(cls, name: str) -> "Person":
        """Answer whoever has the installation's own secret: passes every policy by, on record."""
        return cls(actor=f"operator:{name}", user="", team="", name=name, kind=Kind.OPERATOR)


@dataclass(frozen=True, slots=True)
class Vote:
    """One person's answer, on its way in.

    *version* is that of the question it answers; None: whichever is open (programs need not say).
    """

    person: Person
    choice: Choice
    note: str | None
    via: str
    version: int | None = None


@dataclass(frozen=True, slots=True)
class Cast(Generic[Who]):
    """An answer that counts: who, what, why, and when. Where it is stored, *person* is an actor."""

    person: Who
    choice: Choice
    note: str | None
    at: datetime


@no_truth(MATCH_IT)
@dataclass(frozen=True, slots=True)
class Approved:
    """As many people as needed said yes. *by* is who completed it: `match` their type."""

    by: Decider
    note: str | None
    at: datetime
    votes: tuple[Cast[Decider], ...] = ()


@no_truth(MATCH_IT)
@dataclass(frozen=True, slots=True)
class Rejected:
    """Somebody who may decide said no."""

    by: Decider
    note: str | None
    at: datetime
    votes: tuple[Cast[Decider], ...] = ()


@no_truth(MATCH_IT)
@dataclass(frozen=True, slots=True)
class Expired:
    """Nobody decided in time."""


Decision = Approved | Rejected | Expired
