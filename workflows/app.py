"""App: web routes that start jobs. What a route names is checked when it is written, not called."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from workflows.errors import JobRefused
from workflows.job import Job

ROUTE = re.compile(r"(GET|POST) ((?:/(?:[a-z0-9_-]+|\{[a-z_][a-z0-9_]*\}))+)", re.ASCII)
PARAMETER = re.compile(r"\{([a-z_][a-z0-9_]*)\}", re.ASCII)
NAME = re.compile(r"[a-z][a-z0-9-]{0,63}", re.ASCII)
MEMBER = "workspace_member"


@dataclass(frozen=True, slots=True)
class Route:
    """Who may use a path, and which job it starts (a key of the app's *jobs*)."""

    auth: str
    job: str


@dataclass(frozen=True, slots=True)
class Path:
    """A route as the web server needs it: ``/run/{run_id}/approve`` and the names in it."""

    method: str
    pattern: str
    parameters: tuple[str, ...]
    job: Job


class App:
    """Routes that start jobs, as the person who is signed in, with the path's parameters as input.

    A route is ``"GET /run/{run_id}/approve"``; a GET shows a page that asks, and acts on its POST.
    Raises JobRefused, naming the route, for an unknown job, parameter or auth.
    """

    def __init__(self, name: str, *, jobs: Mapping[str, Job], routes: Mapping[str, Route]) -> None:
        if not NAME.fullmatch(name):
            raise JobRefused(
                f"{name!r:.80} cannot name an app: lower-case letters, digits, hyphens"
            )
        self.name = name
        self.paths = tuple(_path(name, text, route, jobs) for text, route in routes.items())

    def __repr__(self) -> str:
        return f"App({self.name!r})"


def _path(app: str, text: str, route: Route, jobs: Mapping[str, Job]) -> Path:
    where = f"the app {app!r}, route {text!r:.120}"
    found = ROUTE.fullmatch(text)
    if found is None:
        raise JobRefused(f"{where}: write it like 'GET /run/{{run_id}}/approve'")
    if route.auth != MEMBER:
        raise JobRefused(f"{where}: auth={route.auth!r:.80} is unknown; known: {MEMBER!r}")
    if route.job not in jobs:
        known = ", ".join(sorted(jobs)) or "none"
        raise JobRefused(f"{where}: no job is called {route.job!r:.80} in jobs=; known: {known}")
    method, pattern = found.groups()
    parameters = tuple(PARAMETER.findall(pattern))
    _check_parameters(where, parameters, jobs[route.job])
    return Path(method, pattern, parameters, jobs[route.job])


def _check_parameters(where: str, parameters: tuple[str, ...], job: Job) -> None:
    """The path's parameters are the job's whole input: none unknown, none missing, none twice."""
    fields = job.model.model_fields
    if len(set(parameters)) != len(parameters):
        raise JobRefused(f"{where}: a parameter is there twice")
    if unknown := set(parameters) - set(fields):
        raise JobRefused(f"{where}: {job.name} has no field {', '.join(sorted(unknown))}")
    required = {name for name, field in fields.items() if field.is_required()}
    if missing := required - set(parameters):
        raise JobRefused(f"{where}: {job.name} also needs {', '.join(sorted(missing))}")
