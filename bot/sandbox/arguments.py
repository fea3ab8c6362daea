"""What a Web API call was given, from query, form or JSON, read with Slack's own refusals."""

from typing import Any

import orjson
from aiohttp import web

from bot.sandbox.refusal import Refused
from bot.sandbox.wire import Json

FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")
TRUE, FALSE = {"true", "1"}, {"false", "0"}


class Arguments:
    """Values by name; each reader refuses what does not fit, as Slack names it."""

    def __init__(self, values: Json) -> None:
        self.values = values

    def text(self, name: str) -> str:
        """Read a required text."""
        found = self.optional(name)
        if not found:
            raise Refused("invalid_arguments", f"missing required field: {name}")
        return found

    def optional(self, name: str, default: str = "") -> str:
        value = self.values.get(name)
        if value is None:
            return default
        if isinstance(value, dict | list):
            raise Refused("invalid_arguments", f"must be a string [json-pointer:/{name}]")
        return str(value)

    def flag(self, name: str, *, default: bool) -> bool:
        value = str(self.values.get(name, default)).lower()
        if value in TRUE | FALSE:
            return value in TRUE
        raise Refused("invalid_arguments", f"must be a boolean [json-pointer:/{name}]")

    def number(self, name: str, default: int) -> int:
        try:
            return int(self.values.get(name) or default)
        except (TypeError, ValueError) as error:
            raise Refused(
                "invalid_arguments", f"must be a number [json-pointer:/{name}]"
            ) from error

    # Any: JSON that the caller checks next, against a schema.
    def tree(self, name: str, refusal: str = "invalid_arguments") -> Any:
        """Read a JSON value, which Slack takes as an object or as a string of JSON."""
        value = self.values.get(name)
        if not isinstance(value, str):
            return value
        try:
            return orjson.loads(value) if value else None
        except ValueError as error:
            raise Refused(refusal, f"must be valid JSON [json-pointer:/{name}]") from error


async def read(request: web.Request) -> Arguments:
    """Collect the arguments of a call; raises Refused for a body that cannot be read."""
    values: Json = dict(request.query)
    if not request.can_read_body:
        return Arguments(values)
    if request.content_type == "application/json":
        return Arguments(values | await _json(request))
    if request.content_type in FORMS:
        return Arguments(values | dict(await request.post()))
    raise Refused("invalid_post_type")


async def _json(request: web.Request) -> Json:
    try:
        body = orjson.loads(await request.read())
    except ValueError as error:
        raise Refused("invalid_json") from error
    if not isinstance(body, dict):
        raise Refused("json_not_object")
    return body
