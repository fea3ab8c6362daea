"""Apps: what a route names is checked when the app is made, not when somebody calls."""

import pytest
from pydantic import BaseModel

from workflows import App, Route, job
from workflows.context import Context
from workflows.errors import JobRefused
from workflows.registry import Registry, load


class Target(BaseModel):
    run_id: str
    why: str = ""


@job(name="tell")
async def tell(ctx: Context, target: Target) -> None:
    """Tell a run."""


APPROVE = "GET /run/{run_id}/approve"


def an_app(route: str = APPROVE, auth: str = "workspace_member", name: str = "tell") -> App:
    return App("approvals", jobs={"tell": tell}, routes={route: Route(auth=auth, job=name)})


def test_a_route_knows_its_method_its_path_and_its_parameters():
    (path,) = an_app().paths

    assert (path.method, path.pattern, path.parameters) == (
        "GET",
        "/run/{run_id}/approve",
        ("run_id",),
    )
    assert path.job is tell


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"name": "other"}, "no job is called 'other'"),
        ({"auth": "everybody"}, "auth='everybody' is unknown"),
        ({"route": "GET /run/{nobody}/approve"}, "tell has no field nobody"),
        ({"route": "GET /run/approve"}, "tell also needs run_id"),
        ({"route": "GET /{run_id}/{run_id}"}, "twice"),
        ({"route": "DELETE /run/{run_id}"}, "write it like"),
        ({"route": "GET run/{run_id}"}, "write it like"),
        ({"route": "GET /run/{run_id}/../x"}, "write it like"),
    ],
)
def test_a_route_that_cannot_work_is_refused_by_name(given, words):
    with pytest.raises(JobRefused, match=words) as refused:
        an_app(**given)

    assert "approvals" in str(refused.value)


def test_two_apps_cannot_have_the_same_route():
    other = App("other", jobs={"tell": tell}, routes={APPROVE: Route("workspace_member", "tell")})
    registry = Registry()
    registry.add_app(an_app())

    with pytest.raises(JobRefused, match=r"GET /run/\{run_id\}/approve"):
        registry.add_app(other)


def test_the_shipped_apps_jobs_are_registered_with_it():
    registry = load([])

    assert [app.name for app in registry.apps] == ["approvals"]
    assert {"deliver-event-approved", "deliver-event-rejected"} <= set(registry.names())
