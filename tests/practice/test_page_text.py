"""What becomes of text on the page: mrkdwn, rich text, markdown, hostile input; and that all of it can be read."""

from collections.abc import Iterator

import httpx
import pytest
from chromium import chromium
from page_browser import opened, probe
from page_canned import DEVOPS
from page_fixture import CannedSlack
from playwright.sync_api import Browser, Page, expect

browsing = pytest.mark.browser


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture(scope="module")
def slack() -> Iterator[CannedSlack]:
    with CannedSlack().serving() as slack:
        yield slack


@pytest.fixture(scope="module")
def page(browser: Browser, slack: CannedSlack) -> Iterator[Page]:
    with opened(browser, f"{slack.url}/?as=U01ALICE&channel={DEVOPS}") as page:
        expect(page.locator("li.message").first).to_be_attached()
        yield page


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("*bold* _italic_ ~gone~", "<b>bold</b> <i>italic</i> <s>gone</s>"),
        ("*bold _both_*", "<b>bold <i>both</i></b>"),
        ("snake_case_name and 2*3*4", "snake_case_name and 2*3*4"),
        ("* not a list*", "* not a list*"),
        ("`a *b* &lt;c&gt;`", "<code>a *b* &lt;c&gt;</code>"),
        ("```x = 1\n*y*```", "<pre>x = 1\n*y*</pre>"),
        ("&gt; one\n&gt; two\nthree", "<blockquote>one<br>two</blockquote>three"),
        ("&gt;&gt;&gt; one\ntwo", "<blockquote>one<br>two</blockquote>"),
        ("&amp;lt; &amp; &lt;b&gt;", "&amp;lt; &amp; &lt;b&gt;"),
        ("<b>bold</b>", "&lt;b&gt;bold&lt;/b&gt;"),
        ("<https://example.com/?a=1&amp;b=2|docs>", '<a href="https://example.com/?a=1&amp;b=2">docs</a>'),
        ("see https://example.com/x.", 'see <a href="https://example.com/x">https://example.com/x</a>.'),
        ("<javascript:alert(1)|docs>", "&lt;javascript:alert(1)|docs&gt;"),
        ("<data:text/html,x>", "&lt;data:text/html,x&gt;"),
        ("<mailto:a@example.com|write>", '<a href="mailto:a@example.com">write</a>'),
        (
            "*<@U02BRUNO>* <!here> <!subteam^S1|@ops>",
            "<b><span>@Bruno Braga</span></b> <span>@here</span> <span>@ops</span>",
        ),
        ("<@U99NOBODY>", "<span>@U99NOBODY</span>"),
        ("<!date^0^{nothing}|then>", "<time>{nothing}</time>"),
        ("<!date^soon^{date}|then>", "<time>then</time>"),
        (":rocket: :nope: 10:30:15", "<span>🚀</span> :nope: 10:30:15"),
        ("a\ue000b", "a\ue000b"),
    ],
)
@browsing
def test_mrkdwn(page: Page, text: str, html: str) -> None:
    assert probe(page, "htmlOf", ["mrkdwn", text]) == html


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("# Title", "<div><div>Title</div></div>"),
        ("**bold** *it* ~~no~~ `c`", "<div><p><b>bold</b> <i>it</i> <s>no</s> <code>c</code></p></div>"),
        ("- one\n- [x] two", "<div><ul><li>one</li><li>☑ two</li></ul></div>"),
        ("1. one", "<div><ol><li>one</li></ol></div>"),
        ("```\n<b>\n```", "<div><pre>&lt;b&gt;</pre></div>"),
        ("[x](javascript:alert)", "<div><p>[x](javascript:alert)</p></div>"),
        ("<script>1</script>", "<div><p>&lt;script&gt;1&lt;/script&gt;</p></div>"),
    ],
)
@browsing
def test_markdown(page: Page, text: str, html: str) -> None:
    assert probe(page, "htmlOf", ["markdown", text]) == html


@browsing
def test_a_date_is_shown_in_the_viewers_words(page: Page) -> None:
    now = "<!date^' + Math.floor(Date.now() / 1000) + '^{date_short_pretty}|fallback>"
    assert page.evaluate(f"async () => (await import('/page/mrkdwn.js')).mrkdwn('{now}').textContent") == "Today"


@browsing
def test_hostile_text_is_only_text(page: Page) -> None:
    message = page.locator("li.message", has_text="onerror=alert(1)")
    expect(message).to_contain_text("<img src=x onerror=alert(1)>")
    expect(message).to_contain_text("<javascript:alert(1)|click> &lt;")
    expect(message.locator("img, a")).to_have_count(0)


@browsing
def test_an_unknown_block_is_shown_as_what_it_is(page: Page) -> None:
    expect(page.locator(".is-hologram")).to_contain_text("A “hologram” block")


@browsing
def test_every_known_block_is_drawn(page: Page) -> None:
    report = page.locator("li.message", has_text="Deploy 42 · web")
    for name in ("plan", "table", "rich_text", "container", "markdown", "context_actions", "data_visualization"):
        expect(report.locator(f".block.is-{name}").first).to_be_attached()
    expect(report.locator(".block > .unknown")).to_have_count(1)


@browsing
def test_a_chart_says_its_numbers(page: Page) -> None:
    chart = page.get_by_role("img", name="Deploys by week. Nov 16: Good 3, Failed 0; Nov 23: Good 5, Failed 1")
    expect(chart).to_be_visible()


@browsing
def test_every_control_has_a_name(page: Page) -> None:
    assert probe(page, "unnamed") == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@browsing
def test_all_text_stands_out_from_its_ground(browser: Browser, slack: CannedSlack, scheme: str) -> None:
    address = f"{slack.url}/?as=U01ALICE&channel={DEVOPS}"
    with opened(browser, address, color_scheme=scheme, reduced_motion="reduce") as page:
        page.get_by_role("button", name="Practice controls").click()
        expect(page.locator(".is-traffic tbody tr")).to_have_count(5)
        page.get_by_label("Message #devops").fill("/")
        assert probe(page, "lowContrast") == []


@pytest.mark.parametrize(
    ("path", "content_type"),
    [
        ("/", "text/html; charset=utf-8"),
        ("/page/main.js", "text/javascript; charset=utf-8"),
        ("/page/style.css", "text/css; charset=utf-8"),
        ("/page/icon.svg", "image/svg+xml"),
    ],
)
def test_files_are_served_with_their_type(slack: CannedSlack, path: str, content_type: str) -> None:
    answer = httpx.get(slack.url + path)
    assert (answer.status_code, answer.headers["content-type"]) == (200, content_type)
    assert "script-src 'self'" in answer.headers["content-security-policy"]


@pytest.mark.parametrize("name", ["__init__.py", "nothing.js", "..%2f__init__.py", "%2e%2e"])
def test_nothing_else_is_served(slack: CannedSlack, name: str) -> None:
    assert httpx.get(f"{slack.url}/page/{name}").status_code == 404
