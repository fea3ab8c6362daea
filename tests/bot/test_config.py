"""Settings: what is missing, malformed or misspelt stops the start with a line that names it."""

from collections.abc import Callable
from pathlib import Path

import pytest

from bot import config
from workflows.errors import ConfigurationError

TOKEN = "xoxb-123456789012-abcdefabcdefabcdefabcdef"
SECRET = "0123456789abcdef0123456789abcdef"
GOOD = {"SLACK_BOT_TOKEN": TOKEN, "SLACK_SIGNING_SECRET": SECRET}
Load = Callable[..., config.Settings]

MALFORMED = {
    "SLACK_BOT_TOKEN": [
        "",
        " ",
        "xoxp-1-user-token",
        "xapp-1-A1-app-token",
        "xoxe.xoxb-1-rotated",
        "xoxe-1-refresh",
        "xoxb-with a space",
        "xoxb-ümlaut",
        "Bearer xoxb-1",
        "your-token-here",
    ],
    "SLACK_SIGNING_SECRET": [
        "",
        "abc",
        "your-signing-secret",
        "0123456789ABCDEF0123456789ABCDEF",
        SECRET + "0",
        SECRET[:16] + " " + SECRET[17:],
        TOKEN,
    ],
    "SLACK_API_BASE_URL": [
        "",
        "slack.com/api",
        "http://slack.com/api/",
        "ftp://slack.com/",
        "https://",
        "javascript:alert(1)",
    ],
    "HARBOR_PORT": ["", "-1", "65536", "http", "3000.5", "1e3"],
    "HARBOR_PUBLIC_URL": [
        "harbor.example.com",
        "http://harbor.example.com",
        "https://harbor.example.com/harbor",
        "https://",
        "",
        "https://harbor.example.com:99999",
        "https://harbor.example.com:port",
        "https://[::1",
        "https://ana:5ecret@harbor.example.com",
        "https://harbor.example.com?next=1",
        "https://harbor.example.com#top",
    ],
    "HARBOR_HOST": ["", " "],
    "SLACK_APP_TOKEN": ["", "xoxb-1", "xapp-with a space"],
    "SLACK_SIGN_IN_CLIENT_ID": ["", "1.2"],
    "SLACK_SIGN_IN_CLIENT_SECRET": [""],
    "SLACK_SIGN_IN_ISSUER": ["", "slack.com", "http://slack.com", "https://slack.com:x"],
    "HARBOR_SECRET_KEY": ["", "short"],
    "HARBOR_PLUGINS": [""],
    "HARBOR_DATABASE_URL": [""],
    "HARBOR_JOBS": ["acme jobs", "../jobs", "acme-jobs", "os; import sys"],
    "HARBOR_ADMINS": ["ana", "@ana", "U1,ana", "u024be7lh", "ana@example.com", "*"],
    "HARBOR_APPROVALS_CHANNEL": ["", "approvals", "#", "# approvals", "@bo", "D024BE7LH"],
    "HARBOR_LOG_FORMAT": ["xml", "JSON "],
}


@pytest.fixture
def load(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Load:
    """Load settings from nothing but what is given."""
    for name in config.names():
        monkeypatch.delenv(name, raising=False)

    def loaded(given: dict[str, str], file: Path = tmp_path / ".env") -> config.Settings:
        for name, value in given.items():
            monkeypatch.setenv(name, value)
        return config.load(given, file)

    return loaded


def refusal(load: Load, given: dict[str, str]) -> str:
    with pytest.raises(ConfigurationError) as refused:
        load(given)
    return str(refused.value)


def test_token_and_signing_secret_are_enough(load: Load):
    settings = load(GOOD)

    assert settings.bot_token.get_secret_value() == TOKEN
    assert settings.slack_api_base_url == "https://slack.com/api/"
    assert (settings.host, settings.port) == ("127.0.0.1", 3000)
    assert settings.public_url == "http://127.0.0.1:3000"
    assert settings.approvals_channel == "#approvals"
    assert (settings.jobs, settings.admins) == ((), ())


@pytest.mark.parametrize("missing", GOOD)
def test_a_required_setting_that_is_missing_is_named_with_where_to_find_it(
    load: Load, missing: str
):
    given = {name: value for name, value in GOOD.items() if name != missing}

    line = refusal(load, given)

    assert line.startswith(f"{missing} is not set. Find it at api.slack.com/apps → your app → ")
    assert "\n" not in line


def test_two_wrong_settings_are_two_lines(load: Load):
    first, second = refusal(load, {"HARBOR_PORT": "many"}).splitlines()

    assert first.startswith("SLACK_BOT_TOKEN is not set")
    assert second.startswith("HARBOR_PORT: ")


def test_an_app_level_token_is_the_other_way_in(load: Load):
    given = {name: value for name, value in GOOD.items() if name != "SLACK_SIGNING_SECRET"}

    settings = load(given | {"SLACK_APP_TOKEN": "xapp-1-A0-1"})

    assert settings.signing_secret is None


@pytest.mark.parametrize(
    ("name", "value"), [(name, value) for name, values in MALFORMED.items() for value in values]
)
def test_x104_to_x106_a_malformed_setting_is_named_in_one_line(load: Load, name: str, value: str):
    line = refusal(load, GOOD | {name: value})

    assert line.startswith(name)
    assert "\n" not in line
    assert len(line) < 400


@pytest.mark.parametrize("name", GOOD)
def test_x104_a_malformed_secret_is_never_repeated(load: Load, name: str):
    line = refusal(load, GOOD | {name: "xoxp-5ecret-5ecret"})

    assert "5ecret" not in line
    assert "Find it at api.slack.com/apps" in line


def test_x104_secrets_are_masked_wherever_settings_are_shown(load: Load):
    settings = load(GOOD)

    for shown in (repr(settings), str(settings), str(settings.model_dump())):
        assert TOKEN not in shown
        assert SECRET not in shown


@pytest.mark.parametrize("name", ["SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "HARBOR_SECRET_KEY"])
def test_x104_a_secret_in_a_file_that_everyone_can_read_is_refused(
    load: Load, tmp_path: Path, name: str
):
    file = tmp_path / ".env"
    file.write_text(f"{name}=5ecret\n")
    file.chmod(0o644)

    with pytest.raises(ConfigurationError) as refused:
        load(GOOD, file)

    assert str(refused.value).startswith(f"{name}: everyone on this machine can read {file};")
    assert str(refused.value).endswith(f"chmod 600 {file}")
    assert "5ecret" not in str(refused.value)


@pytest.mark.parametrize(("text", "mode"), [("HARBOR_PORT=4000\n", 0o644), ("", 0o600)])
def test_x104_a_file_without_secrets_or_of_ones_own_is_read(
    load: Load, tmp_path: Path, text: str, mode: int
):
    file = tmp_path / ".env"
    file.write_text(text or "HARBOR_PORT=4000\nSLACK_APP_TOKEN=xapp-1\n")
    file.chmod(mode)

    assert load(GOOD, file).port == 4000


@pytest.mark.parametrize("kind", ["a user token", "an app-level token"])
def test_x104_a_token_of_another_kind_is_called_what_it_is(load: Load, kind: str):
    token = {"a user token": "xoxp-1", "an app-level token": "xapp-1"}[kind]

    assert f"is {kind}, but a bot token (xoxb-…) is needed" in refusal(
        load, GOOD | {"SLACK_BOT_TOKEN": token}
    )


@pytest.mark.parametrize("name", ["HARBOR_PROT", "HARBOR_DATABASE", "HARBOR_", "harbor_ports"])
def test_x108_a_misspelt_setting_is_refused_and_the_known_ones_are_listed(load: Load, name: str):
    line = refusal(load, GOOD | {name: "3001"})

    assert line.startswith(f"{name} is no setting; known: HARBOR_ADMINS, ")
    assert "HARBOR_PORT" in line
    assert "3001" not in line


def test_x108_a_misspelt_setting_in_the_env_file_is_refused(load: Load, tmp_path: Path):
    file = tmp_path / ".env"
    file.write_text("# comment\nexport HARBOR_PROT=3001\n")

    with pytest.raises(ConfigurationError, match="HARBOR_PROT is no setting"):
        load(GOOD, file)


def test_settings_of_others_are_left_alone(load: Load):
    assert load(GOOD | {"SLACK_SOMETHING": "else", "PATH": "/bin"})


def test_the_env_file_is_read_and_the_environment_wins(load: Load, tmp_path: Path):
    file = tmp_path / ".env"
    file.write_text(f"SLACK_BOT_TOKEN={TOKEN}\nHARBOR_PORT=4000\nHARBOR_HOST=127.0.0.2\n")
    file.chmod(0o600)

    settings = load({"SLACK_SIGNING_SECRET": SECRET, "HARBOR_PORT": "4001"}, file)

    assert settings.bot_token.get_secret_value() == TOKEN
    assert (settings.host, settings.port) == ("127.0.0.2", 4001)


def test_lists_are_separated_by_commas_and_trimmed(load: Load):
    settings = load(
        GOOD | {"HARBOR_ADMINS": " U024BE7LH, S0614TZR7 ,,", "HARBOR_JOBS": "acme.jobs, more"}
    )

    assert settings.admins == ("U024BE7LH", "S0614TZR7")
    assert settings.jobs == ("acme.jobs", "more")


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("https://harbor.example.com/", "https://harbor.example.com"),
        (" https://harbor.example.com ", "https://harbor.example.com"),
        ("http://localhost:3000", "http://localhost:3000"),
        ("http://[::1]:3000", "http://[::1]:3000"),
        ("http://127.0.0.1:3000", "http://127.0.0.1:3000"),
    ],
)
def test_x106_the_public_address_is_normalised_once(load: Load, given: str, kept: str):
    assert load(GOOD | {"HARBOR_PUBLIC_URL": given}).public_url == kept


@pytest.mark.parametrize(
    ("host", "address"), [("localhost", "http://localhost:4000"), ("::1", "http://[::1]:4000")]
)
def test_the_public_address_follows_host_and_port(load: Load, host: str, address: str):
    settings = load(GOOD | {"HARBOR_HOST": host, "HARBOR_PORT": "4000"})

    assert settings.public_url == address


@pytest.mark.parametrize(
    "host",
    ["0.0.0.0", "::", "10.1.2.3", "harbor.internal", "999.1.1.1"],  # noqa: S104  nothing is bound
)
def test_x106_a_host_that_others_reach_needs_a_public_address_of_its_own(load: Load, host: str):
    line = refusal(load, GOOD | {"HARBOR_HOST": host})

    assert line.startswith("HARBOR_PUBLIC_URL: is not set, and HARBOR_HOST is not this machine")
    assert load(GOOD | {"HARBOR_HOST": host, "HARBOR_PUBLIC_URL": "https://harbor.example.com"})


def test_a_setting_that_was_not_filled_in_says_so_and_where_to_find_it(load: Load):
    line = refusal(load, GOOD | {"SLACK_BOT_TOKEN": ""})

    assert line.startswith("SLACK_BOT_TOKEN: is empty: fill it in, or take the line out.")
    assert "Bot User OAuth Token" in line


@pytest.mark.parametrize("url", ["https://slack.com/api", "https://slack.com/api/"])
def test_the_api_address_ends_in_one_slash(load: Load, url: str):
    assert load(GOOD | {"SLACK_API_BASE_URL": url}).slack_api_base_url == "https://slack.com/api/"


@pytest.mark.parametrize(
    ("url", "is_loopback"),
    [
        ("http://127.0.0.1:1", True),
        ("http://127.8.8.8", True),
        ("http://[::1]/", True),
        ("http://localhost", True),
        ("http://localhost.evil.example", False),
        ("http://127.0.0.1.evil.example", False),
        ("http://0.0.0.0", False),
        ("http://169.254.169.254", False),
        ("http://10.0.0.1", False),
        ("", False),
    ],
)
def test_only_this_machine_is_loopback(url: str, *, is_loopback: bool):
    assert config.is_loopback(url) is is_loopback


def test_settings_do_not_change(load: Load):
    settings = load(GOOD)

    with pytest.raises(ValueError, match="frozen"):
        settings.port = 1
