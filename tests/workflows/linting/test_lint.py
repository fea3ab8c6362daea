"""Linting: what is found in a job's body, what is free, and what a comment lets pass."""

from pathlib import Path
from textwrap import indent

import pytest

from workflows.linting import Unreadable, lint, source_of
from workflows.registry import load

HEAD = """\
import asyncio
import contextlib
import os
import random
import time
import uuid
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from time import monotonic as ticks

import httpx

from workflows import Context, Policy, Retries, job
from workflows.plans import Request


def charge(amount) -> object:
    return httpx.post("https://bank.example.com", json=os.environ["ACCOUNT"] + str(amount))


@job(name="pay")
async def pay(ctx: Context, request: Request) -> None:
"""


@pytest.fixture
def found(tmp_path):
    """Answer what is found in a job with this body, and text after it: rule and line."""

    def look(body, after=""):
        path = tmp_path / "jobs.py"
        path.write_text(HEAD + indent(body, "    ") + "\n" + after)
        return lint(path)

    return look


@pytest.mark.parametrize(
    ("body", "rule", "what"),
    [
        ("now = datetime.now(UTC)", "clock", "`datetime.now`"),
        ("if date.today().weekday() == 4: return", "clock", "`date.today`"),
        ("print(time.time())", "clock", "`time.time`"),
        ("began = ticks()", "clock", "`ticks`"),
        ("await asyncio.sleep(5)", "clock", "`asyncio.sleep`"),
        ("time.sleep(5)", "clock", "`time.sleep`"),
        ("pick = random.choice(request.names)", "randomness", "`random.choice`"),
        ("key = str(uuid.uuid4())", "randomness", "`uuid.uuid4`"),
        ("order = hash(request.name)", "randomness", "`hash`"),
        ("import secrets\nkey = secrets.token_hex()", "randomness", "`secrets.token_hex`"),
        ("if os.environ.get('DEBUG'): return", "environment", "`os.environ.get`"),
        ("home = os.getenv('HOME')", "environment", "`os.getenv`"),
        ("here = Path.cwd()", "environment", "`Path.cwd`"),
        ("httpx.get('https://example.com')", "network", "`httpx.get`"),
        ("async with httpx.AsyncClient() as client: ...", "network", "`httpx.AsyncClient`"),
        ("from urllib.request import urlopen as get\nget('x')", "network", "`get`"),
        ("text = open('prices.csv').read()", "files", "`open`"),
        ("text = Path('prices.csv').read_text()", "files", "`Path('prices.csv').read_text`"),
        ("import subprocess\nsubprocess.run(['ls'])", "files", "`subprocess.run`"),
        ("task = asyncio.create_task(later(ctx))", "concurrency", "`asyncio.create_task`"),
        ("await asyncio.gather(one(ctx), two(ctx))", "concurrency", "`asyncio.gather`"),
        ("async with asyncio.TaskGroup() as group: ...", "concurrency", "`asyncio.TaskGroup`"),
        ("import threading\nthreading.Thread(target=charge)", "concurrency", "`threading.Thread`"),
        ("try: ...\nexcept: ...", "signals", "`except:`"),
        ("try: ...\nexcept BaseException: return None", "signals", "`except BaseException`"),
        ("try: ...\nexcept (OSError, BaseException) as e: print(e)", "signals",
         "`except (OSError, BaseException)`"),
        ("try: ...\nexcept:\n    if request.strict: return\n    raise", "signals", "`except:`"),
        ("try: ...\nexcept:\n    if request.strict: raise", "signals", "`except:`"),
        ("with contextlib.suppress(BaseException): ...", "signals",
         "`contextlib.suppress(BaseException)`"),
    ],
)  # fmt: skip
def test_what_a_body_must_not_do_is_found(found, body, rule, what):
    (finding,) = found(body)

    assert (finding.rule, finding.what, finding.function) == (rule, what, "pay")
    assert finding.why
    assert finding.instead


@pytest.mark.parametrize(
    "body",
    [
        "await ctx.step.run('charge', charge, 5)",
        "started = await ctx.step.now()",
        "until = started + timedelta(days=1)",
        "when = datetime.fromisoformat(request.when)",
        "path = Path('a') / 'b'\nname = os.path.join('a', 'b')",
        "dice = random.Random(request.seed)",
        "try: ...\nexcept Exception: return None",
        "try: ...\nexcept BaseException:\n    print('closing')\n    raise",
        "try: ...\nexcept BaseException as error:\n    if request.x: raise\n    else: raise error",
        "with contextlib.suppress(ValueError): ...",
        "random = request.random\nrandom.choice([1])",
        "for time in request.times: print(time.time())",
        "def inner(os): return os.environ",
        "id = request.id\nprint(id)",
        "await ctx.step.run('x', charge, timeout=None)",
        "issue = await ctx.plugins.linear.create_issue(title='x')",
    ],
)
def test_what_is_free(found, body):
    assert found(body) == []


@pytest.mark.parametrize(
    ("body", "where"),
    [
        ("total = lambda: time.time()", "a lambda"),
        ("def inner():\n    return time.time()\nreturn inner()", "inner"),
        ("def inner():\n    return time.time()", "inner"),
    ],
)
def test_a_function_in_the_body_is_replayed_with_it(found, body, where):
    (finding,) = found(body)

    assert (finding.number, finding.function, finding.via) == ("L1", where, ("pay",))


def test_a_function_that_the_body_calls_is_replayed_with_it(found):
    after = "async def fetch(ctx):\n    return inner()\n\ndef inner():\n    return time.time()\n"

    (finding,) = found("await fetch(ctx)", after)

    assert (finding.function, finding.rule) == ("inner", "clock")


def test_a_function_that_is_only_a_step_is_free_and_one_that_is_both_is_not(found):
    both = "await ctx.step.run('charge', charge, 5)\ncharge(5)"

    assert found("await ctx.step.run('charge', charge, 5)") == []
    assert [(each.function, each.what) for each in found(both)] == [
        ("charge", "`httpx.post`"),
        ("charge", "`os.environ`"),
    ]


def test_what_is_no_job_is_free(found):
    assert found("return None", "def other():\n    return time.time()\n") == []


@pytest.mark.parametrize(
    "decorator", ["import workflows\n@workflows.job(name='pay')",
                  "from workflows import job as work\n@work(name='pay')",
                  "from workflows.job import job\n@job(name='pay')"]
)  # fmt: skip
def test_a_job_is_known_however_its_decorator_was_imported(tmp_path, decorator):
    path = tmp_path / "jobs.py"
    path.write_text(
        f"import time\n{decorator}\nasync def pay(ctx, request) -> None:\n    time.time()\n"
    )

    assert [each.rule for each in lint(path)] == ["clock"]


def test_a_finding_says_where_what_why_and_what_instead(tmp_path, found):
    (finding,) = found("now = datetime.now(UTC)")

    assert str(finding) == (
        f"{tmp_path}/jobs.py:23:11: L1 clock: `datetime.now` in pay: the time is another one at"
        " each replay. Write `await ctx.step.now()`"
    )


def test_f99_a_body_that_reads_clock_dice_or_environment_is_warned_of(found):
    body = "if random.random() < 0.5 or os.environ['X'] or time.time() > 5: return"

    assert {each.rule for each in found(body)} == {"randomness", "environment", "clock"}


# -- a deliberate exception -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("comment", "left"),
    [
        ("# harbor: ignore", []),
        ("# harbor: ignore[clock] it is only logged", []),
        ("# harbor: ignore[L1] it is only logged", []),
        ("# harbor: ignore[L2]", ["clock"]),
        ("# harbor: ignore[randomness, clock]", []),
        ("# noqa: S311  # harbor: ignore[clock]", []),
        ("# harbor: ignore[files]", ["clock"]),
        ("# harbour: ignore", ["clock"]),
    ],
)
def test_a_comment_lets_a_line_pass(found, comment, left):
    assert [each.rule for each in found(f"began = time.time()  {comment}")] == left


def test_a_comment_on_any_line_of_the_expression_counts_and_on_another_does_not(found):
    body = "print(\n    time.time(),  # harbor: ignore[clock]\n    time.time(),\n)"

    assert [each.line for each in found(body)] == [25]


def test_what_looks_like_a_comment_in_a_text_is_none(found):
    assert len(found("print('# harbor: ignore', time.time())")) == 1


# -- arguments that will be refused ---------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    ["0", "0s", "-1s", "", " 24h", "24h\\n", "24 h", "24H", "h", "1y", "1_0h", "401d", "PT24H"],
)  # fmt: skip
def test_x88_a_text_that_is_no_duration_is_found_where_it_is_written(found, text):
    (finding,) = found(f'return await ctx.approval("a", "Pay?", policy=POLICY, timeout="{text}")')

    assert finding.rule == "argument"
    assert finding.why.startswith("timeout=")


@pytest.mark.parametrize(
    ("body", "names"),
    [
        ("return await ctx.step.wait_for_event('a', timeout=None, expected=['yes'])", "timeout="),
        ("return await ctx.approval('a', 'Pay?', policy=POLICY, timeout=1.5)", "timeout="),
        ("await ctx.step.sleep('rest', '15 m')", "length="),
        ("await ctx.step.sleep('rest', length=0)", "length="),
        ("await ctx.step.run('a', charge, retries=Retries(3, backoff='soon'))", "backoff="),
        ("await ctx.step.run('a', charge, retries=Retries(longest='1y'))", "longest="),
        ("return await ctx.step.wait_for_event('a', timeout='1h', expected='yes')", "expected="),
        ("return await ctx.step.wait_for_event('a', timeout='1h', expected=[])", "expected="),
        ("return await ctx.step.wait_for_any('any', {'a': 'yes'}, timeout='1h')", "expected="),
        ("return await ctx.step.wait_for_any('any', {}, timeout='1h')", "wait_for_any takes 1 to"),
        ("await ctx.step.run('<!channel>', charge)", "cannot name a step"),
        ("return await ctx.approval('', 'Pay?', policy=POLICY, timeout=5)", "cannot name a step"),
    ],
)  # fmt: skip
def test_x88_any_argument_that_a_verb_refuses_is_found(found, body, names):
    (finding,) = found(body)

    assert (finding.rule, finding.function) == ("argument", "pay")
    assert names in finding.why


def test_x88_a_constant_of_the_module_stands_for_what_it_holds(found):
    body = "await ctx.step.sleep('rest', PAUSE)"

    assert found(body, "PAUSE = '15m'\n") == []
    assert [each.what for each in found(body, "PAUSE = '15 m'\n")] == ["`PAUSE`"]


def test_x88_retries_of_the_module_are_read_too(found):
    (finding,) = found("return None", "OFTEN = Retries(9, backoff='1 s')\n")

    assert (finding.rule, finding.function) == ("argument", "the module")


@pytest.mark.parametrize(
    "body",
    [
        "await ctx.step.sleep('rest', request.pause)",
        "await ctx.step.sleep('rest', timedelta(minutes=1))",
        "await ctx.step.run('a', charge, retries=Retries(backoff='0s'))",
        "await other.step(timeout='soon')",
        "await ctx.plugins.ci.wait(timeout='soon')",
    ],
)
def test_what_is_known_only_when_it_runs_or_is_not_ours_is_left_alone(found, body):
    assert found(body) == []


# -- modules --------------------------------------------------------------------------------------


def test_the_jobs_that_come_with_harbor_are_clean():
    files = {Path(job.function.__code__.co_filename) for job in load([])}

    assert len(files) >= 2
    assert [str(each) for file in files for each in lint(file)] == []


def test_a_module_is_found_by_name_or_by_path(tmp_path):
    path = tmp_path / "some_jobs.py"
    path.write_text("")

    assert source_of("workflows.jobs.approve_and_act").name == "approve_and_act.py"
    assert source_of(str(path)) == path


@pytest.mark.parametrize("name", ["no_such_module", "no.such.module", "no_such_file.py", "", ".a"])
def test_a_module_that_is_not_there_is_named(name):
    with pytest.raises(Unreadable, match="cannot be found"):
        source_of(name)


@pytest.mark.parametrize("text", ["def (", "\0", "é".encode("latin-1")])
def test_a_file_that_is_no_python_is_named(tmp_path, text):
    path = tmp_path / "jobs.py"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())

    with pytest.raises(Unreadable, match=r"jobs\.py cannot be read"):
        lint(path)
