"""Every character there is: either a reader sees it where it stands, or its number."""

# ruff: noqa: RUF001  letters that look like others are what is tested

import sys
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.visible import IGNORABLE, escaped, visible

ORDINARY = {
    "english": "Pay 5,000 € to Bo — today, 100 % sure: “yes”…",
    "french": "« Prix : 10\u202f000\u00a0€ »",
    "composed": "déjà vu, Ångström, Škoda, ñandú",
    "vietnamese": "Tiếng Việt: Đặng Thị Ngọc Ánh, Nguyễn Văn Hùng",
    "lithuanian": "ė̃",
    "phonetic": "[ˈʃpɔ̃ːʁə̃́]",
    "greek": "ᾧ τὴν ἐναργῆ φωνήν",
    "russian": "съешь ещё этих мягких французских булок",
    "church slavonic": "ст҃ый бг҃ъ",
    "hebrew": "בְּרֵאשִׁית בָּרָא אֱלֹהִים",
    "hebrew with accents": "בְּרֵאשִׁ֖ית בָּרָ֣א אֱלֹהִ֑ים",
    "arabic": "الْعَرَبِيَّةُ ٱلسَّلَامُ عَلَيْكُمْ",
    "persian": "می\u200cخواهم، نام\u200cها",
    "urdu": "اُردُو زَبان",
    "syriac": "ܣܘܪܝܝܐ",
    "hindi": "क्षिप्र हिन्दी में पाँच हज़ार रुपये",
    "hindi, joined": "क्\u200dष और क्\u200cष",
    "bengali": "বাংলাদেশের টাকা, র\u200d্যাব",
    "tamil": "தமிழ் மொழி",
    "telugu": "తెలుగు భాష",
    "kannada": "ಕನ್ನಡ ಭಾಷೆ",
    "malayalam": "മലയാളം, ന്\u200d",
    "sinhala": "ශ්\u200dරී ලංකාව",
    "gujarati": "ગુજરાતી",
    "punjabi": "ਪੰਜਾਬੀ ਦਾ ਮੁੱਲ",
    "thai": "ภาษาไทย ที่นี่ น้ำ ผู้ใหญ่",
    "thai, parted": "ภาษา\u200bไทย",
    "lao": "ພາສາລາວ ຢູ່",
    "khmer": "ភាសា\u200bខ្មែរ ស្ត្រី",
    "burmese": "မြန်မာဘာသာ ကြောင့်",
    "tibetan": "བསྒྲུབས་ རྒྱལ་པོ",
    "mongolian": "ᠮᠣᠩᠭᠣᠯ ᠪᠢᠴᠢᠭ\u180c",
    "amharic": "አማርኛ ብር",
    "georgian": "ქართული ენა",
    "armenian": "Հայերեն",
    "korean": "한국어 오천 원",
    "japanese": "日本語\u3000五千円、か゚行、ﾊﾟ",
    "a name in Japan": "葛\U000e0100城市",
    "chinese": "中文：五千元整",
    "mathematics": "x̄ ≠ ȳ, ∑ ≤ ∞, 2×3",
    "family": "👩\u200d👩\u200d👧\u200d👦",
    "astronaut": "👩🏽\u200d🚀",
    "heart": "❤\ufe0f and ❤\ufe0f\u200d🔥",
    "pirates": "🏴\u200d☠\ufe0f",
    "england": "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f, then",
    "austria": "🇦🇹",
    "keys": "1\ufe0f⃣ #\ufe0f⃣",
    "shaking": "🙂\u200d↔\ufe0f",
    "a black bird": "🐦\u200d⬛",
    "lines": "one\ntwo\n\nthree\tfour",
}
IGNORED = st.sampled_from([chr(each) for span in IGNORABLE for each in range(span[0], span[1] + 1)])
quick = settings(deadline=None)


@pytest.mark.parametrize("written", ORDINARY.values(), ids=ORDINARY.keys())
def test_ordinary_writing_stays_as_it_is_g6(written):
    assert visible(written) == unicodedata.normalize("NFC", written)
    apart = visible(unicodedata.normalize("NFD", written))
    assert unicodedata.normalize("NFC", apart) == unicodedata.normalize("NFC", written)


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("a\u0336b\u0336", "a⟨U+0336⟩b⟨U+0336⟩"),
        ("5\u0305", "5⟨U+0305⟩"),
        ("a" + "\u0301" * 6 + "b", "á\u0301⟨U+0301, 4 times⟩b"),
        ("กุุุุ", "กุ⟨U+0E38, 3 times⟩"),
        ("e\u3164\u0301", "e⟨U+3164⟩⟨U+0301⟩"),
        ("\u0301x", "⟨U+0301⟩x"),
        ("pay\u200dpal", "pay⟨U+200D⟩pal"),
        ("\u0645\u200c\u200c\u062e", "\u0645⟨U+200C, 2 times⟩\u062e"),
        ("ไ\u200b\u200bท", "ไ⟨U+200B, 2 times⟩ท"),
        ("x\ufe0f", "x⟨U+FE0F⟩"),
        ("❤\ufe0f\ufe0f\ufe01", "❤\ufe0f⟨U+FE0F⟩⟨U+FE01⟩"),
        ("葛\U000e0100\U000e0101", "葛\U000e0100⟨U+E0101⟩"),
        ("🏴\U000e0073\U000e0065\U000e007f", "🏴⟨U+E0073⟩⟨U+E0065⟩⟨U+E007F⟩"),
        ("😀" + "\U000e0061" * 3, "😀⟨U+E0061, 3 times⟩"),
        ("admin\u00a0", "admin⟨U+00A0⟩"),
        ("a \u00a0 b", "a ⟨U+00A0⟩ b"),
        ("a\r\nb\rc", "a\nb⟨U+000D⟩c"),
        ("a\u2003b", "a⟨U+2003⟩b"),
        ("①\u200d②", "①⟨U+200D⟩②"),
    ],
)
def test_what_is_ordinary_elsewhere_is_shown_where_it_hides_g6(written, shown):
    assert visible(written) == shown


@pytest.mark.parametrize(
    "category", ["Cc", "Cf", "Co", "Cs", "Cn", "Zl", "Zp", "Zs", "Mn", "Mc", "Me"]
)
def test_of_every_category_nothing_hides_between_two_latin_letters_g6(category):
    for number in range(sys.maxunicode + 1):
        character = chr(number)
        if unicodedata.category(character) != category or is_ordinary(character):
            continue
        composed = unicodedata.normalize("NFC", character)  # U+2000 is another name for U+2002
        numbers = "".join(f"⟨U+{ord(each):04X}⟩" for each in composed)
        assert visible(f"5{character}0") == f"5{numbers}0", hex(number)


def is_ordinary(character):
    """What is seen between two digits: a space or tab, a number sign of Arabic, a newer emoji."""
    is_written = character in " \t\n\u00a0\u202f\u3000" or "NUMBER" in unicodedata.name(
        character, ""
    )
    is_arabic = character in "\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u0890\u0891\u08e2\u20e3"
    return is_written or is_arabic or "\U0001f000" <= character <= "\U0001faff"


@given(st.text(), IGNORED, st.text())
@quick
def test_an_ignorable_character_stays_only_where_a_script_or_an_emoji_uses_it_g6(
    before, ignored, after
):
    ascii_before = before.encode("ascii", "ignore").decode() + "a"

    assert f"a⟨U+{ord(ignored):04X}" in visible(f"{ascii_before}{ignored}a{after}")


@given(st.text(alphabet=st.characters() | IGNORED))
@quick
def test_what_is_shown_has_nothing_left_to_show_g6(written):
    assert visible(visible(written)) == visible(written)


@given(st.text(alphabet=st.characters(exclude_categories=["C", "M", "Z"]), max_size=50))
@quick
def test_letters_numbers_and_signs_stay_g6(written):
    ignorable = any(low <= ord(each) <= high for each in written for low, high in IGNORABLE)

    assert ignorable or "\u2800" in written or "\ufffc" in written or visible(written) == written


@given(st.text(alphabet=st.characters() | IGNORED))
@quick
def test_what_is_escaped_is_not_composed_and_can_be_read_back(written):
    def code(character):
        return f"\\{ord(character):x};"

    assert "".join(escaped(each, code) for each in "e\u0301") == "e\\301;"
    assert escaped("e\u0301", code) == "e\u0301"
    assert len(escaped(written, lambda _: "?")) == len(written)
