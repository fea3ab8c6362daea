"""Arguments: a run's input from the command line, read by the job's own schema."""

import os
import stat
import sys
from collections.abc import Mapping, Sequence
from typing import Any

import typer

from bot.web import strict
from bot.web.strict import LARGEST_BODY

Schema = Mapping[str, Any]


def from_pairs(job: str, pairs: Sequence[str], schema: Schema) -> dict[str, Any]:
    """Answer ``key=value`` arguments: text as it is where the field takes text, JSON elsewhere.

    Raises BadParameter, naming the field.
    """
    found: dict[str, Any] = {}
    for pair in pairs:
        name, separator, value = pair.partition("=")
        if not separator:
            raise typer.BadParameter(f"{pair!r:.80} is no key=value")
        if name in found:
            raise typer.BadParameter(f"{name}: is given twice")
        found[name] = _value(name, value, _field(job, name, schema), schema)
    return found


def from_file(path: str) -> dict[str, Any]:
    """Answer the JSON object in a regular file, or in standard input for ``-``.

    Raises BadParameter: what it is not, or where it is no JSON.
    """
    raw = sys.stdin.buffer.read(LARGEST_BODY + 1) if path == "-" else _read(path)
    if len(raw) > LARGEST_BODY:
        raise typer.BadParameter(f"--input is larger than {LARGEST_BODY // 1024} KiB")
    try:
        value = strict.loads(raw)
    except strict.Malformed as error:
        raise typer.BadParameter(f"--input: {error}") from None
    if not isinstance(value, dict):
        raise typer.BadParameter("--input must hold an object: {…}")
    return value


def _read(path: str) -> bytes:
    """Read a regular file. Opening does not block, and neither does reading: not on a FIFO."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    except OSError as error:
        raise typer.BadParameter(f"--input {path}: {error.strerror}") from error
    status = os.fstat(descriptor)
    if not stat.S_ISREG(status.st_mode):
        os.close(descriptor)
        raise typer.BadParameter(f"--input {path} is no regular file")
    with os.fdopen(descriptor, "rb") as file:
        raw = file.read(LARGEST_BODY + 1)
    if len(raw) > status.st_size:  # the files of /proc say that they are empty
        raise typer.BadParameter(f"--input {path} is no regular file")
    return raw


def _field(job: str, name: str, schema: Schema) -> Schema:
    """Answer a field's schema; a name the job does not have would be silently without effect."""
    fields: Mapping[str, Schema] = schema.get("properties", {})
    if name in fields:
        return fields[name]
    if not schema.get("additionalProperties", False):
        raise typer.BadParameter(
            f"{name}: {job} has no such field; it has {', '.join(fields) or 'none'}"
        )
    return {}


def _value(name: str, text: str, field: Schema, schema: Schema) -> Any:
    if _takes_text(field, schema):
        return text
    try:
        return strict.loads(text.encode(errors="surrogateescape"))
    except strict.Malformed as error:
        if not field:  # anything goes, so text does
            return text
        raise typer.BadParameter(f"{name}: write JSON, like 5, true or [1, 2]: {error}") from None


def _takes_text(field: Schema, schema: Schema) -> bool:
    if ref := field.get("$ref"):
        return _takes_text(schema.get("$defs", {}).get(ref.rpartition("/")[2], {}), schema)
    options = [*field.get("anyOf", []), *field.get("oneOf", []), *field.get("allOf", [])]
    return field.get("type") == "string" or any(_takes_text(each, schema) for each in options)
