"""Results: what a step or a job returns, checked and read back by its return annotation.

The same object comes back on every pass, the first one too: what its JSON is read back as. A
function without an annotation returns plain JSON.
"""

import inspect
from collections.abc import Callable
from functools import cached_property, lru_cache
from types import NoneType
from typing import Any, Final, Never, NoReturn, get_type_hints

from pydantic import TypeAdapter, ValidationError
from pydantic.errors import PydanticUndefinedAnnotation, PydanticUserError

from workflows.errors import NotSerializable, ResultMismatch, StepMisused
from workflows.kept import Kept
from workflows.plain import dumps, loads, plain
from workflows.typed_dicts import extended

MOST_FUNCTIONS = 4_000
OPEN = (Any, object)
STANDS_FOR = "stands_for"
NOTHING = (None, NoneType, NoReturn, Never)


class Misfit(ValueError):
    """A stored result does not fit what the code says by now."""


class Unkept(StepMisused):
    """A return annotation that no result can be kept by. *is_early*: a class may still come."""

    is_early = False


class Returned:
    """The results of a function that says nothing of them: plain JSON."""

    def write(self, value: Any) -> str:
        """Answer a result as JSON. Raises NotSerializable."""
        return dumps(plain(value))

    def read(self, text: str) -> Any:
        """Answer what a result comes back as. Raises ValueError where it is no JSON."""
        return loads(text)


class Annotated(Returned):
    """The results of a function that says of which type they are."""

    def __init__(self, of: Any) -> None:
        self._type = of
        self._kept = Kept(of, exact=False)
        if unreadable := self._kept.unreadable:
            raise TypeError(unreadable[0][1])

    def write(self, value: Any) -> str:
        """See `Returned`. Raises ResultMismatch too, where the value is not of the type."""
        if self._kept.is_json and (text := self._as_json(value)) is not None:
            return text
        try:
            return self._kept.write(value, "result")
        except NotSerializable as error:
            if inspect.isawaitable(value) or self._fits(value):
                raise
            raise ResultMismatch(
                f"{error.path} does not fit the return annotation {shown(self._type)}: it is a"
                f" {type(value).__name__}"
            ) from error

    def read(self, text: str) -> Any:
        """See `Returned`. Raises Misfit where it does not fit the type."""
        try:
            value, made_anew = self._kept.complete(text)
        except ValidationError as error:
            first = error.errors(include_url=False, include_input=False, include_context=False)[0]
            if first["type"] == "json_invalid":
                raise ValueError(first["msg"]) from error
            where = ".".join(map(str, first["loc"]))
            raise Misfit(f"{where}: {first['msg']}" if where else first["msg"]) from error
        if made_anew:
            raise Misfit("what is new in it would be another at every pass: give it a default")
        return value

    def _as_json(self, value: Any) -> str | None:
        """Answer a value that is JSON by its type already; None: look closer."""
        text = dumps(plain(value))
        return text if self._kept.is_exactly(text) else None

    def _fits(self, value: Any) -> bool:
        try:
            self._adapter.validate_python(value, strict=True)
        except BaseException:  # noqa: BLE001  an author's type may raise anything whatever
            return False
        return True

    @cached_property
    def _adapter(self) -> TypeAdapter[Any]:
        return TypeAdapter(self._type)


PLAIN: Final = Returned()


def of(function: Callable[..., Any]) -> Returned:
    """Answer how the results of a function are kept. Raises Unkept, before it is called."""
    return _of(getattr(function, "__func__", function))


def standing_in(function: Callable[..., Any], called: Callable[..., Any]) -> Callable[..., Any]:
    """Answer an async function as one that goes by the name and the annotation of *called*."""

    async def stand_in(*args: Any) -> Any:
        return await function(*args)

    stand_in.__qualname__ = called.__qualname__
    setattr(stand_in, STANDS_FOR, called)
    return stand_in


@lru_cache(MOST_FUNCTIONS)
def _of(function: Callable[..., Any]) -> Returned:
    annotation = _annotation(getattr(function, STANDS_FOR, function))
    if annotation is inspect.Signature.empty or any(annotation is each for each in OPEN):
        return PLAIN
    try:
        if any(annotation is each for each in NOTHING):
            return Annotated(None)
        return Annotated(extended(annotation))
    except (PydanticUserError, PydanticUndefinedAnnotation, TypeError) as error:
        refused = Unkept(
            f"{_named(function)} says that it returns {shown(annotation)}, which cannot be kept as"
            f" JSON and read back ({str(error).partition(chr(10))[0]}): let it return a model, a"
            " dataclass or plain JSON. Nothing was called"
        )
        refused.is_early = getattr(error, "code", "") in EARLY
        raise refused from error


EARLY = frozenset({"class-not-fully-defined", "undefined-annotation"})


def _annotation(function: Callable[..., Any]) -> Any:
    """Answer what a function says that it returns; only this is looked up of what it says."""
    if isinstance(function, type):
        return function
    bare = getattr(function, "__func__", function)
    said = getattr(bare, "__annotations__", {}).get("return", inspect.Signature.empty)
    if said is inspect.Signature.empty:
        return said
    try:
        known = getattr(inspect.unwrap(bare), "__globals__", {})
        return get_type_hints(_saying(said), known, include_extras=True)["return"]
    except Exception as error:
        raise Unkept(
            f"{_named(function)}: its return annotation {said!r:.80} cannot be read"
            f" ({type(error).__name__}: {error}). Nothing was called"
        ) from error


def _saying(annotation: Any) -> Callable[..., Any]:
    def function() -> None: ...

    function.__annotations__ = {"return": annotation}
    return function


def _named(function: Callable[..., Any]) -> str:
    return f"{function.__module__}.{function.__qualname__}"


def shown(annotation: Any) -> str:
    """Answer an annotation as people write it."""
    return annotation.__name__ if isinstance(annotation, type) else str(annotation)
