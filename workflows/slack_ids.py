"""Who and where in Slack, as texts: the ids that a form asks for and a decision names."""

from collections.abc import Callable
from typing import Annotated, Any, Self

from pydantic import Field, GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema
from pydantic_core.core_schema import no_info_wrap_validator_function, str_schema

USER = r"^[UW][A-Z0-9]{2,20}$"


class SlackUser(str):
    """A person in Slack: their id, a text like any other, with the *team* where that is known.

    As the field of a model it takes an id, and a form offers a menu of people.
    """

    __slots__ = ("team",)

    team: str

    def __new__(cls, user: str, team: str = "") -> Self:
        made = super().__new__(cls, user)
        made.team = team
        return made

    @property
    def actor(self) -> str:
        """The person as they are stored: with the team, where that is known."""
        return f"slack:{self.team}:{self}" if self.team else str.__str__(self)

    @property
    def mention(self) -> str:
        """The person as Slack draws one in a text of the bot's: ``<@U024BE7LH>``."""
        return f"<@{self}>"

    @classmethod
    def __get_pydantic_core_schema__(
        cls, source: type[Any], handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        return no_info_wrap_validator_function(a_user, str_schema(pattern=USER))

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        return {**handler(schema), "slack": "user"}


def a_user(given: Any, read: Callable[[Any], str]) -> SlackUser:
    """Answer an id as a person; one that is a person already keeps the team, stored or not."""
    user = read(given)
    if isinstance(given, SlackUser):
        return given
    team, _, own = user.removeprefix("slack:").rpartition(":")
    return SlackUser(own, team)


SlackChannel = Annotated[
    str, Field(pattern=r"^[CG][A-Z0-9]{2,20}$", json_schema_extra={"slack": "channel"})
]
