"""The server, its public address, and where people sign in."""

from pathlib import Path

from bot.config import Settings
from bot.doctor import Mark
from bot.sandbox import Fault, Sandbox
from tests.bot.doctor.examining import changed, found
from tests.journeys.town import town

CLIENT_SECRET = "0" * 32


async def test_a_server_that_does_not_run_is_no_fault(settings: Settings):
    server = await found(settings, "server")

    assert (server.mark, server.next_step) == (Mark.GOOD, "harbor serve")


async def test_somebody_else_at_the_port_is_found(sandbox: Sandbox, settings: Settings):
    port = int(sandbox.url.rpartition(":")[2])

    server = await found(changed(settings, HARBOR_PORT=port), "server")

    assert server.mark is Mark.BAD
    assert "is not Harbor" in server.said


async def test_a_server_that_slack_does_not_hear_is_not_ready(sandbox: Sandbox, tmp_path: Path):
    sandbox.faults.add("*", Fault.status(503), times=None)
    async with town(sandbox, tmp_path) as acme:
        port = int(acme.harbor.url.rpartition(":")[2])
        server = await found(changed(acme.settings, HARBOR_PORT=port), "server")

    assert server.mark is Mark.BAD
    assert "is not ready: Slack http_503" in server.said


async def test_links_to_this_machine_are_worth_a_look_in_a_real_workspace(settings: Settings):
    real = changed(settings, SLACK_API_BASE_URL="https://slack.test/api/")

    address = await found(real, "public address")

    assert address.mark is Mark.WARNING
    assert "HARBOR_PUBLIC_URL" in str(address.next_step)


async def test_a_public_address_that_does_not_lead_here_is_worth_a_look(settings: Settings):
    elsewhere = changed(settings, HARBOR_PUBLIC_URL="https://harbor.invalid")

    address = await found(elsewhere, "public address")

    assert address.mark is Mark.WARNING
    assert "does not lead to Harbor" in address.said


async def test_sign_in_that_is_not_set_up_says_what_is_missing_for_it(settings: Settings):
    sign_in = await found(settings, "sign-in")

    assert sign_in.mark is Mark.WARNING
    assert "SLACK_SIGN_IN_CLIENT_ID" in str(sign_in.next_step)


def signing_in(settings: Settings, issuer: str) -> Settings:
    return changed(
        settings,
        SLACK_SIGN_IN_CLIENT_ID="1.2",
        SLACK_SIGN_IN_CLIENT_SECRET=CLIENT_SECRET,
        SLACK_SIGN_IN_ISSUER=issuer,
    )


async def test_sign_in_names_the_redirect_url_to_register(sandbox: Sandbox, settings: Settings):
    sign_in = await found(signing_in(settings, sandbox.url), "sign-in")

    assert sign_in.mark is Mark.GOOD
    assert "http://127.0.0.1:1/auth/slack/callback" in str(sign_in.next_step)


async def test_an_issuer_that_describes_itself_otherwise_is_found(
    sandbox: Sandbox, settings: Settings
):
    other = sandbox.url.replace("127.0.0.1", "localhost")

    sign_in = await found(signing_in(settings, other), "sign-in")

    assert sign_in.mark is Mark.BAD
    assert f"describes itself as {sandbox.url}" in sign_in.said


async def test_an_issuer_that_is_away_is_found(settings: Settings):
    sign_in = await found(signing_in(settings, "http://127.0.0.1:9"), "sign-in")

    assert sign_in.mark is Mark.BAD
    assert "SLACK_SIGN_IN_ISSUER" in str(sign_in.next_step)
