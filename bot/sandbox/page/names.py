"""What to call what an id stands for."""

from markupsafe import Markup

from bot.sandbox.people import Person
from bot.sandbox.workspace import Workspace

MENTION = Markup('<span class="mention">{}</span>')


class Names:
    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace

    def user(self, user_id: str) -> Markup:
        person = self._workspace.people.get(user_id)
        return MENTION.format(f"@{person.real_name if person else user_id}")

    def channel(self, channel_id: str) -> Markup:
        channel = self._workspace.channels.get(channel_id)
        return MENTION.format(f"#{channel.name if channel else channel_id}")

    def group(self, group_id: str) -> Markup:
        group = self._workspace.groups.get(group_id)
        return MENTION.format(f"@{group.handle if group else group_id}")

    def broadcast(self, name: str) -> Markup:
        return MENTION.format(f"@{name}")

    def roles(self, person: Person) -> list[str]:
        """Name what sets a person apart, for the badges beside the name."""
        is_external = person.is_external_to(self._workspace.credentials.team_id)
        facts = {
            "app": person.is_bot,
            "admin": person.is_admin,
            "external": is_external,
            "single-channel guest": person.is_ultra_restricted,
            "guest": person.is_restricted and not person.is_ultra_restricted,
            "deactivated": person.deleted,
        }
        return [role for role, holds in facts.items() if holds]
