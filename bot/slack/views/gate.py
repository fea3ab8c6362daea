"""The approval card: one picture of a gate, the same whichever door the answer came through.

Words of people are plain text, so nothing in them can format, mention or link. Only labels,
mentions and times are mrkdwn. Once decided, the body stays and the buttons go: people audit by
scrolling.
"""

from typing import assert_never

from bot.slack.views import carried, kit, outcome, text
from bot.slack.views.answers import (
    HERE,
    already_decided,
    by,
    cancelled,
    changed,
    counted,
    expired,
    missing,
    not_allowed,
    not_recorded,
    policy_line,
    recorded,
    repeated,
    some,
    too_many,
    unconfirmed,
    unsupported,
)
from bot.slack.views.kit import Block
from workflows.approvals.digest import SHORT
from workflows.approvals.gate import Card, Choice
from workflows.approvals.view import GateStatus, GateView, RunStatus

__all__ = [
    "already_decided",
    "cancelled",
    "card",
    "changed",
    "counted",
    "expired",
    "missing",
    "not_allowed",
    "not_recorded",
    "policy_line",
    "recorded",
    "repeated",
    "status_line",
    "summary",
    "too_many",
    "unconfirmed",
    "unsupported",
]

MOST_FIELDS = 60
MOST_NOTES = 5
MOST_VOTERS = 20
FIELDS_BUDGET = 8_000  # characters of all values together, so that the message stays readable
LONGEST_VALUE = 1_000
LONGEST_WHY = 1_500
LONGEST_NOTE = 2_000
RESULT_PAIRS = 10
TROUBLES = frozenset({RunStatus.FAILED, RunStatus.BLOCKED})


def card(gate: GateView, *, link: str | None) -> list[Block]:
    """Draw a gate. *link* is where a browser shows all of it; None: no page can be opened.

    The block ids change with the version of the card.
    """
    blocks = kit.whole(lambda: [*asked(gate), *_state(gate)], kit.page(link, gate.run_id))
    if gate.status is GateStatus.OPEN:
        blocks.append(buttons(gate, link=text.page_address(link)))
    return kit.numbered([*blocks, fine_print(gate)], _version(gate))


def question(gate: GateView, *, link: str | None, permalink: str | None = None) -> list[Block]:
    """Draw all that the card of an open gate shows, for where it is decided without the card.

    *permalink* leads to the card.
    """
    blocks = kit.whole(lambda: [*asked(gate), *_state(gate)], kit.page(link, gate.run_id))
    return [*blocks, fine_print(gate, permalink)]


def summary(gate: GateView) -> str:
    """Answer a card in a line (mrkdwn), for notifications and screen readers."""
    title = text.line(gate.card.title, 500, gate.card.named)
    if gate.status is not GateStatus.OPEN:
        return f"{_decided(gate)}: {title}"
    asker = text.mention(gate.requested_by)
    return f"{title} · asked by {asker} · expires {text.until(gate.deadline_at)}"


def status_line(gate: GateView) -> str:
    """Say how a gate stands, by whom and since when (mrkdwn)."""
    if gate.asked_again_at:
        return f"↻ {_stood(gate)}\nAsked again: the question has changed since."
    if gate.stands_by:
        who = text.mention(gate.stands_by)
        return f"{_stood(gate)}\n⚠ The question has changed since; {who} lets the answer stand."
    return _stood(gate)


def _stood(gate: GateView) -> str:
    match gate.status:
        case GateStatus.OPEN:
            return f"◷ Waiting · expires {text.until(gate.deadline_at)}"
        case GateStatus.APPROVED:
            return f"✓ {_decided(gate)}{_at(gate)}"
        case GateStatus.REJECTED:
            return f"✕ {_decided(gate)}{_at(gate)}"
        case GateStatus.EXPIRED:
            return f"⊖ {_decided(gate)} · {text.moment(gate.deadline_at)}"
        case GateStatus.CANCELLED:
            return f"⊘ {_decided(gate)}{_at(gate)}"
        case _:
            assert_never(gate.status)


def buttons(gate: GateView, *, link: str | None = None) -> Block:
    """Answer the buttons of an open gate; what they carry authorises nothing."""
    title, value = gate.card.title, carried.written(gate)
    elements = [
        kit.button("Approve", "approve", value, spoken=f"Approve: {title}", style="primary"),
        kit.button("Reject", "reject", value, spoken=f"Reject: {title}", style="danger"),
    ]
    if link:
        seen = kit.button("Open in browser", "open", value, spoken=f"Open in browser: {title}")
        elements.append(seen | {"url": link})
    return kit.actions(*elements)


def _decided(gate: GateView) -> str:
    """Answer "Approved by <@U…>", word for word what readers look for."""
    return f"{gate.status.value.capitalize()}{by(gate)}"


def _at(gate: GateView) -> str:
    return f" · {text.moment(gate.decided_at)}" if gate.decided_at else ""


def _version(gate: GateView) -> str:
    stands = f"{gate.status.value}.{len(gate.votes)}.{gate.run_status.value}"
    return f"{gate.id[:12]}.{gate.version}.{stands}"


def asked(gate: GateView) -> list[Block]:
    """Draw what is asked: the part that stays the same for ever."""
    shown = gate.card
    asker = f"Asked by {text.mention(gate.requested_by)} · job {text.bold(gate.job)}"
    blocks = [*_title(shown), kit.section(asker)]
    if text.visible(shown.why or ""):
        blocks.append(kit.said(shown.why or "", LONGEST_WHY, shown.named))
    blocks += kit.table(shown.fields, FIELDS_BUDGET, LONGEST_VALUE, MOST_FIELDS, shown.named)
    return [*blocks, kit.section(f"*Who may decide* {policy_line(gate.policy, HERE)}")]


def _title(shown: Card) -> list[Block]:
    """Draw a title; one that does not fit into a header stands below it once more, whole.

    A header names nobody: a title that does is a line in bold.
    """
    if text.names(shown.title, shown.named):
        return [kit.section(f"*{text.line(shown.title, LONGEST_WHY - 2, shown.named)}*")]
    with text.noticing() as header:
        blocks = [kit.header(shown.title)]
    return [*blocks, kit.said(shown.title)] if header.is_cut else blocks


def _state(gate: GateView) -> list[Block]:
    blocks = [kit.section("\n".join([status_line(gate), *_votes(gate)]))]
    if gate.status is not GateStatus.OPEN and gate.note:
        blocks.append(kit.said(f"Reason: {gate.note}", LONGEST_NOTE))
    if gate.stands_note:
        blocks.append(kit.said(f"Why the answer stands: {gate.stands_note}", LONGEST_NOTE))
    blocks += _earlier_notes(gate)
    if gate.run_status in TROUBLES:  # what went well is told in the thread
        blocks += outcome.of_gate(gate, RESULT_PAIRS)
    return blocks


def _votes(gate: GateView) -> list[str]:
    """Say who has approved so far, where more than one has to."""
    if gate.policy.need == 1:
        return []
    approvals = [cast.person for cast in gate.votes if cast.choice is Choice.APPROVED]
    names = ", ".join(some([text.mention(person) for person in approvals], MOST_VOTERS))
    count = f"{len(approvals)} of {gate.policy.need}"
    return [f"{count} · {names}" if names else count]


def _earlier_notes(gate: GateView) -> list[Block]:
    """Draw what voters wrote before the answer that decided."""
    notes = [cast for cast in gate.votes if cast.note and cast.person != gate.decided_by]
    return [
        {
            "type": "context",
            "elements": [
                text.markdown(f"{text.mention(cast.person)}:"),
                text.plain(cast.note or "", 500),
            ],
        }
        for cast in kit.first(notes, MOST_NOTES)
    ]


def fine_print(gate: GateView, permalink: str | None = None) -> Block:
    """Draw what tells this request and its payload from every other, and where its card is."""
    digest = (
        f"Digest `{text.inline(gate.digest[:SHORT], 40)}` · run `{text.inline(gate.run_id, 40)}`"
    )
    return kit.context(" · ".join([digest, *in_channel(permalink)]))


def in_channel(permalink: str | None) -> list[str]:
    """Link to a card, where its place is known."""
    address = text.web_address(permalink)
    return [text.link(address, "In channel")] if address else []
