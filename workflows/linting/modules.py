"""Modules: the author's own, read as text and never imported."""

import ast
import io
import re
import sys
import sysconfig
import tokenize
from functools import cached_property
from importlib.machinery import ModuleSpec
from pathlib import Path

from workflows.linting.finding import Unreadable

# `# harbor: ignore`, or `# harbor: ignore[L1, files]`, with a reason after it.
IGNORED = re.compile(r"#\s*harbor:\s*ignore\b(?:\[([\w,\s]*)\])?", re.ASCII)
EVERYTHING = frozenset({"*"})
PROJECT = ("pyproject.toml", "setup.py", "setup.cfg", ".git")
HARBOR = Path(__file__).parents[2]
INSTALLED = frozenset({"site-packages", "dist-packages"})
OURS = ("bot", "store", "workflows")


class Module:
    """One file: its text, what is at its top, and what its comments let pass."""

    def __init__(self, path: Path, text: str) -> None:
        self.path = path
        self.text = text
        self.tree = ast.parse(text)

    @classmethod
    def read(cls, path: Path) -> "Module":
        """Read a file. Raises Unreadable, naming the line."""
        try:
            return cls(path, "" if path.is_dir() else path.read_text("utf-8"))
        except (OSError, SyntaxError, ValueError) as error:
            raise Unreadable(f"{path} cannot be read: {error}") from error

    @property
    def folder(self) -> Path:
        """Answer where the modules inside it, or beside it, are."""
        return self.path if self.path.is_dir() else self.path.parent

    @property
    def is_package(self) -> bool:
        """Whether other modules are inside of it."""
        return self.path.is_dir() or self.path.name == "__init__.py"

    @cached_property
    def attributes(self) -> frozenset[str]:
        """Answer the attributes that are asked for in it, of whatever."""
        every = ast.walk(self.tree)
        asked = {n.attr for n in every if isinstance(n, ast.Attribute) and _is_read(n)}
        return frozenset(asked | {text for n in ast.walk(self.tree) if (text := _text(n))})

    @cached_property
    def let_pass(self) -> dict[int, frozenset[str]]:
        """Answer, by line, the rules that a comment on it lets pass."""
        found = {}
        for token in tokenize.generate_tokens(io.StringIO(self.text).readline):
            if token.type == tokenize.COMMENT and (ignored := IGNORED.search(token.string)):
                named = frozenset((ignored[1] or "").replace(",", " ").split())
                found[token.start[0]] = named or EVERYTHING
        return found


class Project:
    """The modules that belong to the author, found from one of them."""

    def __init__(self, path: Path) -> None:
        self._modules: dict[Path, Module | None] = {}
        self.main = Module.read(path)
        self._modules[path.resolve()] = self.main
        self._package = _package(path.resolve())
        self._roots = [*_roots(path.resolve()), *_own_paths()]

    @property
    def modules(self) -> list[Module]:
        """Answer every module that was read."""
        return [each for each in self._modules.values() if each]

    def absolute(self, name: str) -> Module | None:
        """Answer the author's own module of this name, or None: it is somebody else's."""
        parts = name.split(".")
        if parts[0] in sys.stdlib_module_names:
            return None
        roots = [HARBOR] if parts[0] == "workflows" else self._roots
        if parts[0] == self._package.name:
            roots = [self._package.parent, *roots]
        return next(filter(None, (self._below(root, parts) for root in roots)), None)

    def relative(self, module: Module, level: int, name: str | None) -> Module | None:
        """Answer what ``from ..name import`` means in *module*."""
        folder = module.folder
        for _ in range(level - 1):
            folder = folder.parent
        return self._below(folder, name.split(".")) if name else self._at(folder)

    def inside(self, module: Module, name: str) -> Module | None:
        """Answer the module *name* of a package."""
        return self._below(module.folder, [name]) if module.is_package else None

    def _below(self, folder: Path, parts: list[str]) -> Module | None:
        for part in parts[:-1]:
            folder /= part
        file = folder / f"{parts[-1]}.py"
        return self._file(file) if file.is_file() else self._at(folder / parts[-1])

    def _at(self, folder: Path) -> Module | None:
        init = folder / "__init__.py"
        if init.is_file():
            return self._file(init)
        return self._file(folder) if any(folder.glob("*.py")) else None

    def _file(self, path: Path) -> Module | None:
        path = path.resolve()
        if path not in self._modules:
            self._modules[path] = None if _is_harbors(path) else _readable(path)
        return self._modules[path]


def _is_read(node: ast.Attribute) -> bool:
    return isinstance(node.ctx, ast.Load)


def _text(node: ast.AST) -> str | None:
    """Answer a text: it may name an attribute, as in `getattr`."""
    match node:
        case ast.Constant(value=str(text)):
            return text
        case _:
            return None


def _readable(path: Path) -> Module | None:
    """Answer a module that another one imports; one that is no Python says nothing here."""
    try:
        return Module.read(path)
    except Unreadable:
        return None


def _is_harbors(path: Path) -> bool:
    """Whether a file is part of Harbor itself, the jobs that come with it aside."""
    inside = path.relative_to(HARBOR).parts if path.is_relative_to(HARBOR) else ()
    return inside[:1] in {(each,) for each in OURS} and inside[:2] != ("workflows", "jobs")


def _package(path: Path) -> Path:
    """Answer the outermost package that a file is in, or its folder."""
    folder = path.parent
    while (folder.parent / "__init__.py").is_file():
        folder = folder.parent
    return folder


def _roots(path: Path) -> list[Path]:
    """Answer the folders from which an import of this file may begin: nearest first."""
    root = path.parent
    while (root / "__init__.py").is_file():
        root = root.parent
    if root.name in INSTALLED:
        return []  # the package of the file itself is looked for by name
    above = list(root.parents)
    last = next((n for n, folder in enumerate(above) if _is_project(folder)), -1)
    folders = [root] if _is_project(root) else [root, *above[: last + 1]]
    return [each for folder in folders for each in (folder, folder / "src")]


def _is_project(folder: Path) -> bool:
    return any((folder / each).exists() for each in PROJECT)


def _own_paths() -> list[Path]:
    """Answer where Python looks for modules that were not installed, nor are its own."""
    installed = {
        sysconfig.get_path(each) for each in ("stdlib", "platstdlib", "purelib", "platlib")
    }
    paths = [Path(each or ".").resolve() for each in sys.path]
    return [path for path in paths if str(path) not in installed and not INSTALLED & {*path.parts}]


def source_of(module: str) -> Path:
    """Answer the file of a module, by import name or path. Raises Unreadable, naming it.

    Nothing is imported for it, its packages neither.
    """
    path = Path(module)
    if path.suffix == ".py" and path.is_file():
        return path
    spec = _spec(module) if module and not module.startswith(".") else None
    if spec is None or spec.origin is None or not spec.origin.endswith(".py"):
        raise Unreadable(f"the module {module} cannot be found; name it as HARBOR_JOBS does")
    return Path(spec.origin)


def _spec(module: str) -> ModuleSpec | None:
    """Find a module as an import would, but without importing the packages it is in."""
    below: list[str] | None = None
    spec: ModuleSpec | None = None
    name = ""
    for part in module.split("."):
        name = f"{name}.{part}" if name else part
        finders = (each.find_spec(name, below) for each in sys.meta_path)
        spec = next((found for found in finders if found), None)
        if spec is None:
            return None
        below = list(spec.submodule_search_locations or ())
    return spec
