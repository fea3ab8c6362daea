"""What would hide, reorder, strike through or pile up is shown by its number everywhere."""

import pytest

from bot.slack.views import commands, gate, messages, modals
from bot.slack.views.home import Asked, HomeView, home
from tests.bot.slack.views.making import BO, a_gate, a_run, approval, decided
from tests.bot.slack.views.reading import words
from workflows.approvals.gate import Policy
from workflows.approvals.view import GateStatus, RunStatus
from workflows.engine.base import TimelineView, WaitKind, WaitStatus, WaitView

HIDDEN = {
    "hangul filler": "\u3164",
    "hangul choseong filler": "\u115f",
    "halfwidth filler": "\uffa0",
    "braille blank": "\u2800",
    "long stroke overlay": "\u0336",
    "long solidus overlay": "\u0338",
    "enclosing circle": "\u20dd",
    "prohibition": "\u20e0",
    "grapheme joiner": "\u034f",
    "zero width space": "\u200b",
    "joiner": "\u200d",
    "word joiner": "\u2060",
    "invisible times": "\u2062",
    "soft hyphen": "\u00ad",
    "override": "\u202e",
    "isolate": "\u2066",
    "right-to-left mark": "\u200f",
    "arabic letter mark": "\u061c",
    "byte order mark": "\ufeff",
    "tag": "\U000e0041",
    "variation selector": "\ufe0f",
    "variation selector 17": "\U000e0100",
    "mongolian selector": "\u180b",
    "annotation": "\ufff9",
    "object": "\ufffc",
    "line separator": "\u2028",
    "paragraph separator": "\u2029",
    "next line": "\u0085",
    "escape": "\x1b",
    "nothing": "\x00",
    "carriage return": "\r",
    "private use": "\ue000",
    "unassigned": "\u0378",
    "half a pair": "\ud800",
    "em space": "\u2003",
    "hair space": "\u200a",
    "null notehead": "\U0001d159",
    "thai vowel on a latin letter": "\u0e38",
}
every_one = pytest.mark.parametrize("hidden", HIDDEN.values(), ids=HIDDEN.keys())


def places(odd: str) -> dict[str, object]:
    """Everything that shows somebody's words, with *odd* in one of its places each."""
    run = a_run(status=RunStatus.COMPLETED, result={odd: "x", "y": odd})
    failed = a_run(status=RunStatus.FAILED, error={"kind": odd, "message": odd})
    wait = WaitView(odd, 1, WaitKind.EVENT, WaitStatus.OPEN, (), run.created_at)
    told = a_run(waits=(wait,), timeline=(TimelineView(run.created_at, odd, odd, odd),))
    asked = a_gate(title=odd)
    voted = a_gate(policy=Policy(channel_members=True, need=2), votes=(approval(BO, odd),))
    return {
        "title": gate.card(asked, link=None),
        "why": gate.card(a_gate(why=odd), link=None),
        "label": gate.card(a_gate(fields=((odd, "x"),)), link=None),
        "value": gate.card(a_gate(fields=(("x", odd),)), link=None),
        "reason": gate.card(decided(GateStatus.REJECTED, note=odd), link=None),
        "note of a vote": gate.card(voted, link=None),
        "asker": gate.card(a_gate(requested_by=f"token:{odd}"), link=None),
        "line": gate.summary(asked),
        "home": home(HomeView(waiting=(Asked(asked),))),
        "request at home": home(HomeView(requests=(run,), titles={run.id: odd})),
        "form for a reason": modals.reject(asked),
        "description": modals.run_form("job", odd, []),
        "result": messages.run_ended(run)[1],
        "error": messages.run_ended(failed)[1],
        "to the requester": messages.to_requester(asked, None)[1],
        "status": commands.run_status(told)[1],
        "list": commands.runs_list([run], {run.id: odd})[1],
    }


@every_one
@pytest.mark.parametrize("place", places("x"))
def test_a_character_that_hides_is_shown_by_its_number_wherever_it_stands_g6(place, hidden):
    drawn = places(f"Pay 5{hidden}0 to Bo")[place]

    said = drawn if isinstance(drawn, str) else words(drawn)
    assert f"5⟨U+{ord(hidden):04X}⟩0" in said.replace("5 ⟨", "5⟨").replace("⟩ 0", "⟩0")
    assert hidden not in said


@pytest.mark.parametrize("alone", ["\u3164", "\u2800", "\u115f", "\u200b", "\u00ad"])
def test_a_text_of_nothing_visible_is_not_drawn_as_nothing_g6(alone):
    said = words(gate.card(a_gate(fields=(("Payee", alone),)), link=None))

    assert f"⟨U+{ord(alone):04X}⟩" in said


def test_marks_that_pile_up_are_counted_and_cover_nothing_g6():
    said = words(
        gate.card(a_gate(title="Pay 1\u0336\u0336\u0336 or e" + "\u0301" * 500), link=None)
    )

    assert "Pay 1⟨U+0336, 3 times⟩ or é" in said
    assert "⟨U+0301, " in said
