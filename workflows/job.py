"""Job: a registered async function, checked when it is defined, not when it runs."""

import inspect
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, Generic, cast, get_type_hints

from pydantic import BaseModel
from typing_extensions import TypeVar

from workflows import inputs, results
from workflows.context import Context
from workflows.errors import InputRefused, JobRefused, NotSerializable
from workflows.inputs import Given, Unaccepted
from workflows.results import Returned
from workflows.schedule import Schedule, schedule

NAME = re.compile(r"[a-z][a-z0-9-]{0,62}[a-z0-9]", re.ASCII)
LARGEST_INPUT = 256 * 1024  # characters of JSON
MOST_AT_ONCE = 1000
UTC = "UTC"

# Without its brackets a Job is one of any input and any result.
Model = TypeVar("Model", bound=BaseModel, default=Any)
Result = TypeVar("Result", default=Any)

Function = Callable[[Context, Model], Awaitable[Result]]


@dataclass(frozen=True)
class Job(Generic[Model, Result]):
    """A registered job. *model* is its input's pydantic model."""

    name: str
    description: str
    function: Function[Model, Result] = field(repr=False)
    model: type[Model] = field(repr=False)
    guests_may_start: bool = False
    at_once: int | None = None  # how many of its runs are executed at once; None: no limit
    schedule: Schedule | None = None  # when it starts by itself; None: only when it is asked to

    @property
    def place(self) -> str:
        """Where its code is, for people."""
        code = inspect.unwrap(self.function).__code__
        return f"{self.function.__module__} ({code.co_filename}:{code.co_firstlineno})"

    @property
    def returned(self) -> Returned:
        """How its results are kept. Raises StepMisused where they cannot be."""
        return results.of(self.function)

    def accept(self, arguments: Given) -> str:
        """Answer *arguments*, checked and with defaults, as JSON. Raises InputRefused."""
        try:
            text = inputs.of(self.model).accept(arguments)
        except Unaccepted as error:
            raise InputRefused(self.name, error.problems) from error
        if len(text) > LARGEST_INPUT:
            raise InputRefused(self.name, {"": f"larger than {LARGEST_INPUT // 1024} KiB"})
        return text

    def read(self, stored: str) -> BaseModel:
        """Answer a stored input as its model. Raises InputRefused when its types have changed."""
        return self.complete(stored)[0]

    def complete(self, stored: str) -> tuple[BaseModel, str | None]:
        """See `read`; with how it is to be stored from now on, where a default was made for it."""
        try:
            return inputs.of(self.model).read(stored)
        except Unaccepted as error:
            raise InputRefused(self.name, error.problems) from error


def job(
    *,
    name: str,
    description: str = "",
    guests_may_start: bool = False,
    at_once: int | None = None,
    cron: str | None = None,
    timezone: str = UTC,
) -> Callable[[Function[Model, Result]], Job[Model, Result]]:
    """Make a job of an async function of a `Context` and one pydantic model.

    *at_once* is how many of its runs may be executed at the same time; the others stay ready.
    A run that waits is not executed. *cron* is when it starts by itself, with its defaults as its
    input: five fields, read in *timezone*. Raises JobRefused when the definition cannot work,
    naming the job and the fault.
    """

    def define(function: Function[Model, Result]) -> Job[Model, Result]:
        _check_name(name)
        _check_limit(name, at_once)
        defined = Job(
            name=name,
            description=description or inspect.getdoc(function) or "",
            function=function,
            model=cast(type[Model], _model(name, function)),
            guests_may_start=guests_may_start,
            at_once=at_once,
            schedule=_schedule(name, cron, timezone),
        )
        _check_returned(defined)
        _check_start(defined)
        return defined

    return define


def _check_name(name: object) -> None:
    if not isinstance(name, str) or not NAME.fullmatch(name):
        raise JobRefused(
            f"{name!r:.80} cannot name a job: 2 to 64 lower-case letters, digits and hyphens,"
            " beginning with a letter"
        )


def _check_limit(name: str, at_once: object) -> None:
    if at_once is not None and (type(at_once) is not int or not 1 <= at_once <= MOST_AT_ONCE):
        raise JobRefused(
            f"the job {name!r} has at_once={at_once!r:.80}: from 1 to {MOST_AT_ONCE} of its runs"
            " executed at once, or leave it out"
        )


def _schedule(name: str, cron: str | None, timezone: str) -> Schedule | None:
    try:
        if cron is not None:
            return schedule(cron, timezone)
    except JobRefused as error:
        raise JobRefused(f"the job {name!r} has {error}") from error
    if timezone != UTC:
        raise JobRefused(f"the job {name!r} has timezone={timezone!r:.80} but no cron=: give both")
    return None


def _check_returned(defined: Job) -> None:
    """Refuse a job whose results could not be kept, whatever they are."""
    try:
        _ = defined.returned
    except results.Unkept as error:
        if not error.is_early:
            raise JobRefused(f"the job {defined.name!r}: {error}") from error


def _check_start(defined: Job) -> None:
    """Refuse a job that starts by itself but cannot: nobody is there to fill its form in."""
    if defined.schedule is None:
        return
    try:
        defined.accept({})
    except (InputRefused, NotSerializable) as error:
        raise JobRefused(
            f"the job {defined.name!r} has cron={defined.schedule.cron!r}, so nobody is asked for"
            f" its input; give every field of {defined.model.__name__} a default ({error})"
        ) from error


def _model(name: str, function: Function) -> type[BaseModel]:
    """Answer the model a job's function takes. Raises JobRefused when its form is another."""
    # A method's name has a dot in it, that of a function inside another "<locals>".
    if not inspect.iscoroutinefunction(function) or "." in function.__qualname__:
        raise JobRefused(f"the job {name!r} must be an `async def` function of a module")
    parameters = list(inspect.signature(function).parameters.values())
    positional = inspect.Parameter.POSITIONAL_OR_KEYWORD
    if len(parameters) != 2 or any(p.kind is not positional for p in parameters):  # noqa: PLR2004
        raise JobRefused(f"the job {name!r} must take exactly two arguments: (ctx, request)")
    model = _hints(name, function).get(parameters[1].name)
    if not (isinstance(model, type) and issubclass(model, BaseModel)):
        raise JobRefused(
            f"the job {name!r} must annotate {parameters[1].name!r} with a pydantic model:"
            " its form and its checks are made of it"
        )
    _check_defaults(name, model)
    _check_readable(name, model)
    _check_secrets(name, model)
    return model


def _hints(name: str, function: Function) -> dict[str, Any]:
    try:
        return get_type_hints(function)
    except Exception as error:
        raise JobRefused(
            f"the job {name!r}: its annotations cannot be read ({type(error).__name__}: {error})"
        ) from error


def _check_defaults(name: str, model: type[BaseModel]) -> None:
    """Refuse a model with a default that cannot be stored as the run's input."""
    for attribute in model.model_fields:
        try:
            inputs.of(model).check_default(attribute)
        except NotSerializable as error:
            raise JobRefused(
                f"the job {name!r}: the default of {model.__name__}.{error}; give it one that"
                " is JSON, or none"
            ) from error


def _check_readable(name: str, model: type[BaseModel]) -> None:
    """Refuse a model with a type that is never stored: what the job gets is read from the store."""
    for place, why in inputs.of(model).unreadable:
        raise JobRefused(
            f"the job {name!r}: {model.__name__}.{place}: {why}; its input is stored as JSON and"
            " read back by its types, so give it another type"
        )


def _check_secrets(name: str, model: type[BaseModel]) -> None:
    """Refuse a model that asks for a secret: an input is stored, shown, and kept for the audit.

    Pydantic writes a SecretStr as asterisks, so the job would not even get what was given.
    """
    if field := _secret_in(inputs.json_schema(model)):
        raise JobRefused(
            f"the job {name!r}: {model.__name__} asks for a secret ({field}), and inputs are stored"
            " and shown; let the job's step read it from the environment"
        )


def _secret_in(schema: Any) -> str | None:
    """Answer the title of the first secret that a schema describes, at any depth."""
    if isinstance(schema, list):
        return next(filter(None, map(_secret_in, schema)), None)
    if not isinstance(schema, dict):
        return None
    if schema.get("writeOnly") is True and schema.get("format") == "password":
        return str(schema.get("title", "untitled"))
    return _secret_in(list(schema.values()))
