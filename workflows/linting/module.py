"""One module: read, looked through, and what a comment lets pass is left out."""

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

from workflows.linting import rules
from workflows.linting.bodies import replayed
from workflows.linting.finding import Finding, Rule, Unreadable
from workflows.linting.literals import Literals
from workflows.linting.names import Function, Names, dotted, variables
from workflows.linting.signals import swallowed

# `# harbor: ignore`, or `# harbor: ignore[clock, files]`, with a reason after it.
IGNORED = re.compile(r"#\s*harbor:\s*ignore\b(?:\[([\w,\s]*)\])?", re.ASCII)
EVERYTHING = frozenset({"*"})

Found = tuple[ast.expr | ast.ExceptHandler, Rule, str]


def source_of(module: str) -> Path:
    """Answer the file of a module, by import name or path. Raises Unreadable, naming it."""
    path = Path(module)
    if path.suffix == ".py" and path.is_file():
        return path
    try:
        spec = find_spec(module)
    except (ImportError, ValueError, AttributeError) as error:
        raise Unreadable(f"the module {module} cannot be found ({error})") from error
    if spec is None or spec.origin is None:
        raise Unreadable(f"the module {module} cannot be found; name it as HARBOR_JOBS does")
    return Path(spec.origin)


def lint(path: Path) -> list[Finding]:
    """Answer what is wrong in the jobs of a file, in order. Raises Unreadable, naming the line."""
    try:
        text = path.read_text()
        tree = ast.parse(text)
    except (OSError, SyntaxError, ValueError) as error:
        raise Unreadable(f"{path} cannot be read: {error}") from error
    let_pass = _comments(text)
    names, literals = Names(tree), Literals(tree)
    found = [
        (function.name, each)
        for function in replayed(tree, names)
        for each in _in_body(function, names)
    ]
    found += [(_around(tree, each[0]), each) for each in _refused(tree, literals)]
    return sorted(
        {_finding(path, where, each) for where, each in found if not _passes(each, let_pass)}
    )


def _in_body(function: Function, names: Names) -> Iterator[Found]:
    local = variables(function)
    waiting: list[ast.AST] = [*function.body]
    while waiting:
        node = waiting.pop()
        if caught := swallowed(node, names):
            yield caught[0], rules.SIGNALS, caught[1]
        if isinstance(node, ast.expr) and (found := _touched(node, names, local)):
            yield found
        # Of `os.environ.get` the whole was looked at: its parts say nothing more.
        if not (isinstance(node, ast.Attribute) and dotted(node)):
            waiting += ast.iter_child_nodes(node)


def _touched(node: ast.expr, names: Names, local: frozenset[str]) -> Found | None:
    match node:
        case ast.Call(func=ast.Attribute(attr=method) as func) if method in rules.PATH_METHODS:
            return node, rules.FILES, f"`{ast.unparse(func)}`"
    full = names.full(node, local) if isinstance(node, ast.Name | ast.Attribute) else None
    rule = rules.rule_for(full) if full else None
    return (node, rule, f"`{dotted(node)}`") if rule else None


def _refused(tree: ast.Module, literals: Literals) -> Iterator[Found]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            for argument, refusal in literals.refused(node):
                why, _, instead = refusal.partition(": ")
                instead = instead[:1].upper() + instead[1:] or "Change it"
                rule = Rule(rules.ARGUMENT, why, instead)
                yield argument, rule, f"`{ast.unparse(argument)}`"


def _around(tree: ast.Module, node: ast.AST) -> str:
    """Answer the function of the module that *node* stands in."""
    line = getattr(node, "lineno", 0)
    for each in tree.body:
        if isinstance(each, Function) and each.lineno <= line <= (each.end_lineno or 0):
            return each.name
    return "the module"


def _finding(path: Path, function: str, found: Found) -> Finding:
    node, rule, what = found
    return Finding(
        path, node.lineno, node.col_offset + 1, rule.name, function, what, rule.why, rule.instead
    )


def _passes(found: Found, let_pass: dict[int, frozenset[str]]) -> bool:
    node, rule, _ = found
    last = node.lineno if isinstance(node, ast.ExceptHandler) else node.end_lineno
    lines = range(node.lineno, (last or node.lineno) + 1)
    return any({rule.name, "*"} & let_pass.get(line, frozenset()) for line in lines)


def _comments(text: str) -> dict[int, frozenset[str]]:
    """Answer, by line, the rules that a comment on it lets pass."""
    found = {}
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.COMMENT and (ignored := IGNORED.search(token.string)):
            named = frozenset((ignored[1] or "").replace(",", " ").split())
            found[token.start[0]] = named or EVERYTHING
    return found
