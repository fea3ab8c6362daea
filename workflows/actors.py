"""Actors: who did something. Stored as one text, given to jobs as the type of who it was."""

import re

from workflows.slack_ids import USER, SlackUser

ACTOR = re.compile(r"(?:slack|token|operator):")


class Program(str):
    """Another program: the name of its token."""

    __slots__ = ()


class Operator(str):
    """Whoever has the installation's own secret: the name they gave."""

    __slots__ = ()


Decider = SlackUser | Program | Operator


def decider(actor: str) -> Decider:
    """Answer who ``slack:T…:U…``, ``token:NAME`` or ``operator:NAME`` is."""
    kind, _, name = actor.partition(":")
    match kind:
        case "slack":
            team, _, user = name.rpartition(":")
            return SlackUser(user, team)
        case "operator":
            return Operator(name)
        case _:
            return Program(name or actor)


def mention(who: str) -> str:
    """Answer somebody as a text for people: a person of Slack as a mention, others by name.

    *who* is what a decision names, somebody's id, or an actor such as ``ctx.run.requested_by``.
    """
    known = decider(who) if ACTOR.match(who) else who
    if isinstance(known, SlackUser) or re.fullmatch(USER, known):
        return SlackUser(known).mention
    return str.__str__(known)
