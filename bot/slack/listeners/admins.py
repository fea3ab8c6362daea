"""Admins: who may do what the admin's part of the Home tab offers; others are told."""

from bot.slack.listeners import Ack, Body
from bot.slack.people import LookupFailed
from bot.slack.private import Said
from bot.slack.services import Services
from workflows.approvals.gate import Person

ADMINS_ONLY = "Only Harbor's admins can do this. They are listed in HARBOR_ADMINS."
LOOK_UP_AGAIN = "Slack could not tell us who you are just now. Please click again in a minute."


async def admin(services: Services, ack: Ack, body: Body) -> Person | None:
    """Answer who it is if they are an admin; else tell them."""
    words = ADMINS_ONLY
    try:
        user = body["user"]
        person = await services.people.person(user["id"], user.get("team_id"))
        is_admin = await services.people.is_admin(person.user)
        if is_admin and person.is_active and person.is_ours and not person.is_bot:
            return person
    except LookupFailed:
        words = LOOK_UP_AGAIN
    await ack()
    await services.private.tell(Said.of(body), words)
    return None
