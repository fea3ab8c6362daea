"""Routes of the web door, and of apps: what a job module adds must not meet what is there."""

from aiohttp import web

from bot.web import pages, paths, static, visitors
from bot.web.app_pages import AppPages
from bot.web.gate_pages import GatePages
from bot.web.run_pages import RunPages
from bot.web.sign_in import SignIn
from bot.web.site import Site
from workflows.app import Path
from workflows.approvals.gate import Choice
from workflows.errors import ConfigurationError
from workflows.registry import Registry

# The decision links, which an app may share: see `run_pages`.
SHARED = {paths.APPROVE: Choice.APPROVED, paths.REJECT: Choice.REJECTED}


def add(app: web.Application, site: Site) -> None:
    """Add the pages to *app*; call it last. Raises ConfigurationError where a route is taken."""
    app_pages = AppPages(site)
    run_pages = RunPages(site, GatePages(site), app_pages, _shared(site.registry))
    own = _own(site.registry)
    sign_in = SignIn(site, paths.LocalPaths(path.pattern for path in own))
    _add_built_in(app, run_pages, sign_in)
    for path in own:
        _refuse_taken(app, path)
        _add_own(app, site, app_pages, path)
    if site.issuer is not None:
        issuer = site.issuer
        app.on_cleanup.append(lambda _: issuer.close())


def _add_built_in(app: web.Application, run_pages: RunPages, sign_in: SignIn) -> None:
    built_in: list[tuple[str, str, pages.Handler]] = [
        ("GET", "/", run_pages.home),
        ("GET", paths.LOGIN, sign_in.begin),
        ("GET", paths.CALLBACK, sign_in.finish),
        ("POST", "/auth/logout", run_pages.leave),
        ("GET", "/run/{run_id}", run_pages.show),
        ("GET", paths.APPROVE, run_pages.approval),
        ("POST", paths.APPROVE, run_pages.approve),
        ("GET", paths.REJECT, run_pages.rejection),
        ("POST", paths.REJECT, run_pages.reject),
        ("GET", "/static/{name}", static.serve),
    ]
    for method, pattern, handler in built_in:
        _add(app, method, pattern, handler)


def _add(app: web.Application, method: str, pattern: str, handler: pages.Handler) -> None:
    add_route = app.router.add_get if method == "GET" else app.router.add_post
    add_route(pattern, pages.page(handler))


def _shared(registry: Registry) -> dict[Choice, Path]:
    """Answer the apps' routes that are decision links, by what they decide."""
    shapes = {paths.shape(pattern): choice for pattern, choice in SHARED.items()}
    every = [path for app in registry.apps for path in app.paths]
    return {shapes[shape]: path for path in every if (shape := paths.shape(path.pattern)) in shapes}


def _own(registry: Registry) -> list[Path]:
    """Answer the apps' routes that are addresses of their own."""
    shared = {paths.shape(pattern) for pattern in SHARED}
    every = [path for app in registry.apps for path in app.paths]
    return [path for path in every if paths.shape(path.pattern) not in shared]


def _refuse_taken(app: web.Application, path: Path) -> None:
    """Raise ConfigurationError where an app's route meets one that is there already."""
    for resource in app.router.resources():
        if paths.meet(path.pattern, resource.canonical):
            raise ConfigurationError(
                f"the route {path.method} {path.pattern} of the job {path.job.name!r} meets"
                f" {resource.canonical}, which exists already; give it another path"
            )


def _add_own(app: web.Application, site: Site, app_pages: AppPages, path: Path) -> None:
    """Add an app's route: whatever its method, a GET asks and a POST acts."""

    async def ask(request: web.Request) -> web.StreamResponse:
        visitor = await visitors.reader(site, request)
        if started := request.query.get("started"):
            return await app_pages.follow(visitor, path, started)
        return await app_pages.ask(visitor, request, path)

    async def act(request: web.Request) -> web.StreamResponse:
        session = await visitors.sender(site, request)
        return await app_pages.act(request, session, path, dict(request.match_info))

    _add(app, "GET", path.pattern, ask)
    _add(app, "POST", path.pattern, act)
