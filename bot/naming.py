"""Naming: people by their names, where no mention is drawn: on pages and in the terminal."""

import re
from collections.abc import Callable
from collections.abc import Set as AbstractSet

NAMED = re.compile(
    r"<[@#](?P<id>[UWCG][A-Z0-9]{2,20})>|(?<![A-Za-z0-9])[UWCG][A-Z0-9]{2,20}(?![A-Za-z0-9])",
    re.ASCII,
)


def naming(said: str, who: Callable[[str], str], named: AbstractSet[str]) -> str:
    """Answer a text with the names of those whose ids it holds, as far as *named* says so."""

    def drawn(found: re.Match[str]) -> str:
        known = found["id"] or found[0]
        if known not in named:
            return found[0]
        return f"#{known}" if known[0] in "CG" else f"@{who(known)}"

    return NAMED.sub(drawn, said) if named else said
