"""The Home tab: what waits for you, what you asked for, what was decided, and a button to start."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.slack.views import gate as gates
from bot.slack.views import kit, outcome, text
from bot.slack.views.admin import AdminView, admin
from bot.slack.views.kit import Block
from workflows.approvals.view import GateView
from workflows.engine.base import RunView

# With the admin's part these add up to less than the 100 blocks of a Home tab.
MOST_WAITING = 8
MOST_REQUESTS = 8
MOST_DECISIONS = 6
LONGEST_TITLE = 300


@dataclass(frozen=True, slots=True)
class Asked:
    """A gate, and where its card is in Slack, if that is known."""

    gate: GateView
    permalink: str | None = None


@dataclass(frozen=True, slots=True)
class HomeView:
    """What one person's Home tab shows. *admin* is there for admins only.

    *titles* is what the requests asked, by the run's id.
    """

    waiting: tuple[Asked, ...] = ()
    requests: tuple[RunView, ...] = ()
    decisions: tuple[Asked, ...] = ()
    titles: Mapping[str, str] = field(default_factory=dict)
    admin: AdminView | None = None

    @property
    def is_admin(self) -> bool:
        return self.admin is not None


def home(view: HomeView) -> Block:
    """Draw a Home tab."""
    start = kit.button("Run a job", "run_job", "run_job", spoken="Run a job", style="primary")
    blocks = [
        kit.actions(start),
        *_waiting(view.waiting),
        *_requests(view),
        *_decisions(view.decisions),
        *(admin(view.admin) if view.admin else ()),
    ]
    return {"type": "home", "callback_id": "home", "blocks": blocks}


def _waiting(asked: tuple[Asked, ...]) -> list[Block]:
    blocks = [kit.header("Needs your decision")]
    if not asked:
        return [*blocks, kit.section("Nothing waits for you right now.")]
    for each in asked[:MOST_WAITING]:
        blocks += _to_decide(each)
    left = len(asked) - MOST_WAITING
    hint = f"{left} more; `/harbor inbox` lists them."
    return [*blocks, *([kit.context(hint)] if left > 0 else [])]


def _to_decide(asked: Asked) -> list[Block]:
    """Draw the beginning of a request; its buttons open a form with all of it."""
    gate = asked.gate
    with text.noticing() as noticed:
        title = kit.said(gate.card.title, LONGEST_TITLE, gate.card.named)
    parts = [
        f"Asked by {text.mention(gate.requested_by)}",
        f"expires {text.until(gate.deadline_at)}",
        *gates.in_channel(asked.permalink),
        *([kit.shortened("Its buttons show")] if noticed.is_cut else []),
    ]
    return [title, kit.context(" · ".join(parts)), gates.buttons(gate)]


def _requests(view: HomeView) -> list[Block]:
    blocks = [kit.divider(), kit.header("Your requests")]
    if not view.requests:
        return [*blocks, kit.section("You have not asked for anything yet.")]
    blocks += [
        kit.section(outcome.in_a_line(run, view.titles.get(run.id)))
        for run in view.requests[:MOST_REQUESTS]
    ]
    hint = "Only the latest are shown; `/harbor runs` lists more."
    return [*blocks, *([kit.context(hint)] if len(view.requests) > MOST_REQUESTS else [])]


def _decisions(asked: tuple[Asked, ...]) -> list[Block]:
    blocks = [kit.divider(), kit.header("Recent decisions")]
    if not asked:
        return [*blocks, kit.section("You have not decided anything yet.")]
    for each in asked[:MOST_DECISIONS]:
        blocks += _decided(each)
    hint = "Only the latest are shown; each request's card stays in its channel."
    return [*blocks, *([kit.context(hint)] if len(asked) > MOST_DECISIONS else [])]


def _decided(asked: Asked) -> list[Block]:
    gate = asked.gate
    with text.noticing() as noticed:
        title = kit.said(gate.card.title, LONGEST_TITLE, gate.card.named)
    whole = [kit.shortened(kit.page(None, gate.run_id))] if noticed.is_cut else []
    parts = [gates.status_line(gate), *gates.in_channel(asked.permalink), *whole]
    return [title, kit.context(" · ".join(parts))]
