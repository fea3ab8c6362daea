"""`harbor demo`: two processes started, watched and stopped, and one line for what goes wrong."""

import fcntl
import json
import os
import signal
import socket
import time
from pathlib import Path

import httpx
import pytest

from bot import demo as demonstration
from tests.demo import Started, demo, free_ports, is_alive, is_open, launch, refusal


def workspace(running: Started) -> dict[str, object]:
    return json.loads((running.folder / "workspace.json").read_text())


def sandbox_of(running: Started) -> int:
    (pid,) = running.processes() - {running.bot}
    return pid


def test_it_prints_one_address_and_answers_there(tmp_path: Path):
    with demo(tmp_path / ".demo") as running:
        page = httpx.get(running.url, trust_env=False).text

    assert "Harbor sandbox" in page
    assert running.url.endswith(f":{running.ports[1]}")


def test_ctrl_c_stops_both_and_is_no_failure(tmp_path: Path):
    with demo(tmp_path / ".demo") as running:
        started = running.processes()
        words = running.stop()

    assert len(started) == 2
    assert not any(is_alive(pid) for pid in started)
    assert running.process.returncode == 0
    assert words.strip() == f"Stopped. Everything is kept in {tmp_path / '.demo'}."
    assert not any(is_open(port) for port in running.ports)


def test_ctrl_c_while_it_starts_stops_it_without_complaint(tmp_path: Path):
    starting = launch(tmp_path / ".demo")
    log = tmp_path / ".demo" / "serve.log"  # made after it has begun to listen to signals
    while not log.exists():
        assert starting.poll() is None
        time.sleep(0.01)

    starting.send_signal(signal.SIGINT)

    assert starting.communicate(timeout=20)[0].strip().startswith("Stopped.")
    assert starting.returncode == 0


def test_a_second_start_goes_on_with_the_data_of_the_first(tmp_path: Path):
    folder = tmp_path / ".demo"
    with demo(folder) as first:
        before = (folder / "env").read_text()
        credentials = workspace(first)["credentials"]

    with demo(folder, first.ports) as second:
        assert (folder / "env").read_text() == before
        assert workspace(second)["credentials"] == credentials


def test_its_secrets_are_its_owners_alone(tmp_path: Path):
    with demo(tmp_path / ".demo") as running:
        modes = {each.stat().st_mode & 0o077 for each in (running.folder, running.folder / "env")}

    assert modes == {0}


@pytest.mark.parametrize(("taken", "name"), [(0, "PORT"), (1, "SLACK_PORT")])
def test_a_port_that_is_taken_is_one_line_that_says_which(tmp_path: Path, taken: int, name: str):
    ports = free_ports()
    with socket.create_server(("127.0.0.1", ports[taken])):
        status, words = refusal(tmp_path / ".demo", ports)

    port = ports[taken]
    assert status == 1
    assert (
        words == f"harbor: port {port} is in use; choose another: make demo {name}={port + 100}\n"
    )


@pytest.mark.parametrize(
    ("ports", "words"), [((4000, 4000), "cannot share port 4000"), ((4000, 99999), "is no port")]
)
def test_ports_that_cannot_be_are_refused(tmp_path: Path, ports: tuple[int, int], words: str):
    status, said = refusal(tmp_path / ".demo", ports)

    assert status == 1
    assert words in said
    assert said.count("\n") == 1


def test_a_second_demo_in_the_same_folder_is_refused_in_one_line(tmp_path: Path):
    with demo(tmp_path / ".demo") as running:
        status, words = refusal(tmp_path / ".demo")

        assert status == 1
        assert "another demo has its data in" in words
        assert words.count("\n") == 1
        assert running.process.poll() is None


def test_a_folder_that_is_a_file_is_one_line(tmp_path: Path):
    (tmp_path / ".demo").write_text("not a folder")

    status, words = refusal(tmp_path / ".demo")

    assert (status, words) == (1, f"harbor: {tmp_path / '.demo'} cannot be used: File exists\n")


def test_a_killed_workspace_ends_the_demo_with_one_line(tmp_path: Path):
    with demo(tmp_path / ".demo") as running:
        os.kill(sandbox_of(running), signal.SIGKILL)
        words = running.ends()

    assert running.process.returncode == 1
    assert "the workspace was killed (SIGKILL)" in words
    assert words.count("\n") == 1
    assert not any(is_open(port) for port in running.ports)


def test_a_killed_bot_comes_back_as_another_process(tmp_path: Path):
    with demo(tmp_path / ".demo") as running:
        os.kill(running.bot, signal.SIGKILL)

        back = running.comes_back()

        assert back != running.bot
        assert back in running.processes()
        assert is_open(running.ports[0])


def test_a_bot_that_dies_at_once_is_one_line_with_its_last_words(tmp_path: Path):
    status, words = refusal(tmp_path / ".demo", HARBOR_JOBS="no.such.module")

    assert status == 1
    assert "the bot ended with status 1" in words
    assert "serve.log ends with: harbor: " in words
    assert "no.such.module" in words
    assert words.count("\n") == 1


def test_a_bot_that_cannot_come_back_ends_the_demo_with_its_last_words(tmp_path: Path):
    with demo(tmp_path / ".demo") as running:
        os.kill(running.bot, signal.SIGKILL)
        with (running.folder / "harbor.db.lock").open("r+") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            words = running.ends()

    assert running.process.returncode == 1
    last = words.splitlines()[-1]
    assert "the bot ended with status 1" in last
    assert "is in use by another Harbor process" in last


def test_last_words_of_an_earlier_demo_are_not_taken_for_this_ones(tmp_path: Path):
    folder = tmp_path / ".demo"
    refusal(folder, HARBOR_JOBS="no.such.module")

    with demo(folder) as running:
        os.kill(sandbox_of(running), signal.SIGKILL)
        words = running.ends()

    assert "no.such.module" not in words


def test_the_demo_takes_no_real_credentials_and_no_proxy_from_its_surroundings(
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.setenv("SLACK_APP_TOKEN", "xapp-real")
    monkeypatch.setenv("HARBOR_DATABASE_URL", "postgresql+psycopg://real")
    monkeypatch.setenv("https_proxy", "http://proxy.example")
    monkeypatch.setenv("HARBOR_JOBS", "acme.jobs")

    handed_on = demonstration.surroundings()

    assert not {"SLACK_APP_TOKEN", "HARBOR_DATABASE_URL", "https_proxy"} & set(handed_on)
    assert handed_on["HARBOR_JOBS"] == "acme.jobs"


def test_an_env_file_of_the_real_bot_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / ".env").write_text("HARBOR_NO_SUCH_SETTING=1\n")
    monkeypatch.setenv("PYTHONPATH", str(Path.cwd()))
    monkeypatch.chdir(tmp_path)

    with demo(Path(".demo")) as running:
        assert running.words.count("Harbor is running") == 1
