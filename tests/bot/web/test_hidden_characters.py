"""On pages: what would hide, reorder or strike through is shown by its number everywhere."""

from tests.bot.slack.views.test_hidden_characters import HIDDEN
from tests.bot.web.browser import Browser, words
from tests.bot.web.test_gate_pages import started
from tests.journeys.town import Town

STORED = {name: each for name, each in HIDDEN.items() if each not in "\ud800\x00"}
IN_JSON = "\\u{:04x}"


async def test_what_would_hide_is_shown_on_the_page_of_a_request_g6(acme: Town, cam: Browser):
    odd = "Pay " + " ".join(f"5{hidden}0" for hidden in STORED.values())
    fields = {f"{name} 5{hidden}0": f"6{hidden}0" for name, hidden in STORED.items()}
    run_id = await started(acme, "ask-one", title=odd, fields=fields)

    page = await cam.get(f"/run/{run_id}/approve")

    said = words(page)
    for hidden in STORED.values():
        number = f"⟨U+{ord(hidden):04X}⟩"
        assert said.count(f"5{number}0") == 3  # title, why, label
        assert said.count(f"6{number}0") == 1  # value
        assert hidden not in page.text
    exact = page.text[page.text.index("<pre") : page.text.index("</pre")]
    assert f"6{IN_JSON.format(0x3164)}0" in exact
    assert f"6{IN_JSON.format(0x202E)}0" in exact
    assert "\\udb40\\udc41" in exact  # a tag, which JSON writes as two halves


async def test_what_would_hide_is_shown_in_the_story_of_a_run_g6(acme: Town, cam: Browser):
    run_id = await started(acme, "ask-one", title="Deploy?", fields={"to": "x"})
    await cam.decide(f"/run/{run_id}/reject", note="no\u202e\u3164")

    page = await cam.get(f"/run/{run_id}/approve")

    assert "no⟨U+202E⟩⟨U+3164⟩" in words(page)


async def test_the_exact_payload_is_not_composed_g6(acme: Town, cam: Browser):
    run_id = await started(acme, "ask-one", title="Deploy?", fields={"to": "e\u0301"})

    assert '"e\u0301"' in (await cam.get(f"/run/{run_id}/approve")).text.replace("&#34;", '"')
