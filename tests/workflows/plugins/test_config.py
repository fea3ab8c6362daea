"""plugins.toml: what it may say, and what is said about the rest."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from workflows.errors import ConfigurationError
from workflows.plugins import PluginSettings, configured, read

WHOLE = """
[linear]
url = "https://mcp.linear.app/mcp"
token_env = "LINEAR_API_KEY"
timeout = "45s"
tools = ["create_issue", "save_issue"]

[files]
command = ["npx", "some-server"]
"""


@pytest.fixture
def write(tmp_path: Path) -> Any:
    def written(text: str) -> Path:
        path = tmp_path / "plugins.toml"
        path.write_text(text)
        return path

    return written


def test_every_key_is_read(write: Any):
    sections = read(write(WHOLE))

    assert sections == {
        "linear": PluginSettings(
            url="https://mcp.linear.app/mcp",
            token_env="LINEAR_API_KEY",
            timeout=timedelta(seconds=45),
            tools=frozenset({"create_issue", "save_issue"}),
        ),
        "files": PluginSettings(command=("npx", "some-server")),
    }
    assert sections["files"].timeout == timedelta(seconds=30)


def test_each_section_becomes_a_plugin_that_shows_no_token(write: Any):
    plugins = configured(write(WHOLE), {"LINEAR_API_KEY": "lin_api_secret\n"})

    assert [repr(plugin) for plugin in plugins] == [
        "<MCP server linear at https://mcp.linear.app/mcp>",
        "<MCP server files at npx>",
    ]
    linear: Any = plugins[0]
    assert linear._endpoint.token == "lin_api_secret"
    assert "secret" not in repr(linear._endpoint)
    assert linear._allowed == {"create_issue", "save_issue"}
    assert linear._timeout == timedelta(seconds=45)


def test_an_empty_file_configures_nothing(write: Any):
    assert configured(write(""), {}) == ()


@pytest.mark.parametrize(
    "url",
    [
        "https://mcp.example/mcp",
        "http://localhost:3001/mcp",
        "http://127.0.0.1:3001/mcp",
        "http://127.1.2.3/mcp",
        "http://[::1]:3001/mcp",
    ],
)
def test_an_address_is_https_or_loopback(write: Any, url: str):
    assert read(write(f"[linear]\nurl = '{url}'"))["linear"].url == url


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[slack]\nurl = 'https://x.example'", "[slack]: the name 'slack' is built in"),
        ("[my-server]\nurl = 'https://x.example'", "try 'my_server'"),
        ("[_x]\nurl = 'https://x.example'", "[_x]: jobs write ctx.plugins.<name>"),
        ("[import]\nurl = 'https://x.example'", "[import]: jobs write ctx.plugins.<name>"),
        ("url = 'https://x.example'", "url: stands outside of a section"),
        ("[x]\n", "[x] give either a url or a command"),
        ("[x]\nurl = 'https://x.example'\ncommand = ['a']", "[x] give either a url or a command"),
        ("[x]\ncommand = []", "[x] command: "),
        ("[x]\ncommand = 'npx server'", "[x] command: "),
        ("[x]\nurl = 'x.example/mcp'", "[x] url: write a full address"),
        ("[x]\nurl = 'ftp://x.example/mcp'", "[x] url: write a full address"),
        ("[x]\nurl = 'http://x.example/mcp'", "[x] url: plain http is for loopback"),
        ("[x]\nurl = 'http://10.0.0.1/mcp'", "[x] url: plain http is for loopback"),
        ("[x]\nurl = 'http://localhost.example/mcp'", "[x] url: plain http is for loopback"),
        ("[x]\nurl = 'https://me:pw@x.example/mcp'", "[x] url: credentials do not belong"),
        ("[x]\nurl = 'https://[bad/mcp'", "[x] url: "),
        ("[x]\nurl = 7", "[x] url: "),
        ("[x]\nurl = 'https://x.example'\ntimeout = 'soon'", "[x] timeout: timeout='soon' is no"),
        ("[x]\nurl = 'https://x.example'\ntimeout = '0s'", "[x] timeout: "),
        ("[x]\nurl = 'https://x.example'\ntools = 'one'", "[x] tools: "),
        ("[x]\nurl = 'https://x.example'\ntoken = 'secret'", "[x] token: no such key; known: url"),
        ("[x]\nurl = 'https://x.example'\ntoken_env = 'lin_api_secret'", "[x] token_env: write"),
        ("[x]\nurl = ", "is no TOML"),
    ],
)
def test_what_cannot_be_meant_is_refused_by_file_section_and_key_and_never_quoted(
    write: Any, text: str, said: str
):
    with pytest.raises(ConfigurationError) as refused:
        read(write(text))

    assert "plugins.toml: " in str(refused.value)
    assert said in str(refused.value)
    assert "secret" not in str(refused.value)
    assert "pw" not in str(refused.value)


def test_a_file_that_is_not_there_is_named_with_the_setting_that_named_it(tmp_path: Path):
    with pytest.raises(ConfigurationError, match=r"none\.toml: cannot be read .* HARBOR_PLUGINS"):
        read(tmp_path / "none.toml")


def test_a_file_that_is_no_text_is_refused(tmp_path: Path):
    path = tmp_path / "plugins.toml"
    path.write_bytes(b"\xff\xfe")

    with pytest.raises(ConfigurationError, match="is no TOML"):
        read(path)


@pytest.mark.parametrize("environment", [{}, {"LINEAR_API_KEY": ""}, {"LINEAR_API_KEY": " \n"}])
def test_a_token_that_is_not_set_is_asked_for_by_its_name(write: Any, environment: dict[str, str]):
    with pytest.raises(ConfigurationError) as refused:
        configured(write(WHOLE), environment)

    assert "[linear] token_env: the environment variable LINEAR_API_KEY is not set" in (
        str(refused.value)
    )


@pytest.mark.parametrize("token", ["two words", "broken\nsecret", "gehéim"])
def test_a_token_that_no_header_can_carry_is_refused_unshown(write: Any, token: str):
    with pytest.raises(ConfigurationError, match="holds characters no token has") as refused:
        configured(write(WHOLE), {"LINEAR_API_KEY": token})

    assert token not in str(refused.value)
