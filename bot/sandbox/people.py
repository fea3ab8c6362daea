"""The people of the workspace "Acme", one of each kind that an approval bot must tell apart."""

from collections.abc import Iterable
from dataclasses import dataclass

from bot.sandbox.credentials import Credentials
from bot.sandbox.wire import Json

TEAM_NAME = "Acme"
TEAM_DOMAIN = "acme"
OTHER_TEAM_ID = "T0GLOBEX0"
BOT_NAME = "harbor"


def id_of(prefix: str, name: str) -> str:
    """Make the same id from the same name every time: tests and bookmarks may rely on it."""
    return f"{prefix}0{name.replace('-', '').upper():0>7}"


@dataclass(frozen=True, kw_only=True)
class Person:
    id: str
    name: str
    real_name: str
    team_id: str
    deleted: bool = False
    is_bot: bool = False
    is_admin: bool = False
    is_restricted: bool = False
    is_ultra_restricted: bool = False
    bot_id: str | None = None
    updated: int = 0

    @property
    def is_guest(self) -> bool:
        return self.is_restricted or self.is_ultra_restricted

    def is_external_to(self, team_id: str) -> bool:
        return self.team_id != team_id

    def as_slack(self, team_id: str) -> Json:
        """Draw the `user` object of users.info as seen from the workspace *team_id*."""
        user: Json = {
            "id": self.id,
            "team_id": self.team_id,
            "name": self.name,
            "real_name": self.real_name,
            "profile": self._profile(),
            "deleted": self.deleted,
            "is_bot": self.is_bot,
            "is_app_user": False,
            "updated": self.updated,
        }
        # Slack leaves roles and time zone out for people who have left.
        if not self.deleted:
            user |= self._roles()
        # False also for strangers who share a channel with us: it is no test for "external".
        if self.is_external_to(team_id):
            user["is_stranger"] = False
        return user

    def _profile(self) -> Json:
        profile: Json = {"display_name": self.name, "real_name": self.real_name}
        if self.is_bot:
            return profile | {"bot_id": self.bot_id}
        return profile | {"email": f"{self.name}@example.com"}

    def _roles(self) -> Json:
        return {
            "is_admin": self.is_admin,
            "is_owner": False,
            "is_primary_owner": False,
            "is_restricted": self.is_restricted,
            "is_ultra_restricted": self.is_ultra_restricted,
            "tz": "Etc/UTC",
            "tz_label": "Coordinated Universal Time",
            "tz_offset": 0,
        }


@dataclass(frozen=True, kw_only=True)
class Group:
    id: str
    handle: str
    name: str
    users: tuple[str, ...]

    def as_slack(self, team_id: str) -> Json:
        return {
            "id": self.id,
            "team_id": team_id,
            "is_usergroup": True,
            "name": self.name,
            "handle": self.handle,
            "user_count": len(self.users),
            "date_delete": 0,
        }


def cast(credentials: Credentials) -> Iterable[Person]:
    """Name everybody in the workspace, in the order in which the page offers them."""

    def person(name: str, real_name: str, **facts: str | bool) -> Person:
        known: Json = {"team_id": credentials.team_id} | facts
        return Person(id=id_of("U", name), name=name, real_name=real_name, **known)

    return (
        person("ana", "Ana Almeida", is_admin=True),
        person("bo", "Bo Lindqvist"),
        person("cam", "Cam Okafor"),
        person("dee", "Dee Marchetti"),
        person("gus", "Gus Petrov", is_restricted=True),
        person("sol", "Sol Tanaka", is_restricted=True, is_ultra_restricted=True),
        person("eve", "Eve Laurent", team_id=OTHER_TEAM_ID),
        person("fin", "Fin Walsh", deleted=True),
        person("preview-bot", "Preview Bot", is_bot=True, bot_id=id_of("B", "preview-bot")),
        person(BOT_NAME, "Harbor", is_bot=True, bot_id=id_of("B", BOT_NAME)),
    )


def groups() -> Iterable[Group]:
    members = (id_of("U", "bo"), id_of("U", "cam"))
    return (
        Group(
            id=id_of("S", "release"),
            handle="release-managers",
            name="Release managers",
            users=members,
        ),
    )
