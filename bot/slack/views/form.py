"""A form from a job's pydantic model: its fields become inputs, its answers become arguments."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, assert_never

from pydantic import BaseModel

from bot.slack.views import complaints, inputs, kit, schema, text
from bot.slack.views.inputs import Absent, Answer, Given, Wrong
from bot.slack.views.kit import Block
from bot.slack.views.schema import Field, FormRefused
from workflows.inputs import of as inputs_of

__all__ = ["FieldErrors", "Form", "FormRefused", "form"]

MOST_ON_ONE_PAGE = 8
PAGE = 6  # inputs in a view, as Slack's guidance asks
WHOLE = ""  # where an error goes when the form has no field to put it under


@dataclass(frozen=True, slots=True)
class FieldErrors:
    """What is wrong with a submitted form, by block id: what Slack's ack takes as ``errors``."""

    errors: dict[str, str]


@dataclass(frozen=True, slots=True)
class Form:
    """The inputs of a model."""

    model: type[BaseModel]
    fields: tuple[Field, ...]

    def blocks(self, errors: Mapping[str, str] | None = None) -> list[Block]:
        """Draw the inputs; a block's id is the field's name. *errors* show in the hints."""
        found = errors or {}
        return kit.whole(
            lambda: [_drawn(field, found.get(field.name)) for field in self.fields],
            "`harbor jobs --json` shows",
        )

    @property
    def pages(self) -> tuple["Form", ...]:
        """Answer the same inputs a page at a time; a short form is one page."""
        if len(self.fields) <= MOST_ON_ONE_PAGE:
            return (self,)
        starts = range(0, len(self.fields), PAGE)
        return tuple(Form(self.model, self.fields[start : start + PAGE]) for start in starts)

    def read(
        self, values: Mapping[str, Any], earlier: Mapping[str, Any] | None = None
    ) -> dict[str, Any] | FieldErrors:
        """Turn Slack's ``view.state.values`` into the model's JSON arguments.

        Only the blocks of this form are read. What was left empty is left out, so that the
        model's defaults apply. *earlier* are the arguments of the pages before this one; they
        are answered too, and together they have passed the model.
        """
        arguments = self._answers(values, earlier)
        if isinstance(arguments, FieldErrors):
            return arguments
        first = self.fields[0].name if self.fields else WHOLE
        errors: dict[str, str] = {}
        for place, words in self._errors(arguments):
            # What concerns the whole, or an earlier page, goes under the first input.
            errors.setdefault(place or first, words)
        return FieldErrors(errors) if errors else arguments

    def read_page(
        self, values: Mapping[str, Any], earlier: Mapping[str, Any]
    ) -> dict[str, Any] | FieldErrors:
        """Like `read`, for a page with more to come: only what this page asks for is judged."""
        arguments = self._answers(values, earlier)
        if isinstance(arguments, FieldErrors):
            return arguments
        errors = {place: words for place, words in self._errors(arguments) if place}
        return FieldErrors(errors) if errors else arguments

    def _answers(
        self, values: Mapping[str, Any], earlier: Mapping[str, Any] | None
    ) -> dict[str, Any] | FieldErrors:
        answers = [(field, _answer(field, values)) for field in self.fields]
        wrong = {
            field.name: message
            for field, answer in answers
            if (message := _objection(field, answer))
        }
        return FieldErrors(wrong) if wrong else {**(earlier or {}), **_arguments(answers)}

    def _errors(self, arguments: dict[str, Any]) -> list[tuple[str, str]]:
        """Answer what the model objects to: the input of this form ("" where none is), and why."""
        found = inputs_of(self.model).checked(arguments)
        if isinstance(found, BaseModel):
            return []
        here = {field.name: field.name for field in self.fields}
        here |= {field.key: field.name for field in self.fields}
        return [
            (here.get(str(each["loc"][0]), "") if each["loc"] else "", complaints.friendly(each))
            for each in found
        ]


def form(model: type[BaseModel]) -> Form:
    """Make a form of a model. Raises FormRefused, naming the field that cannot be asked for."""
    return Form(model, schema.fields(model))


def _drawn(field: Field, error: str | None) -> Block:
    element = field.kind.element()
    if _hides_default(field.kind, element):
        text.leave_out()
    hint = "\n".join(part for part in (error and f"⚠ {error}", field.hint) if part)
    return kit.asked(
        field.name,
        field.label,
        element,
        hint=text.cut(hint, text.LABEL_TEXT),
        optional=field.may_be_empty,
    )


def _hides_default(kind: inputs.Kind, element: Block) -> bool:
    """Whether a default applies that Slack's input cannot show: too long, out of its bounds."""
    initial = kind.number.initial if isinstance(kind, inputs.Exact) else kind.initial
    is_shown = any(key.startswith("initial") for key in element)
    return initial not in (None, (), False) and not is_shown


def _answer(field: Field, values: Mapping[str, Any]) -> Answer:
    block = values.get(field.name)
    state = block.get(inputs.ACTION) if isinstance(block, Mapping) else None
    return field.kind.read(state) if isinstance(state, Mapping) else Absent()


def _objection(field: Field, answer: Answer) -> str | None:
    match answer:
        case Wrong(message):
            return message
        case Absent():
            is_missing = field.is_required and not field.is_nullable
            return complaints.NEEDED if is_missing else None
        case Given():
            return None
        case _:
            assert_never(answer)


def _arguments(answers: Iterable[tuple[Field, Answer]]) -> dict[str, Any]:
    arguments = {}
    for field, answer in answers:
        if isinstance(answer, Given):
            arguments[field.key] = answer.value
        elif field.is_required and field.is_nullable:
            arguments[field.key] = None  # null is an answer of its own here, and has to be given
    return arguments
