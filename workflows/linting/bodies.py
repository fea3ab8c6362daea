"""Bodies: the functions of a module that are called again at each replay."""

import ast
from collections.abc import Iterator

from workflows.linting.names import Function, Names

JOB = frozenset({"workflows.job", "workflows.job.job"})


def replayed(tree: ast.Module, names: Names) -> list[Function]:
    """Answer the jobs of a module and the functions of it that they call, and these, and so on.

    A function that is only named, as in ``ctx.step.run("charge", charge)``, is a step.
    """
    functions = {node.name: node for node in tree.body if isinstance(node, Function)}
    waiting = [node for node in functions.values() if _is_job(node, names)]
    found: dict[str, Function] = {}
    while waiting:
        function = waiting.pop()
        if found.setdefault(function.name, function) is function:
            called = (functions[name] for name in _called(function) if name in functions)
            waiting += [each for each in called if each.name not in found]
    return sorted(found.values(), key=lambda function: function.lineno)


def _is_job(function: Function, names: Names) -> bool:
    decorators = (d.func if isinstance(d, ast.Call) else d for d in function.decorator_list)
    return any(names.full(decorator) in JOB for decorator in decorators)


def _called(function: Function) -> Iterator[str]:
    for node in ast.walk(function):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            yield node.func.id
