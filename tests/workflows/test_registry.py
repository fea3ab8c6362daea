"""The registry: a job that cannot work is refused when it is defined (x96, x97)."""

import importlib
import sys
from types import ModuleType

import pytest
from pydantic import BaseModel, ConfigDict, SecretBytes, SecretStr

from workflows.context import Context
from workflows.errors import ConfigurationError, InputRefused, JobNotFound, JobRefused
from workflows.job import job
from workflows.registry import Registry, load

GREETING = """
from pydantic import BaseModel
from workflows import Context, job

class Request(BaseModel):
    who: str

@job(name="twice")
async def twice(ctx: Context, request: Request) -> None: ...
"""


class Request(BaseModel):
    who: str


async def good(ctx: Context, request: Request) -> str:
    """Greet somebody."""
    return request.who


def not_async(ctx: Context, request: Request) -> str:
    return request.who


async def generator(ctx: Context, request: Request):
    yield request.who


async def no_arguments() -> None: ...
async def no_request(ctx: Context) -> None: ...
async def third(ctx: Context, request: Request, more: int) -> None: ...
async def third_with_default(ctx: Context, request: Request, more: int = 1) -> None: ...
async def star(ctx: Context, *requests: Request) -> None: ...
async def stars(ctx: Context, request: Request, **more: int) -> None: ...
async def keyword_only(ctx: Context, *, request: Request) -> None: ...
async def not_annotated(ctx, request) -> None: ...
async def not_a_model(ctx: Context, request: dict[str, str]) -> None: ...
async def optional(ctx: Context, request: Request | None) -> None: ...


class Jobs:
    async def method(self, request: Request) -> None: ...


@pytest.mark.parametrize(
    "function",
    [
        not_async, generator, no_arguments, no_request, third, third_with_default, star, stars,
        keyword_only, not_annotated, not_a_model, optional, lambda ctx, request: None, Jobs, None,
        "good", 7,
    ],
    ids=lambda function: getattr(function, "__name__", str(function)),
)  # fmt: skip
def test_x97_a_function_that_cannot_be_a_job_is_refused_by_name(function):
    with pytest.raises(JobRefused, match="'greet'"):
        job(name="greet")(function)


def test_x97_a_function_inside_another_is_refused():
    async def inner(ctx: Context, request: Request) -> None: ...

    with pytest.raises(JobRefused, match="of a module"):
        job(name="greet")(inner)


class Defaults(BaseModel):
    model_config = ConfigDict(arbitrary_types_allowed=True)
    who: object = object()


class Endless(BaseModel):
    most: float = float("inf")


async def with_default(ctx: Context, request: Defaults) -> None: ...
async def with_endless(ctx: Context, request: Endless) -> None: ...
async def misspelt(ctx: Context, request: "Reqest") -> None: ...  # noqa: F821  that is the point


@pytest.mark.parametrize(
    ("function", "part"),
    [
        (with_default, "the default of Defaults.who is a object"),
        (with_endless, "the default of Endless.most is inf"),
        (misspelt, "name 'Reqest' is not defined"),
        (Jobs.method, "of a module"),
        (Jobs().method, "of a module"),
    ],
    ids=["default", "endless", "misspelt", "method", "bound method"],
)
def test_x97_an_input_that_cannot_be_known_or_stored_is_refused_by_name(function, part):
    with pytest.raises(JobRefused, match="'greet'") as refused:
        job(name="greet")(function)

    assert part in str(refused.value)


class Login(BaseModel):
    name: str
    password: SecretStr


class Logins(BaseModel):
    by_place: dict[str, list[Login]] = {}


class Sealed(BaseModel):
    letter: SecretBytes | None = None


async def with_login(ctx: Context, request: Login) -> None: ...
async def with_logins(ctx: Context, request: Logins) -> None: ...
async def with_sealed(ctx: Context, request: Sealed) -> None: ...


@pytest.mark.parametrize(
    ("function", "part"),
    [
        (with_login, "Login asks for a secret (Password)"),
        (with_logins, "Logins asks for a secret (Password)"),
        (with_sealed, "Sealed asks for a secret"),
    ],
)
def test_x97_an_input_that_asks_for_a_secret_is_refused_for_it_would_be_stored(function, part):
    with pytest.raises(JobRefused, match="'greet'") as refused:
        job(name="greet")(function)

    assert part in str(refused.value)
    assert "environment" in str(refused.value)


@pytest.mark.parametrize(
    "name",
    ["", "a", "x" * 65, "Greet", "greet me", "greet_me", "-greet", "greet-", "9lives", "greet\n",
     "naïve", None, 7],
)  # fmt: skip
def test_a_name_that_no_job_may_have_is_refused(name):
    with pytest.raises(JobRefused, match="cannot name a job"):
        job(name=name)(good)


@pytest.mark.parametrize("name", ["ab", "approve-and-act", "x" * 64, "a9"])
def test_names_that_jobs_may_have(name):
    assert job(name=name)(good).name == name


def test_a_job_is_described_by_its_docstring_unless_it_says_otherwise():
    assert job(name="greet")(good).description == "Greet somebody."
    assert job(name="greet", description="Say hello.")(good).description == "Say hello."


def test_x96_two_jobs_of_one_name_are_refused_and_both_places_named():
    first, second = job(name="greet")(good), job(name="greet")(good)

    with pytest.raises(JobRefused) as refused:
        Registry([first, second])

    assert str(refused.value).count("test_registry.py:") == 2


def test_x96_one_file_imported_under_two_names_is_refused_and_both_named(tmp_path, monkeypatch):
    (tmp_path / "inside").mkdir()
    (tmp_path / "inside" / "twice_jobs.py").write_text(GREETING)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.syspath_prepend(tmp_path / "inside")

    with pytest.raises(JobRefused) as refused:
        load(["inside.twice_jobs", "twice_jobs"])

    assert "'twice'" in str(refused.value)
    assert "inside.twice_jobs (" in str(refused.value)
    assert "and twice_jobs (" in str(refused.value)


def test_x96_a_module_that_was_loaded_again_does_not_pass_for_the_first(tmp_path, monkeypatch):
    (tmp_path / "again_jobs.py").write_text(GREETING)
    monkeypatch.syspath_prepend(tmp_path)
    registry = load(["again_jobs"])

    again = importlib.reload(sys.modules["again_jobs"])

    with pytest.raises(JobRefused, match="two jobs are called 'twice'"):
        registry.add_module(again)


def test_x96_the_same_job_may_be_registered_again():
    greet = job(name="greet")(good)

    assert Registry([greet, greet]).names() == ("greet",)


def test_an_unknown_job_is_refused_and_the_known_ones_listed():
    registry = Registry([job(name="greet")(good), job(name="part")(good)])

    with pytest.raises(JobNotFound, match="no job is called 'gret'; known: greet, part"):
        registry.get("gret")


def test_an_unknown_job_of_any_length_is_named_briefly():
    with pytest.raises(JobNotFound) as refused:
        Registry().get("x" * 10_000)

    assert len(str(refused.value)) < 200


def test_an_input_is_checked_and_its_problems_are_named_by_field():
    greet = job(name="greet")(good)

    with pytest.raises(InputRefused) as refused:
        greet.accept({"who": 7})

    assert list(refused.value.problems) == ["who"]
    assert greet.accept({"who": "Ana"}) == '{"who":"Ana"}'


def test_a_stored_input_that_the_model_no_longer_takes_is_refused():
    with pytest.raises(InputRefused):
        job(name="greet")(good).read('{"name":"Ana"}')


# -- loading --------------------------------------------------------------------------------------


@pytest.fixture
def module():
    made = ModuleType("jobs_of_a_test")
    sys.modules[made.__name__] = made
    yield made
    del sys.modules[made.__name__]


def test_the_shipped_jobs_are_there_without_being_named():
    assert "approve-and-act" in load([])


def test_jobs_of_a_named_module_are_registered(module):
    module.greet = job(name="greet")(good)

    assert "greet" in load([module.__name__])


def test_a_shipped_job_may_be_imported_by_a_module_but_not_replaced(module):
    module.again = load([]).get("approve-and-act")
    assert "approve-and-act" in load([module.__name__])

    module.again = job(name="approve-and-act")(good)
    with pytest.raises(JobRefused, match="two jobs are called"):
        load([module.__name__])


def test_a_module_that_does_not_exist_is_named():
    with pytest.raises(ConfigurationError, match="no_such_module_at_all cannot be imported"):
        load(["no_such_module_at_all"])


def test_a_module_without_any_job_was_not_the_one_that_was_meant(module):
    with pytest.raises(ConfigurationError, match=f"{module.__name__} has no job and no app"):
        load([module.__name__])


def test_x98_a_module_that_raises_is_named_with_what_it_raised(tmp_path, monkeypatch):
    (tmp_path / "broken_jobs.py").write_text("1 / 0\n")
    monkeypatch.syspath_prepend(tmp_path)

    with pytest.raises(ConfigurationError, match=r"broken_jobs .*ZeroDivisionError"):
        load(["broken_jobs"])


def test_a_job_that_is_refused_says_so_whichever_module_it_is_in(tmp_path, monkeypatch):
    (tmp_path / "refused_jobs.py").write_text(
        "from workflows import job\n@job(name='x')\nasync def x(ctx, request): ...\n"
    )
    monkeypatch.syspath_prepend(tmp_path)

    with pytest.raises(JobRefused, match="cannot name a job"):
        load(["refused_jobs"])


def test_x98_other_modules_still_load_where_the_broken_ones_may_be_left_out(tmp_path, monkeypatch):
    (tmp_path / "broken_too.py").write_text("1 / 0\n")
    (tmp_path / "sound_jobs.py").write_text(GREETING)
    monkeypatch.syspath_prepend(tmp_path)
    told = []

    registry = load(["broken_too", "sound_jobs", "not_there"], told.append)

    assert {"twice", "approve-and-act"} <= set(registry.names())
    assert [str(error).split(" cannot")[0] for error in told] == [
        "the job module broken_too",
        "the job module not_there",
    ]


@pytest.mark.parametrize("at_once", [0, -1, 1001, True, 1.5, "2"])
def test_x96_a_limit_that_is_none_is_refused_by_its_name(at_once):
    with pytest.raises(JobRefused, match=r"'greet' has at_once="):
        job(name="greet", at_once=at_once)(good)


def test_the_registry_lists_the_limits_of_its_jobs():
    jobs = [
        job(name="one", at_once=1)(good),
        job(name="free")(good),
        job(name="ten", at_once=10)(good),
    ]

    assert Registry(jobs).limits() == (("one", 1), ("ten", 10))
