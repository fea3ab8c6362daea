"""The channels and direct messages of the workspace."""

from collections.abc import Iterable
from dataclasses import dataclass

from bot.sandbox.people import BOT_NAME, OTHER_TEAM_ID, id_of
from bot.sandbox.wire import Json


@dataclass(frozen=True, kw_only=True)
class Channel:
    id: str
    name: str
    members: tuple[str, ...] = ()
    is_im: bool = False
    is_archived: bool = False
    is_ext_shared: bool = False
    user: str = ""  # the other side of a direct message

    def as_slack(self, team_id: str, bot_user_id: str) -> Json:
        """Draw the `channel` object of conversations.info as the bot sees it."""
        common: Json = {
            "id": self.id,
            "created": 1700000000,
            "is_im": self.is_im,
            "is_archived": self.is_archived,
            "is_org_shared": False,
            "context_team_id": team_id,
        }
        if self.is_im:
            return common | {"user": self.user, "is_user_deleted": False}
        return common | self._public(team_id, is_member=bot_user_id in self.members)

    def _public(self, team_id: str, *, is_member: bool) -> Json:
        connected = [OTHER_TEAM_ID] if self.is_ext_shared else []
        return {
            "name": self.name,
            "name_normalized": self.name,
            "is_channel": True,
            "is_group": False,
            "is_mpim": False,
            "is_private": False,
            "is_general": self.name == "general",
            "is_member": is_member,
            "is_shared": self.is_ext_shared,
            "is_ext_shared": self.is_ext_shared,
            "shared_team_ids": [team_id, *connected],
            "connected_team_ids": connected,
            "num_members": len(self.members),
            "topic": {"value": "", "creator": "", "last_set": 0},
            "purpose": {"value": "", "creator": "", "last_set": 0},
        }


def direct_message(user_id: str, bot_user_id: str) -> Channel:
    return Channel(
        id=f"D{user_id[1:]}", name="", members=(user_id, bot_user_id), is_im=True, user=user_id
    )


def channels() -> Iterable[Channel]:
    """Lay out the workspace: one channel for each thing that may go wrong when a bot posts."""

    def channel(name: str, people: str, *, archived: bool = False, shared: bool = False) -> Channel:
        members = tuple(id_of("U", each) for each in people.split())
        return Channel(
            id=id_of("C", name),
            name=name,
            members=members,
            is_archived=archived,
            is_ext_shared=shared,
        )

    everybody = "ana bo cam dee gus sol preview-bot"
    return (
        channel("approvals", f"{everybody} eve {BOT_NAME}", shared=True),
        channel("general", f"ana bo cam dee gus preview-bot {BOT_NAME}"),
        channel("ops", f"ana bo cam {BOT_NAME}"),
        channel("leads", "ana dee"),
        channel("archive", f"ana bo {BOT_NAME}", archived=True),
    )
