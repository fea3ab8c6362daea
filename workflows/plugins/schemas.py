"""Whether arguments fit a tool's own schema, decided before anything is sent."""

from collections.abc import Mapping
from typing import Any

from jsonschema import Draft202012Validator, SchemaError
from jsonschema.exceptions import ValidationError
from jsonschema.validators import validator_for
from referencing import Registry
from referencing.exceptions import Unresolvable

MOST_PROBLEMS = 5
LONGEST_PROBLEM = 200  # characters; a problem quotes the argument, which may be long


def problems(schema: Mapping[str, Any], arguments: Mapping[str, Any]) -> list[str]:
    """Answer what the schema has against *arguments*, the first few; empty if nothing.

    A schema that is itself wrong, or refers to another document, is left to the server to apply.
    """
    # Decides for MCP: a schema without "$schema" is read as draft 2020-12.
    kind = validator_for(schema, default=Draft202012Validator)
    try:
        kind.check_schema(dict(schema))
        # An empty registry: by default a "$ref" to elsewhere would be fetched over the network.
        errors = list(kind(schema, registry=Registry()).iter_errors(arguments))
    except (SchemaError, Unresolvable):
        return []
    return [_described(error) for error in errors[:MOST_PROBLEMS]]


def signature(schema: Mapping[str, Any]) -> str:
    """Answer the arguments a schema declares, in one line."""
    required = schema.get("required", ())
    names = [
        f"{name} (required)" if name in required else name for name in schema.get("properties", {})
    ]
    return ", ".join(names) or "no arguments"


def _described(error: ValidationError) -> str:
    message = error.message
    if len(message) > LONGEST_PROBLEM:
        message = f"{message[:LONGEST_PROBLEM]}…"
    where = error.json_path.removeprefix("$").removeprefix(".")
    return f"{where}: {message}" if where else message
