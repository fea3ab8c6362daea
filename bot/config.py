"""Settings: the only reader of the environment. Read once, then a frozen value.

A missing, unknown or contradictory setting stops the start with one line that names it and says
how to get it; a secret's value is in none of these lines.
"""

import os
import re
import stat
import sys
from collections.abc import Iterable, Mapping
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple, Self
from urllib.parse import urlsplit

from dotenv import dotenv_values
from pydantic import (
    Field,
    SecretStr,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_validator,
)
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from workflows.engine.local.calls import THREADS
from workflows.errors import ConfigurationError

HOW_TO_GET = {
    "SLACK_BOT_TOKEN": "api.slack.com/apps → your app → OAuth & Permissions → Bot User OAuth Token",
    "SLACK_SIGNING_SECRET": "api.slack.com/apps → your app → Basic Information → Signing Secret",
    "SLACK_APP_TOKEN": "api.slack.com/apps → your app → Basic Information → App-Level Tokens",
}
SHORTEST_KEY = 32  # characters
ADMIN = re.compile(r"[UWS][A-Z0-9]{2,20}", re.ASCII)
MODULE = re.compile(r"[A-Za-z_][\w.]*", re.ASCII)
DERIVED = "http://{HARBOR_HOST}:{HARBOR_PORT}"
MAY_BE_EMPTY = {"jobs", "admins"}  # an empty list is one
TOKENS = {"xoxp-": "a user token", "xapp-": "an app-level token", "xoxe": "a refresh token"}


class Settings(BaseSettings):
    """Every setting, with its default. The field's alias is the variable's name."""

    model_config = SettingsConfigDict(
        env_file=".env",
        extra="ignore",
        frozen=True,
        hide_input_in_errors=True,
        str_strip_whitespace=True,
    )

    bot_token: SecretStr = Field(alias="SLACK_BOT_TOKEN")
    signing_secret: SecretStr | None = Field(default=None, alias="SLACK_SIGNING_SECRET")
    app_token: SecretStr | None = Field(default=None, alias="SLACK_APP_TOKEN")
    slack_api_base_url: str = Field(default="https://slack.com/api/", alias="SLACK_API_BASE_URL")
    sign_in_client_id: str | None = Field(default=None, alias="SLACK_SIGN_IN_CLIENT_ID")
    sign_in_client_secret: SecretStr | None = Field(
        default=None, alias="SLACK_SIGN_IN_CLIENT_SECRET"
    )
    sign_in_issuer: str = Field(default="https://slack.com", alias="SLACK_SIGN_IN_ISSUER")
    secret_key: SecretStr | None = Field(default=None, alias="HARBOR_SECRET_KEY")
    database_url: str = Field(default="sqlite:///harbor.db", alias="HARBOR_DATABASE_URL")
    host: str = Field(default="127.0.0.1", alias="HARBOR_HOST")
    port: int = Field(default=3000, alias="HARBOR_PORT", ge=0, le=65_535)
    public_url: str = Field(default=DERIVED, alias="HARBOR_PUBLIC_URL")
    jobs: Annotated[tuple[str, ...], NoDecode] = Field(default=(), alias="HARBOR_JOBS")
    admins: Annotated[tuple[str, ...], NoDecode] = Field(default=(), alias="HARBOR_ADMINS")
    approvals_channel: str = Field(default="#approvals", alias="HARBOR_APPROVALS_CHANNEL")
    plugins: Path | None = Field(default=None, alias="HARBOR_PLUGINS")
    step_threads: int = Field(default=THREADS, alias="HARBOR_STEP_THREADS", ge=2, le=1_000)
    log_format: Literal["console", "json"] = Field(
        default_factory=lambda: "console" if sys.stderr.isatty() else "json",
        alias="HARBOR_LOG_FORMAT",
    )

    @field_validator("*", mode="before")
    @classmethod
    def _is_filled_in(cls, given: Any, info: ValidationInfo) -> Any:
        """An empty value is a variable that was not filled in, never a wish for the default."""
        if isinstance(given, str) and not given.strip() and info.field_name not in MAY_BE_EMPTY:
            raise ValueError("is empty: fill it in, or take the line out")
        return given

    @field_validator("jobs", "admins", mode="before")
    @classmethod
    def _listed(cls, given: Any) -> Any:
        if isinstance(given, str):
            return tuple(part.strip() for part in given.split(",") if part.strip())
        return given

    @field_validator("jobs")
    @classmethod
    def _modules(cls, given: tuple[str, ...]) -> tuple[str, ...]:
        _each(given, MODULE, "an import name like acme.jobs")
        return given

    @field_validator("admins")
    @classmethod
    def _ids(cls, given: tuple[str, ...]) -> tuple[str, ...]:
        _each(given, ADMIN, "a Slack user id (U…) or user-group id (S…); a name is not enough")
        return given

    @field_validator("bot_token")
    @classmethod
    def _is_bot_token(cls, given: SecretStr) -> SecretStr:
        token = given.get_secret_value()
        for prefix, kind in TOKENS.items():
            if token.startswith(prefix):
                raise ValueError(f"is {kind}, but a bot token (xoxb-…) is needed")
        if not token.startswith("xoxb-") or not token.isascii() or " " in token:
            raise ValueError("is no bot token: it begins with xoxb-")
        return given

    @field_validator("signing_secret")
    @classmethod
    def _is_signing_secret(cls, given: SecretStr | None) -> SecretStr | None:
        if given is not None and not re.fullmatch(r"[0-9a-f]{32}", given.get_secret_value()):
            raise ValueError("is no signing secret: 32 hexadecimal digits")
        return given

    @field_validator("app_token")
    @classmethod
    def _is_app_token(cls, given: SecretStr | None) -> SecretStr | None:
        if given is not None and not re.fullmatch(r"xapp-[\w-]+", given.get_secret_value()):
            raise ValueError("is no app-level token: it begins with xapp-")
        return given

    @field_validator("secret_key")
    @classmethod
    def _is_long_enough(cls, given: SecretStr | None) -> SecretStr | None:
        if given is not None and len(given.get_secret_value()) < SHORTEST_KEY:
            raise ValueError(f"is too short to be safe: {SHORTEST_KEY} characters or more")
        return given

    @field_validator("sign_in_issuer")
    @classmethod
    def _issuer(cls, given: str) -> str:
        return _address(given).rstrip("/")

    @model_validator(mode="after")
    def _one_way_in(self) -> Self:
        """Over HTTP Slack is known by its signature; over Socket Mode by our own token."""
        if self.signing_secret is None and self.app_token is None:
            raise ValueError(
                "SLACK_SIGNING_SECRET is not set. Find it at"
                f" {HOW_TO_GET['SLACK_SIGNING_SECRET']}; or set SLACK_APP_TOKEN, for Socket Mode"
            )
        if (self.sign_in_client_id is None) != (self.sign_in_client_secret is None):
            raise ValueError(
                "SLACK_SIGN_IN_CLIENT_ID and SLACK_SIGN_IN_CLIENT_SECRET go together: set both,"
                " or neither"
            )
        return self

    @field_validator("slack_api_base_url")
    @classmethod
    def _api_url(cls, given: str) -> str:
        return _address(given).rstrip("/") + "/"

    @field_validator("approvals_channel")
    @classmethod
    def _channel(cls, given: str) -> str:
        if not re.fullmatch(r"#[\w-]{1,79}|[CG][A-Z0-9]{2,20}", given):
            raise ValueError("is no channel: write #name or its id (C…)")
        return given

    @field_validator("public_url", mode="before")
    @classmethod
    def _derived(cls, given: Any, info: ValidationInfo) -> Any:
        """Browsers of this machine reach what it binds; for any other host only people know."""
        if given != DERIVED or not {"host", "port"} <= info.data.keys():
            return given
        host = f"[{info.data['host']}]" if ":" in info.data["host"] else info.data["host"]
        if not is_loopback(f"http://{host}"):
            raise ValueError(
                "is not set, and HARBOR_HOST is not this machine alone: set it to the address where"
                " browsers reach the bot, like https://harbor.example.com"
            )
        return f"http://{host}:{info.data['port']}"

    @field_validator("public_url")
    @classmethod
    def _public(cls, given: str) -> str:
        if given == DERIVED:  # of a host or port that is wrong, which says enough
            return given
        address = _address(given).rstrip("/")
        if urlsplit(address).path:
            raise ValueError("must have no path: write https://harbor.example.com")
        return address


def load(environment: Mapping[str, str] = os.environ, env_file: Path = Path(".env")) -> Settings:
    """Read the settings. Raises ConfigurationError: one line per problem."""
    _refuse_unknown({*environment, *_names_in(env_file)})
    _refuse_readable(env_file)
    try:
        return Settings(_env_file=env_file)
    except ValidationError as error:
        lines = (_line(problem) for problem in error.errors(include_input=False))
        raise ConfigurationError("\n".join(lines)) from None


class Given(NamedTuple):
    """What somebody wrote for a setting, unchecked, and where."""

    value: str
    source: str


def given(
    environment: Mapping[str, str] = os.environ, env_file: Path = Path(".env")
) -> dict[str, Given]:
    """Answer what is set, by the setting's name; the environment wins over the file."""
    known, found = set(names()), {}
    for source, pairs in ((str(env_file), dotenv_values(env_file)), ("environment", environment)):
        for name, value in pairs.items():
            if name.upper() in known and value is not None:
                found[name.upper()] = Given(value, source)
    return found


def given_or_default(name: str) -> str:
    """Answer one setting as somebody wrote it, unchecked; "" where it has no default either.

    For what needs no running Harbor, and so none of the settings that one would.
    """
    found = given().get(name)
    fields = {str(field.alias): field.default for field in Settings.model_fields.values()}
    return str(fields[name] or "") if found is None else found.value


def job_modules() -> list[str]:
    """Answer the modules that HARBOR_JOBS names, as `given_or_default` does."""
    return [name for each in given_or_default("HARBOR_JOBS").split(",") if (name := each.strip())]


def names() -> list[str]:
    """Answer the name of every setting."""
    return [str(field.alias) for field in Settings.model_fields.values()]


def is_loopback(url: str) -> bool:
    """Whether *url* leads to this machine, where plain http is safe."""
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        return False
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _address(given: str) -> str:
    try:
        parts = urlsplit(given)
        is_whole = bool(parts.hostname) and (parts.port or 0) >= 0
    except ValueError:  # half an IPv6 address, or a port that is none
        is_whole = False
    if not is_whole or parts.scheme not in {"http", "https"}:
        raise ValueError("is no address: write https://…")
    if parts.username is not None or parts.query or parts.fragment or given.endswith(("?", "#")):
        raise ValueError("must have no name, password, query or fragment: write https://…")
    if parts.scheme == "http" and not is_loopback(given):
        raise ValueError("must begin with https:// (plain http is for this machine only)")
    return given


def _each(given: Iterable[str], form: re.Pattern[str], wanted: str) -> None:
    for one in given:
        if not form.fullmatch(one):
            raise ValueError(f"holds {one!r:.40}, which is not {wanted}")


def _refuse_unknown(given: Iterable[str]) -> None:
    """Refuse a misspelt name: it would be silently without effect."""
    known = set(names())
    for name in sorted(given):
        if name.upper().startswith("HARBOR_") and name not in known | {"HARBOR_FAILPOINT"}:
            raise ConfigurationError(
                f"{name} is no setting; known: {', '.join(sorted(n for n in known if n[0] == 'H'))}"
            )


def _refuse_readable(env_file: Path) -> None:
    """Refuse secrets in a file that everyone on this machine can read."""
    try:
        is_open = bool(env_file.stat().st_mode & stat.S_IROTH)
        kept = dotenv_values(env_file) if is_open else {}
    except OSError:
        return
    if exposed := [name for name in _secrets() if kept.get(name)]:
        raise ConfigurationError(
            f"{', '.join(exposed)}: everyone on this machine can read {env_file};"
            f" make it yours alone: chmod 600 {env_file}"
        )


def _secrets() -> list[str]:
    fields = Settings.model_fields.values()
    return [str(field.alias) for field in fields if "SecretStr" in str(field.annotation)]


def _names_in(env_file: Path) -> set[str]:
    try:
        lines = env_file.read_text().splitlines()
    except OSError:
        return set()
    return {line.partition("=")[0].removeprefix("export ").strip() for line in lines if "=" in line}


def _line(problem: Any) -> str:
    if not problem["loc"]:  # it concerns more than one, and names them
        return str(problem["msg"]).removeprefix("Value error, ")
    field = Settings.model_fields.get(str(problem["loc"][0]))
    name = str(field.alias if field else problem["loc"][0])  # of a default it is the field's
    if problem["type"] == "missing":
        return f"{name} is not set. Find it at {HOW_TO_GET.get(name, 'README.md, Settings')}"
    message = str(problem["msg"]).removeprefix("Value error, ")
    hint = f" Find it at {HOW_TO_GET[name]}" if name in HOW_TO_GET else ""
    return f"{name}: {message}.{hint}"
