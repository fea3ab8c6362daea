"""Visible: what would hide, reorder, strike through or pile up is shown by its number, ⟨U+3164⟩.

One door for every surface: card, Home, modals, messages, pages, terminal. Ordinary writing of every
script stays as it is: accents, vowel signs, joiners where a script joins, emoji with all their
parts. The tables say which property of the Unicode Character Database (16.0) they are; general
category and combining class are Python's own (`unicodedata`).

A character is judged by what stands before it, and for joiners by what follows: what is ordinary
between two Khmer letters hides something between two Latin ones. Scripts are told apart by the
first word of a character's name ("DEVANAGARI SIGN VIRAMA"), which the standard never changes.
"""

import unicodedata
from collections.abc import Callable, Iterator
from functools import lru_cache
from itertools import groupby

MOST_GENERIC_MARKS = 2  # on one letter, once composed (NFC): what IPA needs; Vietnamese composes
MOST_MARKS = 6  # of its own script: a Hebrew letter with point, vowel and accents, a Tibetan stack

# DerivedCoreProperties, Default_Ignorable_Code_Point: drawn as nothing. Bidi_Control is in it.
IGNORABLE = (
    (0x00AD, 0x00AD),
    (0x034F, 0x034F),
    (0x061C, 0x061C),
    (0x115F, 0x1160),
    (0x17B4, 0x17B5),
    (0x180B, 0x180F),
    (0x200B, 0x200F),
    (0x202A, 0x202E),
    (0x2060, 0x206F),
    (0x3164, 0x3164),
    (0xFE00, 0xFE0F),
    (0xFEFF, 0xFEFF),
    (0xFFA0, 0xFFA0),
    (0xFFF0, 0xFFF8),
    (0x1BCA0, 0x1BCA3),
    (0x1D173, 0x1D17A),
    (0xE0000, 0xE0FFF),
)
# No property says so, but fonts draw nothing: braille blank, object replacement, null notehead,
# Khitan filler, the blanks of Egyptian hieroglyphs.
BLANK = frozenset("\u2800\ufffc\U0001d159\U00016fe4\U00013441\U00013442")
# PropList, Prepended_Concatenation_Mark: format characters that are drawn, around what follows.
DRAWN_FORMATS = frozenset(
    "\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u0890\u0891\u08e2\U000110bd\U000110cd"
)
# PropList, White_Space, of which these are ordinary inside a line of French, Russian or Japanese.
WRITTEN_SPACES = frozenset("\u00a0\u202f\u3000")
# Scripts whose letters join, or are kept from joining, by U+200C and U+200D.
JOINING = frozenset(
    "ADLAM ARABIC BALINESE BENGALI CHAKMA DEVANAGARI GRANTHA GUJARATI GURMUKHI HANIFI"  # noqa: SIM905
    " JAVANESE"
    " KAITHI KANNADA KHMER LIMBU MALAYALAM MANDAIC MANICHAEAN MEETEI MONGOLIAN MYANMAR NKO"
    " NEWA ORIYA PHAGS-PA SHARADA SINHALA SOGDIAN SUNDANESE SYRIAC TAMIL TELUGU TIRHUTA".split()
)
UNSPACED = frozenset({"KHMER", "LAO", "MYANMAR", "THAI", "TAI"})  # words are parted by U+200B there
ZWSP, ZWNJ, ZWJ = "\u200b", "\u200c", "\u200d"
MONGOLIAN_SEPARATOR = "\u180e"
EMOJI_LOOK, TEXT_LOOK, KEYCAP = "\ufe0f", "\ufe0e", "\u20e3"
KEYS = frozenset("0123456789#*")
OVERLAY, VIRAMA = 1, 9  # combining classes: what strikes through, and what joins consonants
# emoji-sequences, RGI_Emoji_Tag_Sequence: England, Scotland, Wales. Other tags smuggle text.
FLAG = "\U0001f3f4"
TAGGED = tuple(
    "".join(chr(0xE0000 + ord(letter)) for letter in region) + "\U000e007f"
    for region in ("gbeng", "gbsct", "gbwls")
)


def visible(text: str) -> str:
    """Answer *text* with what would hide shown by its number; many of one kind are counted."""
    if not any(_is_suspect(character) for character in set(text)):
        return text  # nearly every text; looking at each character of a long one takes a while
    composed = unicodedata.normalize("NFC", text.replace("\r\n", "\n"))
    judged = zip(composed, hidden(composed), strict=True)
    return "".join(
        _numbered(character, len(list(run))) if hides else character * len(list(run))
        for (character, hides), run in groupby(judged)
    )


def escaped(text: str, escape: Callable[[str], str]) -> str:
    """Answer *text*, which is not composed, with *escape* in place of what would hide."""
    if not any(_is_suspect(character) for character in set(text)):
        return text
    judged = zip(text, hidden(text), strict=True)
    return "".join(escape(character) if hides else character for character, hides in judged)


def hidden(text: str) -> Iterator[bool]:
    """Say of each character of *text* whether a reader would not see it, or not see it right."""
    base, marks = "", ""  # the last character that is no mark, and the marks it carries
    end_of_flag = 0
    for place, character in enumerate(text):
        if place < end_of_flag or not _is_suspect(character):
            base, marks, hides = character, "", False
            end_of_flag = _end_of_flag(text, place) if character == FLAG else end_of_flag
        elif _is_mark(character):
            hides = not _carries(base, marks, character)
            marks += character
        else:
            hides = _hides(text, place)
        if hides:  # what stands on a number, not on a letter, is nobody's accent
            base, marks = "", ""
        yield hides


def _numbered(character: str, count: int) -> str:
    times = f", {count} times" if count > 1 else ""
    return f"⟨U+{ord(character):04X}{times}⟩"


def _hides(text: str, place: int) -> bool:
    """Judge a character that is no mark."""
    character = text[place]
    before, after = text[max(place - 1, 0) : place], text[place + 1 : place + 2]
    if character in WRITTEN_SPACES:
        return not (_is_solid(before) and _is_solid(after))
    if _is_ignorable(character):
        return not _is_at_home(text, place, before, after)
    category = unicodedata.category(character)
    if category == "Cn":
        return not "\U0001f000" <= character <= "\U0001faff"  # emoji newer than Python's table
    if category == "Cf":
        return character not in DRAWN_FORMATS
    return category[0] in "CZ" or character in BLANK


def _is_at_home(text: str, place: int, before: str, after: str) -> bool:
    """Whether something that is drawn as nothing belongs where it stands."""
    character = text[place]
    if character == ZWSP:
        return _script(before) in UNSPACED and _script(after) == _script(before)
    if character in {ZWNJ, ZWJ}:
        is_picture = character == ZWJ and _ends_emoji(text, place) and _is_pictograph(after)
        return is_picture or _joins_letters(before, after)
    if character in {TEXT_LOOK, EMOJI_LOOK}:
        return (before in KEYS and after == KEYCAP) or _is_pictograph(before)
    if character == MONGOLIAN_SEPARATOR:
        return _script(before) == _script(after) == "MONGOLIAN"
    return _is_selector(character) and _takes_selector(before, character)


def _joins_letters(before: str, after: str) -> bool:
    """RFC 5892, appendix A: after a virama, else between letters of a script that joins."""
    if not before or unicodedata.category(before)[0] not in "LM":
        return False
    if unicodedata.combining(before) == VIRAMA:
        return True
    is_inside = bool(after) and unicodedata.category(after)[0] in "LM"
    return is_inside and _script(before) in JOINING and _script(after) == _script(before)


def _takes_selector(before: str, selector: str) -> bool:
    """Whether a variation selector picks a form of the character before it (one, not several)."""
    if "\u180b" <= selector <= "\u180f":
        return _script(before) == "MONGOLIAN"
    is_ideograph = _script(before) == "CJK"
    if selector <= "\ufe02":
        return is_ideograph or _script(before) in {"MYANMAR", "PHAGS-PA"} or _is_symbol(before)
    return is_ideograph and selector >= "\U000e0100"


@lru_cache(maxsize=4_096)
def _carries(base: str, marks: str, mark: str) -> bool:
    """Whether *mark* is ordinary on *base* that carries *marks*."""
    if mark == KEYCAP:
        return base in KEYS and not marks
    if not base or mark == marks[-1:] or mark in BLANK:
        return False
    script = _script(mark)
    if script == _script(base) and unicodedata.category(mark) != "Me":
        return len(marks) < MOST_MARKS
    is_plain = unicodedata.category(mark) != "Me" and unicodedata.combining(mark) != OVERLAY
    is_generic = script in {"COMBINING", "VEDIC", "IDEOGRAPHIC"} and is_plain
    is_letter = unicodedata.category(base)[0] == "L"
    return is_generic and is_letter and len(marks) < MOST_GENERIC_MARKS


def _ends_emoji(text: str, place: int) -> bool:
    """Whether the characters before *place* end a picture: itself, in colour, or of some skin."""
    before = text[max(place - 2, 0) : place]
    return _is_pictograph(before.removesuffix(EMOJI_LOOK)[-1:])


def _end_of_flag(text: str, place: int) -> int:
    """Answer where the flag that begins at *place* ends; one of no region is one character."""
    return place + 1 + max(len(tags) * text.startswith(tags, place + 1) for tags in TAGGED)


def _is_solid(character: str) -> bool:
    return bool(character) and unicodedata.category(character)[0] not in "CZ"


def _is_pictograph(character: str) -> bool:
    """Whether it is in a block of emoji-data; skin tones are, single letters and digits are not."""
    return bool(character) and (
        character in "\u00a9\u00ae\u203c\u2049\u2122\u2139\u3030\u303d\u3297\u3299"
        or "\u2190" <= character <= "\u21ff"
        or "\u2300" <= character <= "\u23ff"
        or character == "\u24c2"
        or "\u25a0" <= character <= "\u27bf"
        or "\u2934" <= character <= "\u2935"
        or "\u2b00" <= character <= "\u2bff"
        or "\U0001f000" <= character <= "\U0001faff"
    )


def _is_symbol(character: str) -> bool:
    return bool(character) and unicodedata.category(character) == "Sm"


def _is_selector(character: str) -> bool:
    return (
        "\ufe00" <= character <= "\ufe0f"
        or "\U000e0100" <= character <= "\U000e01ef"
        or character in "\u180b\u180c\u180d\u180f"
    )


@lru_cache(maxsize=4_096)
def _is_ignorable(character: str) -> bool:
    return any(first <= ord(character) <= last for first, last in IGNORABLE)


@lru_cache(maxsize=4_096)
def _is_mark(character: str) -> bool:
    return unicodedata.category(character)[0] == "M" and not _is_ignorable(character)


@lru_cache(maxsize=4_096)
def _is_suspect(character: str) -> bool:
    is_ordinary = unicodedata.category(character)[0] not in "CMZ" and not _is_ignorable(character)
    return character not in " \n\t" and (not is_ordinary or character in BLANK)


@lru_cache(maxsize=4_096)
def _script(character: str) -> str:
    """Answer the first word of a character's name, "" where it has none."""
    return unicodedata.name(character, "").partition(" ")[0] if character else ""
