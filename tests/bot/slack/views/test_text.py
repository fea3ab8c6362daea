"""Words for Slack: shown, shortened, escaped, in this order."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.slack.views import text
from tests.bot.slack.views.making import TEXTS
from tests.bot.slack.views.reading import ENTITY


def test_x101_special_characters_are_escaped_once():
    assert text.escape("a < b & c > d &lt;") == "a &lt; b &amp; c &gt; d &amp;lt;"


def test_a_text_that_fits_is_left_alone():
    assert text.cut("short", 5) == "short"
    assert text.fits("short", 5) == "short"


def test_a_text_that_is_too_long_ends_with_an_ellipsis():
    assert text.cut("a long text", 7) == "a long…"
    assert text.fits("a long text", 7) == "a long…"


def test_shortening_never_cuts_an_entity():
    assert text.fits("ab&cd", 7) == "ab…"
    assert text.fits("ab&cd", 8) == "ab&amp;…"
    assert text.fits("ab&cd", 9) == "ab&amp;cd"


def test_shortening_never_separates_a_mark_from_its_letter():
    assert text.cut("abe\u0301x", 4) == "ab…"


def test_shortening_never_cuts_an_emoji_that_is_several_characters():
    family = "\U0001f469\u200d\U0001f467"

    assert text.cut(f"ab{family}cd", 6) == "ab…"


def test_an_emoji_beyond_the_basic_plane_counts_as_two():
    assert text.size("a😀") == 3
    assert text.cut("😀😀", 3) == "😀…"


@given(TEXTS, st.integers(1, 300))
@settings(deadline=None)
def test_what_is_shortened_always_fits_and_holds_no_bare_special(words, limit):
    fitted = text.fits(words, limit)

    assert text.size(fitted) <= limit
    assert not set("<>&") & set(ENTITY.sub("", fitted))


@given(TEXTS, st.integers(1, 300))
@settings(deadline=None)
def test_shortening_keeps_a_beginning_of_the_text(words, limit):
    shortened = text.cut(words, limit)

    assert shortened == words or words.startswith(shortened.removesuffix("…"))


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("\u202egnp.exe", "⟨U+202E⟩gnp.exe"),
        ("a\u200bb", "a⟨U+200B⟩b"),
        ("\ufeffstart", "⟨U+FEFF⟩start"),
        ("soft\u00adhyphen", "soft⟨U+00AD⟩hyphen"),
        ("\u3164", "⟨U+3164⟩"),
        ("pay\u200dpal", "pay⟨U+200D⟩pal"),
        ("\U000e0041", "⟨U+E0041⟩"),
    ],
)
def test_x102_what_would_hide_or_reorder_is_shown_by_its_number(written, shown):
    assert text.visible(written) == shown


@pytest.mark.parametrize(
    "written",
    [
        "\u0645\u06cc\u200c\u062e\u0648",  # Persian needs the non-joiner
        "क्\u200dष",  # Devanagari needs the joiner
        "\U0001f469\U0001f3fd\u200d\U0001f680",  # an astronaut is three characters
        "❤\ufe0f\u200d\U0001f525",
    ],
)
def test_joiners_stay_where_a_script_or_an_emoji_needs_them(written):
    assert text.visible(written) == written


def test_control_characters_are_shown_g6():
    assert text.visible("a\x00b\x1b[31mc\x7f") == "a⟨U+0000⟩b⟨U+001B⟩[31mc⟨U+007F⟩"


def test_x102_half_a_surrogate_pair_is_shown():
    assert text.visible("a\ud800b") == "a⟨U+D800⟩b"


def test_white_space_is_calmed_and_paragraphs_stay():
    written = "  one\t two \r\n\n\n\n three\u00a0four  five  "

    assert text.visible(written) == "one two\n\nthree four five"


def test_x102_five_thousand_marks_on_a_letter_become_a_few():
    shown = text.visible("a" + "\u0301" * 5_000 + "b")

    assert len(shown) < 30
    assert shown.endswith("⟨U+0301, 4998 times⟩b")


def test_x102_a_title_of_only_white_space_still_says_something():
    assert text.plain(" \t\n ")["text"] == "(empty)"


def test_an_asterisk_cannot_end_bold():
    assert text.bold("a*b* `c`") == "*a∗b∗ ˋcˋ*"  # noqa: RUF001  the look-alikes are the point


@pytest.mark.parametrize(
    ("actor", "named"),
    [
        ("slack:T0HOME:U0ANA", "<@U0ANA>"),
        ("slack:E0ORG:W0ANA", "<@W0ANA>"),
        ("token:ci", "token ci"),
        ("operator:ana", "operator ana"),
        ("job:01hzy", "run 01hzy"),
        ("slack:T1:<!channel>", "slack:T1:&lt;!channel&gt;"),
        ("operator:<!here>", "operator &lt;!here&gt;"),
        ("somebody", "somebody"),
        ("token:", "token:"),
        ("", "(empty)"),
    ],
)
def test_actors_are_named_and_only_slack_people_are_mentioned(actor, named):
    assert text.mention(actor) == named


def test_a_moment_is_drawn_in_the_readers_zone_with_utc_to_fall_back_on():
    vienna = timezone(timedelta(hours=1))

    drawn = text.moment(datetime(2026, 11, 22, 15, 2, tzinfo=vienna))

    assert drawn == "<!date^1795356120^{date_short_pretty} at {time}|2026-11-22 14:02 UTC>"


def test_a_deadline_is_drawn_as_a_distance():
    drawn = text.until(datetime(2026, 11, 22, 14, 2, tzinfo=UTC))

    assert drawn == "<!date^1795356120^{ago}|2026-11-22 14:02 UTC>"


@pytest.mark.parametrize(
    "address",
    [
        None,
        "",
        "javascript:alert(1)",
        "ftp://example.com",
        "https://",
        "https://exa mple.com",
        "https://example.com/a|b",
        "https://example.com/<b>",
        "https://\u0430pple.com",
        "http://[broken",
        "https://example.com/" + "a" * 3_000,
    ],
)
def test_x103_what_is_no_honest_web_address_is_not_linked(address):
    assert text.web_address(address) is None


def test_a_link_shows_its_address_and_escapes_it():
    assert text.link("https://example.com/?a=1&b=2") == "<https://example.com/?a=1&amp;b=2>"


@pytest.mark.parametrize(
    ("address", "is_taken"),
    [
        ("https://harbor.example.com/run/1", True),
        ("http://127.0.0.1:3000/run/1", True),
        ("http://localhost:3000/run/1", True),
        ("http://[::1]:3000/run/1", True),
        ("http://harbor.example.com/run/1", False),
        ("http://127.0.0.1.example.com/run/1", False),
        ("javascript:alert(1)", False),
    ],
)
def test_x103_a_button_opens_https_or_this_machine(address, is_taken):
    assert (text.page_address(address) is not None) is is_taken


def test_markdown_is_verbatim_so_that_slack_invents_no_links():
    assert text.markdown("x") == {"type": "mrkdwn", "text": "x", "verbatim": True}
