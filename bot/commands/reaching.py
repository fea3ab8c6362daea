"""Reaching Harbor: the server that runs, or else the database itself, under the same lock."""

import shlex
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from ipaddress import ip_address

import httpx
import typer

from bot import config
from bot.access import operator_credential
from bot.client import ClientError, HarborClient, Refused
from bot.commands.words import clean
from bot.secret import secret_key
from workflows.engine.base import Objection
from workflows.errors import ConfigurationError

PROBE_S = 5.0
REFUSED = 1
UNKNOWN_HERE = (
    "the server at {url} does not know this command line: it has another HARBOR_SECRET_KEY, or"
    " another database; run the command with its settings"
)


@dataclass(frozen=True)
class Reached:
    """Harbor, and whether it is at work: offline nothing is executed."""

    client: HarborClient
    is_serving: bool


@contextmanager
def reached() -> Iterator[Reached]:
    """Let a command talk to Harbor; what Harbor refuses is printed, and ends it with status 1."""
    settings = config.load()
    key = secret_key(settings)
    url = _address(settings)
    try:
        if _answers(url):
            with HarborClient(url, partial(operator_credential, key)) as client:
                yield Reached(client, is_serving=True)
        else:
            with _opened(settings, key) as client:
                yield Reached(client, is_serving=False)
    except ClientError as error:
        for line in _words(error, url):
            typer.echo(f"harbor: {clean(line)}", err=True)
        raise typer.Exit(REFUSED) from None


@contextmanager
def _opened(settings: config.Settings, key: str) -> Iterator[HarborClient]:
    from bot.commands import offline  # noqa: PLC0415  a web server, which is seldom needed

    with (
        offline.served(settings, key) as url,
        HarborClient(url, partial(operator_credential, key)) as client,
    ):
        yield client


def _address(settings: config.Settings) -> str:
    """Answer where the server listens; one that listens everywhere listens on loopback too."""
    host = settings.host
    try:
        address = ip_address(host)
    except ValueError:
        return f"http://{host}:{settings.port}"
    if address.is_unspecified:
        host = "127.0.0.1" if address.version == 4 else "::1"  # noqa: PLR2004  IPv4
    return f"http://[{host}]:{settings.port}" if ":" in host else f"http://{host}:{settings.port}"


def _answers(url: str) -> bool:
    """Whether a server runs there. Raises ConfigurationError where it is somebody else's."""
    try:
        found = httpx.get(f"{url}/healthz", timeout=PROBE_S, trust_env=False)
    except httpx.ConnectError:
        return False
    except httpx.HTTPError as error:
        raise ConfigurationError(f"{url} does not answer ({type(error).__name__})") from error
    if not found.is_success or '"status"' not in found.text:
        raise ConfigurationError(
            f"{url} answers, but is not Harbor; set HARBOR_PORT to where it listens"
        )
    return True


def _words(error: ClientError, url: str) -> list[str]:
    """Answer what to print, one line each."""
    if not isinstance(error, Refused):
        return [str(error)]
    if error.code == "unauthorized":
        return [UNKNOWN_HERE.format(url=url)]
    places = [f"{each['where']}: {each['detail']}" for each in error.problem.get("errors", [])]
    return [f"{error.detail} ({error.code})", *_more(error), *places]


def _more(error: Refused) -> list[str]:
    """Answer what else the problem tells: by whom and when, until when, which are open."""
    told = [
        f"{name.removesuffix('_at')} {error.problem[name]}"
        for name in ("outcome", "by", "at", "deadline_at")
        if error.problem.get(name)
    ]
    gates = [f"--gate {gate['id']}  ({gate['name']})" for gate in error.problem.get("gates", [])]
    steps = [f"--step {shlex.quote(step)}" for step in _steps(error)]
    names = error.problem.get("open") or error.problem.get("open_waits") or []
    gates += [f"open: {', '.join(names)}"] if names else []
    return ([", ".join(told)] if told else []) + gates + steps + _questions(error)


def _steps(error: Refused) -> list[str]:
    """Answer the steps to choose from; what has been done about a failure is no choice."""
    return error.problem.get("steps", []) if error.code == Objection.OUTCOME_UNKNOWN else []


def _questions(error: Refused) -> list[str]:
    return [
        line
        for each in error.problem.get("questions", [])
        for line in (f"{each['name']} was asked: {each['asked']}", f"and asks now: {each['asks']}")
    ]
