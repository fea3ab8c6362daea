"""The harbor command."""

import asyncio
import gc
import logging
import os
import signal
import sys
import threading
from collections.abc import Callable
from io import TextIOWrapper
from pathlib import Path
from typing import Annotated, Any

import typer

from bot import commands, config, logs
from store.errors import CannotGoOn, CannotOpen
from workflows import failpoint
from workflows.errors import ConfigurationError, JobRefused
from workflows.registry import Registry, load, stop

log = logging.getLogger(__name__)

app = typer.Typer(
    name="harbor",
    help="Durable approvals for teams: jobs that park until people decide in Slack.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
db = typer.Typer(help="The database.", no_args_is_help=True)
app.add_typer(db, name="db")
commands.add_to(app)

REFUSED = 1


def main() -> None:
    """Run the command; what cannot start says why, in a line each, and exits with 1."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            # A terminal that has no arrows and ticks is no reason to stop.
            stream.reconfigure(errors="replace")
    try:
        app()
    except (ConfigurationError, CannotOpen, CannotGoOn, JobRefused) as error:
        sys.stderr.write(f"harbor: {error}\n")
        _leave(REFUSED)
        raise SystemExit(REFUSED) from None
    except SystemExit as end:
        _leave(end.code)
        raise


def _leave(code: Any) -> None:
    """End now where a thread of somebody's code goes on: the interpreter would wait for it."""
    main_thread = threading.main_thread()
    if any(not each.daemon and each is not main_thread for each in threading.enumerate()):
        logging.shutdown()
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
        os._exit(code if isinstance(code, int) else int(code is not None))


@app.command()
def serve(
    keep_going: Annotated[  # noqa: FBT002  a flag of the command line
        bool,
        typer.Option("--keep-going", help="Start without the job modules that cannot be loaded."),
    ] = False,
) -> None:
    """Run the bot: it answers Slack, wakes jobs, and keeps what it promised."""
    failpoint.arm_from_environment()
    settings = config.load()
    logs.configure(settings.log_format)
    # Runs of jobs that are missing now are blocked, and go on by themselves when the job is back.
    registry = load(settings.jobs, log.error if keep_going else stop)
    asyncio.run(_serve(settings, registry))


@app.command()
def sandbox(
    port: Annotated[int, typer.Option(help="Where the workspace listens.")] = 3001,
    host: Annotated[str, typer.Option(help="The address it binds.")] = "127.0.0.1",
    bot_url: Annotated[str, typer.Option(help="Where the bot listens.")] = "http://127.0.0.1:3000",
    state: Annotated[Path | None, typer.Option(help="The file that keeps the workspace.")] = None,
    socket_mode: Annotated[  # noqa: FBT002  a flag of the command line
        bool, typer.Option("--socket-mode", help="Let the bot call, as Slack does without a URL.")
    ] = False,
) -> None:
    """Run a local Slack-compatible workspace: a place to try jobs without an account.

    It prints the settings of a bot that is to speak to it, unless it was given them.
    """
    from bot import sandbox as workspace  # noqa: PLC0415  no other command needs it

    over_sockets = socket_mode or "SLACK_APP_TOKEN" in os.environ

    def tell(ready: Any) -> None:
        if "SLACK_BOT_TOKEN" not in os.environ:
            typer.echo(_introduction(ready.url, ready.credentials, over_sockets=over_sockets))

    try:
        asyncio.run(
            workspace.serve(
                host, port, bot_url, state, _credentials(), tell, socket_mode=over_sockets
            )
        )
    except workspace.PortTaken as error:
        raise ConfigurationError(str(error)) from error


@app.command()
def demo(
    port: Annotated[int, typer.Option(help="Where the bot listens.")] = 3000,
    slack_port: Annotated[int, typer.Option(help="Where the workspace listens.")] = 3001,
    folder: Annotated[Path, typer.Option(help="Where the demo keeps its data.")] = Path(".demo"),
) -> None:
    """Run the workspace and the bot together, and print the one address to open."""
    from bot.demo import Demo  # noqa: PLC0415  no other command needs it

    raise SystemExit(Demo(folder, port, slack_port).run())


@app.command()
def manifest(
    url: Annotated[
        str | None, typer.Option(help="Where Slack reaches the bot; else HARBOR_PUBLIC_URL.")
    ] = None,
    socket_mode: Annotated[  # noqa: FBT002  a flag of the command line
        bool, typer.Option("--socket-mode", help="Slack need not reach the bot.")
    ] = False,
) -> None:
    """Print the Slack app's manifest, filled in: paste it at api.slack.com/apps."""
    from bot import manifest as app_manifest  # noqa: PLC0415  no other command needs it

    if socket_mode and url is not None:
        raise typer.BadParameter("--url is for HTTP; leave it out, or leave out --socket-mode")
    typer.echo(app_manifest.filled(url, socket_mode=socket_mode), nl=False)


@app.command()
def doctor(
    as_json: Annotated[  # noqa: FBT002  a flag of the command line
        bool, typer.Option("--json", help="Print one JSON object.")
    ] = False,
) -> None:
    """Look at settings, Slack, database, jobs and plugins, and say what to mend and how."""
    from bot.doctor import examine, report  # noqa: PLC0415  no other command needs it

    # What a library logs on the way is no finding: without any handler it would be printed.
    logging.getLogger().addHandler(logging.NullHandler())
    found = asyncio.run(examine())
    if as_json:
        typer.echo(report.as_json(found))
    else:
        report.write(found, sys.stdout)
    raise typer.Exit(0 if found.is_good else REFUSED)


@db.command()
def upgrade() -> None:
    """Bring the database to this version's schema; `serve` does the same at its start."""
    from store import file, opening, schema  # noqa: PLC0415

    path = opening.sqlite_path(config.load().database_url)
    lock = file.lock(path)
    try:
        before = schema.version(path)
        schema.upgrade(path)
    finally:
        lock.release()
    typer.echo(f"{path}: schema {before or 'empty'} → {schema.HEAD}")


async def _serve(settings: config.Settings, registry: Registry) -> None:
    from bot.app import running  # noqa: PLC0415  1 s of imports that --help does not pay

    stopping = asyncio.Event()
    _on_signals(stopping.set)
    async with running(settings, registry=registry) as harbor:
        # What is there now stays: the collector need not look through it again and again, for
        # 50 ms each time, in which nobody's click is answered.
        gc.freeze()
        log.info("listening at %s", harbor.url)
        await _until(stopping, harbor.watch)
        log.info("stopping")


async def _until(stopping: asyncio.Event, watch: Any) -> None:
    """Wait until somebody stops us. Raises CannotGoOn where we have to stop ourselves."""
    asked, watching = asyncio.create_task(stopping.wait()), asyncio.create_task(watch.run())
    done, left = await asyncio.wait({asked, watching}, return_when=asyncio.FIRST_COMPLETED)
    for task in left:
        task.cancel()
    for task in done:
        task.result()


def _on_signals(stop: Callable[[], Any]) -> None:
    loop = asyncio.get_running_loop()
    for each in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(each, stop)


def _credentials() -> Any:
    """Answer the sandbox's credentials from the bot's own variables; those not set are random.

    None where none is set: those that the workspace was kept with serve again.
    """
    from bot.sandbox import Credentials  # noqa: PLC0415

    # In the demo the workspace has an app-level token that the bot is not to use.
    app_token = "SLACK_APP_TOKEN" if "SLACK_APP_TOKEN" in os.environ else "SANDBOX_APP_TOKEN"
    names = {
        "bot_token": "SLACK_BOT_TOKEN",
        "signing_secret": "SLACK_SIGNING_SECRET",
        "app_token": app_token,
        "sign_in_client_id": "SLACK_SIGN_IN_CLIENT_ID",
        "sign_in_client_secret": "SLACK_SIGN_IN_CLIENT_SECRET",
        "linear_token": "LINEAR_API_KEY",
        "app_id": "SANDBOX_APP_ID",
        "team_id": "SANDBOX_TEAM_ID",
    }
    given: dict[str, Any] = {
        field: os.environ[name] for field, name in names.items() if name in os.environ
    }
    return Credentials(**given) if given else None


def _introduction(url: str, credentials: Any, *, over_sockets: bool) -> str:
    """Answer the settings of a bot of this workspace; its secrets open nothing else."""
    how = (
        f"SLACK_APP_TOKEN={credentials.app_token}"
        if over_sockets
        else f"SLACK_SIGNING_SECRET={credentials.signing_secret}"
    )
    return "\n".join(
        (
            f"A workspace is at {url}. Settings of a bot that is to speak to it (a .env file):",
            "",
            f"SLACK_BOT_TOKEN={credentials.bot_token}",
            how,
            f"SLACK_API_BASE_URL={url}/api/",
            f"SLACK_SIGN_IN_CLIENT_ID={credentials.sign_in_client_id}",
            f"SLACK_SIGN_IN_CLIENT_SECRET={credentials.sign_in_client_secret}",
            f"SLACK_SIGN_IN_ISSUER={url}",
            "HARBOR_ADMINS=U00000ANA",
            "",
            "Ctrl-C stops it.",
        )
    )
