"""Known: what calls of the language's own functions and of libraries answer, and do."""

import ast
import re
from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from workflows.linting import facts
from workflows.linting.binding import shared
from workflows.linting.definitions import with_trait
from workflows.linting.elements import elements
from workflows.linting.frame import Frame
from workflows.linting.invoking import ASK_TRUTH, hand_over, invoke_all, invoke_special
from workflows.linting.members import CHANGE, member
from workflows.linting.names import PURE, is_taken, rule_for
from workflows.linting.signals import suppressed
from workflows.linting.truth import tested
from workflows.linting.values import (
    NOTHING,
    Arguments,
    Constant,
    Instance,
    Known,
    Made,
    Meaning,
    Package,
    Partial,
    Pending,
    Several,
    Shared,
    Unordered,
    constant,
    one,
    union,
)

if TYPE_CHECKING:  # it asks for these
    from workflows.linting.call import Call

Answer = Callable[[Frame, "Call"], Meaning]
ORDERLESS = frozenset(
    f"builtins.{name}"
    for name in ("sorted", "set", "frozenset", "len", "min", "max", "sum", "any", "all")
)
MAKERS = re.compile(
    r"[A-Z]\w*|\w*(client|resource|session|connect|connection|engine|loop|pool|cursor|[gG]et_?[lL]ogger)"
)
SPECIAL = {
    "str": ("__str__", "__repr__"),
    "print": ("__str__", "__repr__"),
    "repr": ("__repr__",),
    "format": ("__format__", "__str__"),
    "len": ("__len__",),
    "hash": ("__hash__",),
    "int": ("__int__", "__index__"),
    "float": ("__float__",),
    "abs": ("__abs__",),
    "sorted": ("__iter__", "__lt__"),
    "sum": ("__iter__", "__add__"),
    "min": ("__iter__", "__lt__"),
    "max": ("__iter__", "__lt__"),
    "reversed": ("__reversed__",),
    "dir": ("__dir__",),
}
# They keep what they are given, or only ask what it is.
TAKE_ANYTHING = frozenset(
    {"list", "tuple", "set", "dict", "map", "filter", "zip", "enumerate", "iter", "reversed"}
    | {"isinstance", "getattr", "setattr", "hasattr", "callable", "type", "id", "staticmethod"}
)
TRUTHS = frozenset({Constant(type(None), None), *map(Known, ASK_TRUTH)})
ANSWERS: dict[str, Answer] = {}


def answers(*names: str) -> Callable[[Answer], Answer]:
    """Register what these answer."""

    def register(answer: Answer) -> Answer:
        ANSWERS.update(dict.fromkeys(names, answer))
        return answer

    return register


def prepare(frame: Frame, node: ast.Call, called: Meaning) -> None:
    """Remember which arguments are about to be sorted or counted, before they are read."""
    if any(isinstance(each, Known) and each.name in ORDERLESS for each in called):
        for each in node.args:
            frame.orderless.add(each)
            if isinstance(each, ast.Call):
                frame.orderless.update(each.args)


def answer(frame: Frame, call: "Call", name: str) -> Meaning:
    """Answer what somebody else's function answers, and note that it is used."""
    frame.note(facts.Touched(call.node, name))
    if rule_for(name) or name.partition(".")[0] not in PURE:
        frame.effect(call.node, call.text)
    if name.startswith("builtins."):
        _of_language(frame, call, name.removeprefix("builtins."))
    if is_taken(name) and not frame.scope.is_function:
        return one(Made(name))
    if name in ANSWERS:
        return ANSWERS[name](frame, call)
    if name.startswith("workflows."):
        return _of_harbor(frame, call, name.rpartition(".")[2])
    if not rule_for(name):
        hand_over(frame, call.arguments)
    return one(Made(name)) if MAKERS.fullmatch(name.rpartition(".")[2]) else NOTHING


def _of_language(frame: Frame, call: "Call", name: str) -> None:
    """Call what a function of the language calls by itself, and see that nothing is pending."""
    invoke_special(frame, union(call.arguments.every), SPECIAL.get(name, ()))
    if name.partition(".")[2] in CHANGE and (what := shared(first(call))):
        frame.note(facts.Changed(call.node, what))
    if name in TAKE_ANYTHING:
        return
    for node, given in zip(call.where, call.arguments.positional, strict=False):
        for each in given:
            if isinstance(each, Pending):
                frame.note(facts.Unawaited(node, each.verb))


def _of_harbor(frame: Frame, call: "Call", name: str) -> Meaning:
    frame.note(facts.Asked(call.node, name, call.arguments, call.where, call.named))
    if name == "job":
        listed = call.arguments.get(99, "listed")
        return one(
            Made("workflows.job" if constant(value=False) != listed else "workflows.job unlisted")
        )
    return one(Made(f"workflows.{name}"))


def first(call: "Call") -> Meaning:
    """Answer what the first argument may be."""
    return call.arguments.positional[0] if call.arguments.positional else call.arguments.rest


# -- truth ----------------------------------------------------------------------------------------


@answers("builtins.bool", "operator.truth", "operator.not_")
def _truth(frame: Frame, call: "Call") -> Meaning:
    tested(frame, call.node, first(call))
    return NOTHING


@answers("builtins.any", "builtins.all")
def _truths(frame: Frame, call: "Call") -> Meaning:
    tested(frame, call.node, union([e.every for e in first(call) if isinstance(e, Several)]))
    return NOTHING


# -- what goes through others ---------------------------------------------------------------------


@answers("builtins.list", "builtins.tuple", "builtins.iter", "builtins.reversed")
@answers("collections.deque", "itertools.chain", "itertools.cycle", "itertools.islice")
@answers("builtins.aiter", "itertools.chain.from_iterable", "itertools.accumulate")
def _list(frame: Frame, call: "Call") -> Meaning:
    return one(Several((union([elements(frame, call.node, m) for m in call.arguments.every]),)))


@answers("builtins.enumerate")
def _numbered(frame: Frame, call: "Call") -> Meaning:
    each = elements(frame, call.node, first(call))
    return one(Several((one(Several((NOTHING, each), exact=True)),)))


@answers("builtins.zip")
def _zipped(frame: Frame, call: "Call") -> Meaning:
    each = tuple(elements(frame, call.node, given) for given in call.arguments.positional)
    return one(Several((one(Several(each, exact=True)),)))


@answers("builtins.next", "builtins.anext")
def _next(frame: Frame, call: "Call") -> Meaning:
    if what := shared(first(call)):
        frame.note(facts.Changed(call.node, what))
    return elements(frame, call.node, first(call))


@answers("builtins.sorted", "builtins.min", "builtins.max", "heapq.nsmallest", "heapq.nlargest")
def _sorted(frame: Frame, call: "Call") -> Meaning:
    each = union(
        [m.every for given in call.arguments.positional for m in given if isinstance(m, Several)]
    )
    key = call.arguments.get(99, "key")
    invoke_all(frame, key, Arguments((each,)))
    if any(function in TRUTHS for function in key):
        tested(frame, call.node, each)
    return each if call.text in {"`max(…)`", "`min(…)`"} else one(Several((each,)))


@answers("builtins.map", "builtins.filter", "functools.reduce", "itertools.starmap")
@answers("itertools.filterfalse", "itertools.takewhile", "itertools.dropwhile")
def _mapped(frame: Frame, call: "Call") -> Meaning:
    function, *given = call.arguments.positional or (NOTHING,)
    each = tuple(elements(frame, call.node, m) for m in given)
    is_map = isinstance(call.func, ast.Name) and call.func.id in {"map", "starmap"}
    result = invoke_all(frame, function, Arguments(each))
    if not is_map:
        tested(frame, call.node, result)
    if any(each in TRUTHS for each in function):
        tested(frame, call.node, union(list(each)))
    return one(Several((result if is_map else union(list(each)),)))


@answers("types.SimpleNamespace", "argparse.Namespace")
def _namespace(frame: Frame, call: "Call") -> Meaning:
    keys = tuple(name for name, _ in call.arguments.named)
    return one(Several(tuple(given for _, given in call.arguments.named), keys=keys))


@answers("builtins.dict.fromkeys", "builtins.dict", "collections.OrderedDict")
@answers("collections.defaultdict")
def _dict(frame: Frame, call: "Call") -> Meaning:
    for given in call.arguments.positional[:1]:
        elements(frame, call.node, given)
    keys = tuple(name for name, _ in call.arguments.named)
    return one(Several(tuple(given for _, given in call.arguments.named), keys=keys))


@answers("builtins.set", "builtins.frozenset")
def _set(frame: Frame, call: "Call") -> Meaning:
    inside = union([each.every for each in first(call) if isinstance(each, Several)])
    return frozenset({Unordered(), Several((inside,))})


@answers("builtins.str", "builtins.repr", "builtins.format", "json.dumps", "builtins.ascii")
def _text(frame: Frame, call: "Call") -> Meaning:
    for given in call.arguments.positional[:1]:
        elements(frame, call.node, given)
    return frozenset(each for each in first(call) if isinstance(each, Made))


@answers("builtins.len", "builtins.sum", "builtins.isinstance", "builtins.print", "builtins.int")
@answers("builtins.callable", "builtins.hasattr", "builtins.issubclass", "functools.wraps")
@answers("builtins.hash", "builtins.id", "builtins.abs", "builtins.round", "builtins.range")
@answers("contextlib.nullcontext")
def _nothing(frame: Frame, call: "Call") -> Meaning:
    return NOTHING


# -- what reaches into others ---------------------------------------------------------------------


@answers("builtins.getattr")
def _getattr(frame: Frame, call: "Call") -> Meaning:
    found = [
        member(frame, first(call), each.value)
        for each in call.arguments.get(1, "name")
        if isinstance(each, Constant) and isinstance(each.value, str)
    ]
    for each in union(found):
        if isinstance(each, Known):
            frame.note(facts.Touched(call.node, each.name))
    return union([*found, call.arguments.get(2, "default")])


@answers("builtins.setattr", "builtins.delattr")
def _setattr(frame: Frame, call: "Call") -> Meaning:
    if what := shared(first(call), is_attribute=True):
        frame.note(facts.Changed(call.node, what))
    for each in call.arguments.get(1, "name"):
        if isinstance(each, Constant) and isinstance(each.value, str):
            frame.reading.keep(first(call), each.value, call.arguments.get(2, "value"))
    return NOTHING


@answers("heapq.heappush", "heapq.heappop", "heapq.heapify", "bisect.insort", "bisect.insort_left")
@answers("operator.setitem", "operator.delitem", "operator.iadd")
def _put(frame: Frame, call: "Call") -> Meaning:
    if what := shared(first(call)):
        frame.note(facts.Changed(call.node, what))
    return NOTHING


@answers("builtins.globals")
def _globals(frame: Frame, call: "Call") -> Meaning:
    return one(Shared("globals()"))


@answers("builtins.vars")
def _vars(frame: Frame, call: "Call") -> Meaning:
    return frozenset(each for each in first(call) if isinstance(each, Shared))


@answers("builtins.type")
def _type(frame: Frame, call: "Call") -> Meaning:
    return union([one(each.of) for each in first(call) if isinstance(each, Instance)])


@answers("builtins.super")
def _super(frame: Frame, call: "Call") -> Meaning:
    return frame.reading.parents(frame)


@answers("importlib.import_module", "builtins.__import__")
def _imported(frame: Frame, call: "Call") -> Meaning:
    found: list[Meaning] = []
    for each in first(call):
        if isinstance(each, Constant) and isinstance(each.value, str):
            own = frame.reading.project.absolute(each.value)
            found.append(one(Package(own)) if own else one(Known(each.value)))
    return union(found)


@answers(
    "builtins.staticmethod",
    "builtins.classmethod",
    "typing.cast",
    "copy.copy",
    "copy.deepcopy",
    "types.MappingProxyType",
    "inspect.unwrap",
)
def _same(frame: Frame, call: "Call") -> Meaning:
    given = call.arguments.positional[-1] if call.arguments.positional else NOTHING
    return frozenset(each for each in given if not isinstance(each, Shared))


@answers("functools.partial", "functools.partialmethod")
def _partial(frame: Frame, call: "Call") -> Meaning:
    calls, *others = call.arguments.positional or (NOTHING,)
    return one(Partial(calls, call.arguments._replace(positional=tuple(others))))


@answers("operator.itemgetter", "operator.attrgetter", "operator.methodcaller")
def _getter(frame: Frame, call: "Call") -> Meaning:
    return one(Partial(NOTHING, Arguments()))


@answers("functools.cache", "functools.lru_cache", "contextlib.contextmanager")
@answers("contextlib.asynccontextmanager")
def _decorated(frame: Frame, call: "Call") -> Meaning:
    return with_trait(first(call), ast.unparse(call.func or call.node))


@answers("contextlib.suppress")
def _suppress(frame: Frame, call: "Call") -> Meaning:
    if isinstance(call.node, ast.Call):
        suppressed(frame, call.node)
    return one(Made("contextlib.suppress"))


@answers("datetime.timedelta")
def _timedelta(frame: Frame, call: "Call") -> Meaning:
    values: list[Any] = [_known(given) for given in call.arguments.positional]
    named: dict[str, Any] = {name: _known(given) for name, given in call.arguments.named}
    try:
        return constant(timedelta(*values, **named))
    except (TypeError, ValueError, OverflowError):
        return NOTHING


def _known(meaning: Meaning) -> object:
    (value,) = meaning if len(meaning) == 1 else (None,)
    return value.value if isinstance(value, Constant) else None
