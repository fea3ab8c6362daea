"""The registry: the jobs and apps of this process, by name."""

import importlib
import pkgutil
from collections.abc import Callable, Iterable, Iterator
from types import ModuleType

from workflows.app import App
from workflows.errors import ConfigurationError, JobNotFound, JobRefused
from workflows.job import Job
from workflows.named import NOBODY, Ids, of_result

__all__ = ["Job", "Registry", "load"]


class Registry:
    """The jobs of this process, by name."""

    def __init__(self, jobs: Iterable[Job] = ()) -> None:
        self._jobs: dict[str, Job] = {}
        self._apps: dict[str, App] = {}
        for each in jobs:
            self.add(each)

    def add(self, added: Job) -> None:
        """Register a job. Raises JobRefused when another one has its name."""
        known = self._jobs.setdefault(added.name, added)
        if known is not added:
            raise JobRefused(
                f"two jobs are called {added.name!r}: {known.place} and {added.place}; rename one"
            )

    def add_module(self, module: ModuleType) -> None:
        """Register every job and app that *module* defines, and the jobs of its apps."""
        for value in vars(module).values():
            if isinstance(value, Job):
                self.add(value)
            if isinstance(value, App):
                self.add_app(value)

    def add_app(self, added: App) -> None:
        """Register an app and its jobs. Raises JobRefused when its name or a route is taken."""
        if self._apps.setdefault(added.name, added) is not added:
            raise JobRefused(f"two apps are called {added.name!r}; rename one")
        for path in added.paths:
            self.add(path.job)
        routes = [(path.method, path.pattern) for app in self.apps for path in app.paths]
        if taken := {route for route in routes if routes.count(route) > 1}:
            listed = ", ".join(" ".join(route) for route in sorted(taken))
            raise JobRefused(f"two routes are the same: {listed}; change one")

    @property
    def apps(self) -> tuple[App, ...]:
        """Answer every app."""
        return tuple(self._apps.values())

    def get(self, name: str) -> Job:
        """Answer a job. Raises JobNotFound, listing those that exist."""
        found = self._jobs.get(name)
        if found is None:
            known = ", ".join(sorted(self._jobs)) or "none"
            raise JobNotFound(f"no job is called {name!r:.80}; known: {known}")
        return found

    def named_in(self, name: str, result: object) -> Ids:
        """Answer the ids of those whom a job's result names by its type."""
        job = self._jobs.get(name)
        return of_result(job.function, result) if job and result is not None else NOBODY

    def names(self) -> tuple[str, ...]:
        """Answer every name, sorted."""
        return tuple(sorted(self._jobs))

    def limits(self) -> tuple[tuple[str, int], ...]:
        """Answer the jobs of which only so many runs are executed at once, with how many."""
        return tuple((each.name, each.at_once) for each in self if each.at_once is not None)

    def __iter__(self) -> Iterator[Job]:
        return iter(self._jobs[name] for name in self.names())

    def __contains__(self, name: str) -> bool:
        return name in self._jobs


def stop(broken: ConfigurationError | JobRefused) -> None:
    """Let nothing start while a module is broken."""
    raise broken


def load(
    modules: Iterable[str], on_broken: Callable[[ConfigurationError | JobRefused], None] = stop
) -> Registry:
    """Import the shipped jobs and *modules*, and register what they define.

    *on_broken* is told of a module that cannot be imported (ConfigurationError, naming it) or
    holds a job that cannot work (JobRefused); by default it is raised.
    """
    registry = Registry()
    for name in _shipped():
        registry.add_module(_imported(name))
    for name in modules:
        try:
            registry.add_module(_named(name))
        except (ConfigurationError, JobRefused) as error:
            on_broken(error)
    return registry


def _named(name: str) -> ModuleType:
    """Import a module somebody named; one that registers nothing was not the one they meant."""
    module = _imported(name)
    if not any(isinstance(value, Job | App) for value in vars(module).values()):
        raise ConfigurationError(
            f"the module {name} has no job and no app; name the module that defines them, or take"
            " it out of HARBOR_JOBS"
        )
    return module


def _shipped() -> list[str]:
    package = importlib.import_module("workflows.jobs")
    return [f"workflows.jobs.{found.name}" for found in pkgutil.iter_modules(package.__path__)]


def _imported(name: str) -> ModuleType:
    try:
        return importlib.import_module(name)
    except JobRefused:
        raise
    except Exception as error:
        raise ConfigurationError(
            f"the job module {name} cannot be imported ({type(error).__name__}: {error});"
            " mend it, or take it out of HARBOR_JOBS"
        ) from error
