"""The linter: jobs are read, what was found out is judged, what a comment lets pass left out."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

from workflows.linting import calls, containers, expressions, facts, folding, statements
from workflows.linting.annotations import annotated
from workflows.linting.finding import Finding
from workflows.linting.frame import Frame
from workflows.linting.invoking import invoke
from workflows.linting.modules import Module, Project
from workflows.linting.reading import Reading
from workflows.linting.rules import judge
from workflows.linting.rules.base import Fault, Place
from workflows.linting.scope import Scope
from workflows.linting.values import (
    Arguments,
    Class,
    Definition,
    Durable,
    Function,
    Pending,
    one,
    union,
    within,
)

READERS = (calls, containers, expressions, folding, statements)  # imported, they are registered
DEPTH = 20_000  # a helper of a helper, and so on: more than Python's own thousand


def lint(path: Path) -> list[Finding]:
    """Answer what is wrong in the jobs of a file, in order. Raises Unreadable, naming the line.

    The author's own modules that it imports are read as well; nothing is executed.
    """
    reading = Reading(Project(path))
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(max(limit, DEPTH))
    try:
        return sorted(set(_findings(reading)))
    finally:
        sys.setrecursionlimit(limit)


def _findings(reading: Reading) -> Iterator[Finding]:
    """Read everything, then judge: what a step changes is known when all that is none was read."""
    main = reading.project.main
    roots = [(main, _top(reading, main))]
    roots += [(job.function.module, _job(reading, job)) for job in list(reading.jobs.values())]
    for function in _with_context(reading, main):
        roots.append((main, reading.run(function, Arguments())))
    for module, root in roots:
        yield from _judged(reading, module, root)


def _top(reading: Reading, main: Module) -> facts.Summary:
    """Read the top of a module: jobs are defined there, and `Retries` and the like are made."""
    summary = facts.Summary("the module", main)
    reading.load(main)
    Frame(reading, reading.top(main).scope, summary).read(main.tree.body)
    summary.calls = []
    summary.facts = [each for each in summary.facts if isinstance(each, facts.Asked)]
    return summary


def _job(reading: Reading, job: facts.Defined) -> facts.Summary:
    """Read a job as it is called: with a context, and with its input."""
    function = job.function
    summary = facts.Summary("", function.module, facts=[job])
    frame = Frame(reading, Scope(function.module), summary)
    request = [
        annotated(reading, function.module, each.annotation) for each in function.node.args.args[1:]
    ]
    answer = invoke(frame, job.value, Arguments((one(Durable()), *request)))
    results = union([each.result for each in answer if isinstance(each, Pending)])
    left = frozenset(each for each in within(results) if isinstance(each, Pending))
    frame.note(facts.Dropped(function.node, left))
    return summary


def _with_context(reading: Reading, main: Module) -> Iterator[Function]:
    """Answer the functions that say they take a context: they are replayed, whoever calls them."""
    scope = reading.top(main).scope
    for node in main.tree.body:
        owner = Class(node, main, scope) if isinstance(node, ast.ClassDef) else None
        for each in [node, *(owner.node.body if owner else ())]:
            if isinstance(each, Definition) and _takes_context(reading, main, each):
                function = Function(each, main, scope, owner)
                if not reading.has_read(each):
                    yield function


def _takes_context(reading: Reading, main: Module, node: Definition) -> bool:
    taken = [*node.args.args, *node.args.kwonlyargs]
    return any(Durable() in annotated(reading, main, each.annotation) for each in taken)


def _judged(reading: Reading, job: Module, root: facts.Summary) -> Iterator[Finding]:
    for summary, way in root.walk():
        place = Place(reading, summary.module, job)
        for fact in summary.facts:
            for fault in judge(fact, place):
                if not _passes(fault.module or summary.module, fault):
                    yield _finding(summary, fault, way)


def _finding(summary: facts.Summary, fault: Fault, way: tuple[str, ...]) -> Finding:
    node, rule, what, module = fault
    return Finding(
        path=(module or summary.module).path,
        line=getattr(node, "lineno", 1),
        column=getattr(node, "col_offset", 0) + 1,
        number=rule.number,
        rule=rule.name,
        function=summary.function,
        what=what,
        why=rule.why,
        instead=rule.instead,
        via=tuple(filter(None, way)),
    )


def _passes(module: Module, fault: Fault) -> bool:
    """Whether a comment on a line of what was found lets it pass."""
    node, rule, what, _ = fault
    first = getattr(node, "lineno", 1)
    has_body = isinstance(node, ast.ExceptHandler | ast.stmt)
    last = first if has_body else getattr(node, "end_lineno", None) or first
    named = {rule.number, rule.name, "*"} | (
        {what.rpartition("(")[2].rstrip(")")} if rule.number == "L7" else set()
    )
    return any(named & module.let_pass.get(line, frozenset()) for line in range(first, last + 1))
