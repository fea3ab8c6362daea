"""Asked: a digest of what a job asks, kept with the answer, so that it answers nothing else.

A journal entry is found by its name; its digest says what the answer was given to. The form is
canonical and versioned: what is not given is left out, so that a later keyword changes nothing;
and so are times, what a setting adds, and how we draw it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from hashlib import blake2b
from typing import Any

from workflows.errors import NotSerializable, StepMisused
from workflows.plain import canonical, plain

QUESTION = "q1"
CALL = "c1"
EVENT = "e1"  # of waits that ask nothing: what they are, so that no other kind of wait is taken
FIRST = "f1"
SLEEP = "s1"
BYTES = 16


class Change(StrEnum):
    """How what is asked now differs from what was asked: not, in its words alone, or in substance.

    `unknown`: it was asked before digests were kept.
    """

    NONE = "none"
    WORDS = "words"
    SUBSTANCE = "substance"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Asked:
    """A question to people, as its author put it; plain values.

    *words* may be mended once the answer has been used, *substance* may not. Where nothing is
    shown, the words are all there is: then they are of substance, too.
    """

    words: Mapping[str, Any]
    substance: Mapping[str, Any]

    @property
    def digest(self) -> str:
        """Its form, and a digest of the words and of the substance."""
        whole = self.substance if "show" in self.substance else {**self.words, **self.substance}
        return f"{QUESTION}:{_digest(self.words)}:{_digest(whole)}"

    def change(self, digest: str | None) -> Change:
        """Answer how this question differs from the one that *digest* was kept of."""
        if digest is None:
            return Change.UNKNOWN
        ours = self.digest
        if digest == ours:
            return Change.NONE
        # The last part is the substance; another form is another question.
        same = digest.rpartition(":")[2] == ours.rpartition(":")[2] and digest[:2] == QUESTION
        return Change.WORDS if same else Change.SUBSTANCE

    def told(self) -> dict[str, Any]:
        """Answer it for people, part by part."""
        return {**self.words, **self.substance}


def given(**parts: Any) -> dict[str, Any]:
    """Answer those parts that are given: not None, and not empty."""
    return {name: part for name, part in parts.items() if part is not None and part not in ((), {})}


def call_digest(run_id: str, name: str, arguments: Sequence[Any]) -> str:
    """Answer a digest of a call's arguments, which tells the uses of one name apart.

    Salted with the run's id: it is compared within one run alone. Raises StepMisused where an
    argument is nothing that can be written down.
    """
    if not arguments:
        return CALL
    try:
        values = plain(list(arguments), "arguments")
    except NotSerializable as error:
        raise StepMisused(
            f"the step {name!r} takes plain arguments, models, dates, enums and dataclasses:"
            f" {error}; make it inside the step function, or pass what it is made of"
        ) from error
    return (
        f"{CALL}:{blake2b(canonical(values), digest_size=BYTES, key=run_id.encode()).hexdigest()}"
    )


KINDS = {
    QUESTION[0]: "a question to people",
    CALL[0]: "a run of another job",
    EVENT[0]: "a wait for an event",
    FIRST[0]: "a wait for the first of several events",
    SLEEP[0]: "a sleep",
}


def is_of(digest: str | None, form: str | None) -> bool:
    """Whether what a digest was kept of is of a form; what was kept without one is of any."""
    return digest is None or form is None or digest[0] == form[0]


def is_call(digest: str | None) -> bool:
    """Whether a digest is that of a call's arguments."""
    return digest is not None and digest.startswith(CALL)


def is_question(digest: str | None) -> bool:
    """Whether a digest is that of a question to people."""
    return digest is not None and digest.startswith(QUESTION)


def _digest(parts: Mapping[str, Any]) -> str:
    return blake2b(canonical(parts), digest_size=BYTES).hexdigest()
