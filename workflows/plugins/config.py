"""plugins.toml: which MCP servers there are, read once into frozen values."""

import ipaddress
import keyword
import re
import tomllib
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any, Self
from urllib.parse import SplitResult, urlsplit

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    field_validator,
    model_validator,
)

from workflows.duration import duration
from workflows.errors import ConfigurationError
from workflows.plugins.endpoint import Endpoint, Local, Remote
from workflows.plugins.mcp import TIMEOUT, McpPlugin

RESERVED = "slack"
# Capitals, as environment variables are: a token written here by mistake is refused, unshown.
ENVIRONMENT_NAME = re.compile(r"[A-Z_][A-Z0-9_]*")


def _timeout(value: Any) -> timedelta:
    return duration(value)


class PluginSettings(BaseModel):
    """One section of plugins.toml: an MCP server behind *url*, or started with *command*."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    url: str | None = None
    command: tuple[str, ...] | None = Field(None, min_length=1)
    token_env: str | None = None
    timeout: Annotated[timedelta, BeforeValidator(_timeout)] = TIMEOUT
    tools: frozenset[str] | None = None

    @field_validator("url")
    @classmethod
    def _url_is_safe(cls, url: str | None) -> str | None:
        return url if url is None else _safe_url(url)

    @field_validator("token_env")
    @classmethod
    def _token_env_is_a_name(cls, name: str | None) -> str | None:
        if name is None or ENVIRONMENT_NAME.fullmatch(name):
            return name
        raise ValueError(
            "write the name of an environment variable, in capitals; the token itself does not"
            " belong into this file"
        )

    @model_validator(mode="after")
    def _has_one_place(self) -> Self:
        if (self.url is None) == (self.command is None):
            raise ValueError("give either a url or a command, as in url = 'https://…/mcp'")
        return self


def read(path: Path) -> dict[str, PluginSettings]:
    """Answer the sections of the file at *path*, by name.

    Raises ConfigurationError with the file, the section, the key and what to do.
    """
    try:
        sections = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigurationError(
            f"{path}: cannot be read ({error.strerror});"
            " create it, or point HARBOR_PLUGINS elsewhere"
        ) from error
    except ValueError as error:
        raise ConfigurationError(f"{path}: is no TOML: {error}; mend that line") from error
    return {name: _section(path, name, content) for name, content in sections.items()}


def configured(path: Path, environment: Mapping[str, str]) -> tuple[McpPlugin, ...]:
    """Answer a plugin per section of the file at *path*, with tokens from *environment*.

    Raises ConfigurationError like `read`, and for a variable that is not set.
    """
    return tuple(
        McpPlugin(
            name,
            _endpoint(settings, _token(path, name, settings, environment)),
            timeout=settings.timeout,
            allowed=settings.tools,
        )
        for name, settings in read(path).items()
    )


def _section(path: Path, name: str, content: Any) -> PluginSettings:
    if problem := _name_problem(name):
        raise ConfigurationError(f"{path}: [{name}]: {problem}")
    if not isinstance(content, dict):
        raise ConfigurationError(
            f"{path}: {name}: stands outside of a section; put it under one, like [linear]"
        )
    try:
        return PluginSettings.model_validate(content)
    except ValidationError as error:
        raise ConfigurationError(
            "; ".join(f"{path}: [{name}] {_problem(found)}" for found in error.errors())
        ) from None


def _name_problem(name: str) -> str:
    if name == RESERVED:
        return f"the name {RESERVED!r} is built in; choose another"
    if not name.isidentifier() or name.startswith("_") or keyword.iskeyword(name):
        return (
            "jobs write ctx.plugins.<name>, so it must be a Python name that does not begin with _;"
            f" try {re.sub(r'[^A-Za-z0-9]+', '_', name).strip('_') or 'server'!r}"
        )
    return ""


def _problem(found: Any) -> str:
    where = ".".join(str(part) for part in found["loc"])
    if found["type"] == "extra_forbidden":
        return f"{where}: no such key; known: {', '.join(PluginSettings.model_fields)}"
    # Ours say what to do; pydantic's are of the kind "should be a valid string".
    said = str(found["msg"]).removeprefix("Value error, ")
    return f"{where}: {said}" if where else said


def _safe_url(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError("write a full address, like https://mcp.example.com/mcp")
    if parts.username is not None or parts.password is not None:
        raise ValueError("credentials do not belong into the address; name a token_env instead")
    if parts.scheme == "http" and not _is_loopback(parts):
        raise ValueError("plain http is for loopback addresses only; write https://")
    return url


def _is_loopback(parts: SplitResult) -> bool:
    if parts.hostname == "localhost":
        return True
    try:
        return ipaddress.ip_address(parts.hostname or "").is_loopback
    except ValueError:
        return False


def _token(
    path: Path, name: str, settings: PluginSettings, environment: Mapping[str, str]
) -> str | None:
    if settings.token_env is None:
        return None
    token = environment.get(settings.token_env, "").strip()
    where = f"{path}: [{name}] token_env: the environment variable {settings.token_env}"
    if not token:
        raise ConfigurationError(f"{where} is not set; set it to the server's token")
    # What a header cannot carry would end up, in full, in the HTTP library's error.
    if not (token.isascii() and token.isprintable()) or " " in token:
        raise ConfigurationError(f"{where} holds characters no token has; copy it again")
    return token


def _endpoint(settings: PluginSettings, token: str | None) -> Endpoint:
    if settings.command is not None:
        return Local(settings.command, settings.token_env, token)
    return Remote(settings.url or "", token)
