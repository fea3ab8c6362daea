"""Slack's text as HTML: what is known becomes markup, everything else is only text."""

import pytest

from bot.sandbox import Credentials
from bot.sandbox.page.markdown import markdown
from bot.sandbox.page.mrkdwn import mrkdwn, plain
from bot.sandbox.page.names import Names
from bot.sandbox.workspace import Workspace


@pytest.fixture
def names():
    return Names(Workspace(Credentials(), lambda: 0.0))


LINK = '<a href="{}" target="_blank" rel="noopener noreferrer">{}</a>'


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("plain", "plain"),
        (
            "*bold* and _italic_ and ~gone~",
            "<strong>bold</strong> and <em>italic</em> and <s>gone</s>",
        ),
        ("*bold _both_*", "<strong>bold <em>both</em></strong>"),
        ("2*3*4 snake_case_name", "2*3*4 snake_case_name"),
        ("`*code*`", "<code>*code*</code>"),
        ("```\n*code*\n```", "<pre>*code*</pre>"),
        ("one\ntwo", "one<br>two"),
        ("> quoted\nnot", "<blockquote>quoted</blockquote>not"),
        ("&gt; quoted", "<blockquote>quoted</blockquote>"),
        ("<@U000000BO>", '<span class="mention">@Bo Lindqvist</span>'),
        ("<@U0NOBODY>", '<span class="mention">@U0NOBODY</span>'),
        ("<#C00000OPS|ops>", '<span class="mention">#ops</span>'),
        ("<!subteam^S0RELEASE>", '<span class="mention">@release-managers</span>'),
        ("<!here>", '<span class="mention">@here</span>'),
        ("<https://e.com|label>", LINK.format("https://e.com", "label")),
        (
            "<https://e.com?a=1&amp;b=2>",
            LINK.format("https://e.com?a=1&amp;b=2", "https://e.com?a=1&amp;b=2"),
        ),
        ("see https://e.com/x.", "see " + LINK.format("https://e.com/x", "https://e.com/x") + "."),
        (":white_check_mark: :unheard_of:", "✅ :unheard_of:"),
        ("a &lt;b&gt; &amp;amp;", "a &lt;b&gt; &amp;amp;"),
    ],
)
def test_mrkdwn_becomes_html(names, text, html):
    assert str(mrkdwn(text, names)) == html


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "&lt;script&gt;alert(1)&lt;/script&gt;",
        "<javascript:alert(1)|click>",
        '<https://e.com/"onmouseover="alert(1)|x>',
        "`<img src=x onerror=alert(1)>`",
        "```<img src=x onerror=alert(1)>```",
        "*<b onclick=alert(1)>*",
        "<!date^1^{date}<script>|x>",
    ],
)
def test_no_text_becomes_a_script(names, text):
    html = str(mrkdwn(text, names))

    assert "<script" not in html
    assert "<img" not in html
    assert "javascript:" not in html.replace("&lt;javascript:", "").split('href="')[-1][:11]
    assert '"onmouseover' not in html


def test_a_date_is_written_out_and_kept_for_the_readers_own_zone(names):
    html = mrkdwn("due <!date^1790000000^{date_short} at {time}|then>", names)

    assert 'datetime="2026-09-21T14:13:20+00:00"' in html
    assert "21 Sep 2026 at 14:13 UTC" in html
    assert 'data-layout="{date_short} at {time}"' in html


def test_plain_text_is_not_formatted():
    assert str(plain("*no* <b>\n:tada:")) == "*no* &lt;b&gt;<br>🎉"


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("# Title\ntext", "<h4>Title</h4><p>text</p>"),
        ("- one\n- **two**", "<ul><li>one</li><li><strong>two</strong></li></ul>"),
        ("1. one\n2. two", "<ol><li>one</li><li>two</li></ol>"),
        ("> quoted", "<blockquote>quoted</blockquote>"),
        ("```py\n<x>\n```", "<pre>&lt;x&gt;</pre>"),
        ("one\n\ntwo", "<p>one</p><p>two</p>"),
        ("---", "<hr>"),
        ("[l](https://e.com) `c`", f"<p>{LINK.format('https://e.com', 'l')} <code>c</code></p>"),
        ("[l](javascript:x) <b>", "<p>[l](javascript:x) &lt;b&gt;</p>"),
    ],
)
def test_markdown_becomes_html(text, html):
    assert str(markdown(text)) == html
