"""Faults: what other people's code raised, in bounded words, however odd the error is.

An error may be of any class, refuse to say what it is, be its own cause, have a hundred thousand
causes or be a group of groups. Whoever tells of it must come to an end, and must not raise.
"""

from collections.abc import Iterator

LONGEST_MESSAGE = 2_000
LONGEST_KIND = 128
MOST_LINKS = 8  # of a chain of causes
MOST_LOOKED_AT = 256  # members of a group, those of its groups included
MOST_NAMED = 3


class Told(Exception):
    """Takes an error's place in a log: the same words and traceback, and a few causes at most."""


def kind(error: BaseException) -> str:
    """Answer the name of an error's class, whatever its metaclass thinks of that."""
    name: str = type.__dict__["__name__"].__get__(type(error))
    return name[:LONGEST_KIND]


def words(error: BaseException) -> str:
    """Answer an error's message; of a group, those of its first members as well."""
    said = _said(error)
    if isinstance(error, BaseExceptionGroup):
        members = list(members_of(error))[:MOST_NAMED]
        said = f"{said}: {'; '.join(f'{kind(each)}: {_said(each)}' for each in members)}"
    return said[:LONGEST_MESSAGE]


def causes(error: BaseException | None) -> Iterator[BaseException]:
    """Answer an error and what it came from, a few at most."""
    for _ in range(MOST_LINKS):
        if error is None:
            return
        yield error
        error = _cause(error)


def explicit(error: BaseException) -> list[BaseException]:
    """Answer an error and what it was raised from, a few at most.

    One that was merely being handled when this one was raised is not among them.
    """
    chain = [error]
    while len(chain) < MOST_LINKS and (cause := chain[-1].__cause__) is not None:
        chain.append(cause)
    return chain


def members_of(error: BaseException) -> Iterator[BaseException]:
    """Answer the errors of a group that are no groups, in their order; *error* if it is none."""
    left = [error]
    for _ in range(MOST_LOOKED_AT):
        if not left:
            return
        each = left.pop()
        if isinstance(each, BaseExceptionGroup):
            left.extend(reversed(each.exceptions[:MOST_LOOKED_AT]))
        else:
            yield each


def told(error: BaseException) -> Told:
    """Answer what a log may be given in the place of *error*."""
    shown: Told | None = None
    for each in reversed(list(causes(error))):
        cause, shown = shown, Told(f"{kind(each)}: {words(each)}")
        shown.__cause__ = cause
        shown.__traceback__ = each.__traceback__
    return shown or Told(kind(error))


def is_odd(error: BaseException) -> bool:
    """Whether an error has so many causes and members that its traceback would have no end."""
    left, seen = [(error, 0)], set[int]()
    while left:
        each, depth = left.pop()
        if depth > MOST_LINKS or len(seen) > MOST_LOOKED_AT:
            return True
        if id(each) not in seen:
            seen.add(id(each))
            inner = each.exceptions if isinstance(each, BaseExceptionGroup) else ()
            links = (*inner[:MOST_LOOKED_AT], each.__cause__, each.__context__)
            left += [(link, depth + 1) for link in links if link is not None]
    return False


def _said(error: BaseException) -> str:
    try:
        said = str.__str__(str(error))[:LONGEST_MESSAGE]
    except BaseException as again:  # noqa: BLE001  it is somebody else's code that was called
        return f"(its message cannot be told: its __str__ raised {kind(again)})"
    return said.encode(errors="replace").decode()


def _cause(error: BaseException) -> BaseException | None:
    cause = error.__cause__
    if cause is None and not error.__suppress_context__:
        cause = error.__context__
    return cause
