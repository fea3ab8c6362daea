"""The API's own description (OpenAPI 3.1), made of the models that read and write its bodies."""

from dataclasses import dataclass, field
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from bot.web import shapes
from bot.web.cursors import DEFAULT_LIMIT, LARGEST_LIMIT
from workflows.engine.base import RunStatus

Json = dict[str, Any]

REF = "#/components/schemas/{model}"
ABOUT = """Start runs, deliver events, read what became of them.

Send a token with every request: `Authorization: Bearer hbr_…`; `harbor token create` makes one.
Bodies are strict JSON in UTF-8, of at most 256 KiB. A request that is sent again with the same
key is done once. Errors are `application/problem+json` with a `code` to act on."""
PROBLEMS = {
    400: "The request or its JSON is malformed.",
    401: "There is no token, or none that is in use.",
    403: "The token lacks the scope, or a person has to decide.",
    404: "There is no such run or job, or none this token sees.",
    409: "It has been decided, or the key came with something else before.",
    410: "The deadline has passed, or the run has ended.",
    413: "The body is too large.",
    415: "The body is not JSON.",
    422: "The body does not fit; `errors` says where.",
    429: "Too many requests; `Retry-After` says when to come back.",
    503: "Nothing was written, or it is unknown: send the same again with the same key.",
}
RUN_ID: Json = {
    "name": "run_id",
    "in": "path",
    "required": True,
    "schema": {"type": "string", "pattern": "^[0-9a-hjkmnp-tv-z]{26}$"},
}
KEY: Json = {
    "name": "Idempotency-Key",
    "in": "header",
    "description": "1 to 255 visible ASCII characters. Left out, one is made and answered.",
    "schema": {"type": "string", "pattern": r"^[\x21-\x7e]{1,255}$"},
}
LIST: list[Json] = [
    {
        "name": "limit",
        "in": "query",
        "schema": {
            "type": "integer",
            "minimum": 1,
            "maximum": LARGEST_LIMIT,
            "default": DEFAULT_LIMIT,
        },
    },
    {
        "name": "cursor",
        "in": "query",
        "description": "`next` of the page before.",
        "schema": {"type": "string"},
    },
    {"name": "status", "in": "query", "schema": {"type": "string", "enum": list(RunStatus)}},
    {"name": "job", "in": "query", "schema": {"type": "string"}},
]
FORCE: Json = {
    "name": "force",
    "in": "query",
    "description": "The same as `force` in the body.",
    "schema": {"type": "string", "enum": ["", "true", "1"]},
}


@dataclass(frozen=True)
class Operation:
    """One method of one path. *answers* maps a status to what it means; all have *body*."""

    method: str
    path: str
    summary: str
    scope: str | None
    answers: dict[int, str]
    body: type[BaseModel] | None
    refuses: tuple[int, ...] = ()
    takes: type[BaseModel] | None = None
    takes_always: bool = True
    parameters: list[Json] = field(default_factory=list)


WRITES = (400, 413, 415, 422, 503)
OPERATIONS = (
    Operation("get", "/jobs", "The jobs there are", "runs:read", {200: "The jobs"}, shapes.Jobs),
    Operation(
        "post",
        "/runs",
        "Start a run",
        "runs:write",
        {201: "The run", 200: "The run that the same key started before"},
        shapes.Run,
        (404, 409, *WRITES),
        shapes.StartRun,
    ),
    Operation(
        "get",
        "/runs",
        "Runs, newest first",
        "runs:read",
        {200: "A page"},
        shapes.Runs,
        (422,),
        parameters=LIST,
    ),
    Operation(
        "get",
        "/runs/{run_id}",
        "One run, with its waits and its timeline",
        "runs:read",
        {200: "The run"},
        shapes.Run,
        (404,),
        parameters=[RUN_ID],
    ),
    Operation(
        "post",
        "/runs/{run_id}/events",
        "Deliver an event",
        "events:write",
        {202: "It is stored", 200: "It had been stored with this key before"},
        shapes.Receipt,
        (404, 409, 410, *WRITES),
        shapes.SendEvent,
        parameters=[RUN_ID, KEY],
    ),
    Operation(
        "post",
        "/runs/{run_id}/cancel",
        "Ask a run to end",
        "runs:write",
        {202: "It is asked for"},
        shapes.Run,
        (404, 409, 410, *WRITES),
        shapes.CancelRun,
        takes_always=False,
        parameters=[RUN_ID, FORCE],
    ),
    Operation(
        "post",
        "/runs/{run_id}/retry",
        "Continue a blocked run, or a failed one at the step that ended it",
        "runs:write",
        {202: "It goes on"},
        shapes.Run,
        (404, 409, *WRITES),
        shapes.RetryRun,
        takes_always=False,
        parameters=[RUN_ID],
    ),
    Operation(
        "get",
        "/metrics",
        "Figures for Prometheus, as text; without a token for a direct peer on loopback",
        "metrics:read",
        {200: "The figures"},
        None,
        (503,),
    ),
    Operation("get", "/healthz", "Whether it lives", None, {200: "It does"}, None),
    Operation(
        "get",
        "/readyz",
        "Whether it can work",
        None,
        {200: "It can", 503: "It cannot, and why"},
        None,
    ),
)


@cache
def document() -> Json:
    """Answer the description."""
    return {
        "openapi": "3.1.0",
        "info": {"title": "Harbor for Slack", "version": _version(), "description": ABOUT},
        "security": [{"token": []}],
        "paths": _paths(),
        "components": {
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
            "schemas": _schemas(),
        },
    }


def _version() -> str:
    try:
        return version("harbor-for-slack")
    except PackageNotFoundError:
        return "0"


def _paths() -> Json:
    paths: Json = {}
    for operation in OPERATIONS:
        paths.setdefault(operation.path, {})[operation.method] = _operation(operation)
    return paths


def _operation(operation: Operation) -> Json:
    described: Json = {
        "operationId": _name(operation),
        "summary": operation.summary,
        "responses": _responses(operation),
    }
    if operation.scope is None:
        described["security"] = []
    else:
        described["description"] = f"Needs the scope `{operation.scope}`."
        described["x-scope"] = operation.scope
    if operation.parameters:
        described["parameters"] = operation.parameters
    if operation.takes is not None:
        described["requestBody"] = {
            "required": operation.takes_always,
            "content": _json(operation.takes),
        }
    return described


def _name(operation: Operation) -> str:
    last = operation.path.replace("{run_id}", "run").strip("/").replace("/", "_")
    return f"{operation.method}_{last}"


def _responses(operation: Operation) -> Json:
    found: Json = {}
    for status, meaning in operation.answers.items():
        found[str(status)] = {"description": meaning}
        if operation.body is not None:
            found[str(status)]["content"] = _json(operation.body)
    known = () if operation.scope is None else (401, 403, 429, *operation.refuses)
    for status in sorted(known):
        found[str(status)] = {
            "description": PROBLEMS[status],
            "content": _json(shapes.ProblemBody, "application/problem+json"),
        }
    return found


def _json(model: type[BaseModel], content_type: str = "application/json") -> Json:
    return {content_type: {"schema": {"$ref": REF.format(model=model.__name__)}}}


def _schemas() -> Json:
    taken = {each.takes for each in OPERATIONS if each.takes}
    given = {each.body for each in OPERATIONS if each.body} | {shapes.ProblemBody}
    by_name = sorted(
        [(model, "validation") for model in taken] + [(model, "serialization") for model in given],
        key=lambda pair: pair[0].__name__,
    )
    _, schemas = models_json_schema(by_name, ref_template=REF)  # type: ignore[arg-type]
    return dict(schemas["$defs"])
