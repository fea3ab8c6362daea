"""Jobs that ask in other ways than the shipped ones: two people, a reason, one person, a menu."""

from datetime import date
from enum import StrEnum

from pydantic import BaseModel, Field, field_validator

from bot.sandbox.people import id_of
from workflows import Approved, Context, Policy, Rejected, job


class Question(BaseModel):
    """What is asked."""

    about: str


class Verdict(BaseModel):
    """What was answered."""

    said: str
    votes: int = 0


@job(name="two-of-us", description="Two people have to agree.")
async def two_of_us(ctx: Context, question: Question) -> Verdict:
    decision = await ctx.approval(
        "both",
        f"Agree on {question.about}?",
        policy=Policy(channel_members=True, need=2),
        timeout="1h",
    )
    match decision:
        case Approved(votes=votes):
            return Verdict(said="yes", votes=len(votes))
        case Rejected():
            return Verdict(said="no")
        case _:
            return Verdict(said="nothing")


@job(name="say-why", description="A reason is needed for either answer.")
async def say_why(ctx: Context, question: Question) -> Verdict:
    decision = await ctx.approval(
        "reasoned",
        f"Do {question.about}?",
        policy=Policy(channel_members=True, reason_required=True),
        timeout="1h",
    )
    return Verdict(said=getattr(decision, "note", None) or "nothing")


@job(name="ask-cam", description="Only cam may decide.")
async def ask_cam(ctx: Context, question: Question) -> Verdict:
    decision = await ctx.approval(
        "cams",
        f"Cam, do {question.about}?",
        policy=Policy(users=(id_of("U", "cam"),)),
        timeout="24h",
    )
    return Verdict(said=type(decision).__name__)


class Colour(StrEnum):
    RED = "red"
    BLUE = "blue"


class Paint(BaseModel):
    """What to paint."""

    colour: Colour
    coats: int = Field(default=1, ge=1, le=5)


@job(name="paint", description="Paints.")
async def paint(ctx: Context, asked: Paint) -> Paint:
    return asked


RAISED = {"a key": KeyError("title"), "an exit": SystemExit("usage"), "a dive": RecursionError()}


class Everything(BaseModel):
    """One field of each kind."""

    title: str = Field(min_length=3, max_length=20)
    code: str = Field(pattern=r"^[A-Z]{3}$")
    count: int = Field(ge=1, le=10)
    share: float = Field(gt=0, lt=1)
    colour: Colour
    day: date
    sure: bool = False

    @field_validator("title")
    @classmethod
    def _no_shouting(cls, title: str) -> str:
        if title.isupper():
            raise ValueError("please do not shout")
        if title in RAISED:
            raise RAISED[title]
        return title


@job(name="everything", description="Asks for one field of each kind.")
async def everything(ctx: Context, asked: Everything) -> Everything:
    return asked


@job(name="open-day", description="Guests may start it.", guests_may_start=True)
async def open_day(ctx: Context, asked: Question) -> Verdict:
    return Verdict(said=asked.about)
