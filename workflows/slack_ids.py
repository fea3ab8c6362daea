"""Types for a job's input that name somebody or some place in Slack; a form offers a menu."""

from typing import Annotated

from pydantic import Field

SlackUser = Annotated[
    str, Field(pattern=r"^[UW][A-Z0-9]{2,20}$", json_schema_extra={"slack": "user"})
]
SlackChannel = Annotated[
    str, Field(pattern=r"^[CG][A-Z0-9]{2,20}$", json_schema_extra={"slack": "channel"})
]
