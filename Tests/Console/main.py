"""The console in a real browser: everything by keyboard, at two widths, in light and dark."""

import sys
import time
from collections.abc import Callable

from selenium.webdriver.common.keys import Keys

from browser import REACHABLE, Browser
from service import HOSTILE, TOKEN, Service, ask, basic

PAGES = {"Overview": "/console", "Policy": "/console/policy", "Decisions": "/console/decisions",
         "Explain": "/console/explain", "Centrifugo": "/console/lint", "Limits": "/console/limits"}
# Roles of the accessibility tree that mean nothing to a reader without a name.
NAMED = {"textbox", "combobox", "checkbox", "button", "link", "meter", "progressbar", "table", "region", "form", "navigation",
         "columnheader", "rowheader", "heading", "RootWebArea"}

service = Service()
service.live()
browser = Browser()
here = f"http://{service.address}"
claims: list[Callable[[], None]] = []


def claim(check: Callable[[], None]) -> Callable[[], None]:
    claims.append(check)
    return check


@claim
def nobody_without_the_token_sees_a_page() -> None:
    for path in [*PAGES.values(), "/console/style.css", "/console/decisions?user=a"]:
        for headers in ({}, basic("no such token, and long")):
            status, answered, body = ask(here + path, headers)
            assert status in (401, 429), (path, status)
            assert "ProxyHooks console" in answered.get("WWW-Authenticate", "") or status == 429
            assert "<" not in body
    # Ten wrong ones close the door for a while, also to the right one.
    statuses = [ask(here + "/console", basic(f"another wrong token {number}"))[0] for number in range(12)]
    assert statuses[-1] == 429, statuses
    assert ask(here + "/console", basic(TOKEN))[0] == 429
    end = time.monotonic() + 30
    while ask(here + "/console", basic(TOKEN))[0] != 200:
        assert time.monotonic() < end, "the door stays closed"
        time.sleep(0.2)


@claim
def a_browser_signs_in_with_any_name_and_the_token() -> None:
    browser.show(f"http://reviewer:{TOKEN}@{service.address}/console")
    assert "Overview" in browser.text()
    assert browser.run("return getComputedStyle(document.querySelector('header')).display") == "flex", "no stylesheet"


@claim
def every_page_is_reached_by_keyboard_alone() -> None:
    browser.show(here + "/console")
    browser.size(1_280)
    for title, path in [*PAGES.items(), ("Overview", "/console")]:
        browser.tab_to(lambda focus, path=path: focus["tag"] == "A" and focus["href"] == path)
        browser.enter()
        assert browser.driver.title.startswith(title + " "), browser.driver.title
        assert browser.run("return location.pathname") == path


@claim
def the_skip_link_leads_past_the_navigation() -> None:
    browser.show(here + "/console/decisions")
    browser.press(Keys.TAB)
    focus = browser.focus()
    assert focus and focus["href"] == "#content" and focus["seen"], focus
    browser.press(Keys.ENTER, Keys.TAB)
    focus = browser.focus()
    assert focus and focus["id"] == "user", focus


@claim
def tab_goes_through_everything_in_order_and_the_focus_is_seen() -> None:
    for path in [*PAGES.values(), "/console/decisions?user=mallory"]:
        if path == "/console/decisions":
            continue
        browser.show(here + path)
        reached = []
        for _ in range(400):
            browser.press(Keys.TAB)
            focus = browser.focus()
            if focus is None or reached and focus["place"] == reached[0]:
                break
            assert focus["outline"] >= 2 and focus["seen"], (path, focus)
            reached.append(focus["place"])
        assert reached == sorted(reached), path
        assert reached == browser.run(REACHABLE), (path, reached)


@claim
def decisions_are_filtered() -> None:
    browser.show(here + "/console/decisions")
    assert "mallory" in browser.text() and "429" not in browser.driver.title
    browser.tab_to(lambda focus: focus["id"] == "user")
    browser.press("mallory")
    browser.enter()
    rows = browser.run("return [...document.querySelectorAll('tbody tr')].map(r => r.innerText)")
    assert len(rows) == 1 and "mallory" in rows[0] and "deny" in rows[0] and "not_a_member" in rows[0], rows
    # By the arrow keys, as a list is chosen from.
    browser.show(here + "/console/decisions")
    browser.tab_to(lambda focus: focus["id"] == "code")
    browser.press("too_many")
    browser.tab_to(lambda focus: focus["tag"] == "BUTTON")
    browser.enter()
    rows = browser.run("return [...document.querySelectorAll('tbody tr')].map(r => r.innerText)")
    assert rows and all("too_many_requests" in row for row in rows), rows[:3]
    browser.show(here + "/console/decisions?shadow=1")
    rows = browser.run("return [...document.querySelectorAll('tbody tr')].map(r => r.innerText)")
    assert len(rows) == 1 and "deny by riders-listen" in rows[0] and "bob" in rows[0], rows
    browser.show(here + "/console/decisions?user=nobody-at-all")
    assert "None of the" in browser.text()


@claim
def a_refusal_is_explained() -> None:
    browser.show(here + "/console/decisions?user=mallory")
    browser.tab_to(lambda focus: focus["text"].startswith("Explain") and "id=" in (focus["href"] or ""))
    browser.enter()
    text = browser.text()
    assert "stopped here: not_a_member" in text and "mallory" in text, text
    browser.picture("explain-decision")


@claim
def somebody_is_asked_of_in_the_database() -> None:
    browser.show(here + "/console/explain")
    for field, value in (("user", "bob"), ("operation", "publish"), ("match", "m1")):
        browser.tab_to(lambda focus, field=field: focus["id"] == field)
        browser.press(value)
    browser.enter()
    text = browser.text()
    assert "allowed by write" in text and "denied by riders-listen" in text, text
    browser.show(here + "/console/explain?operation=publish&user=alice&match=m2")
    assert "match_not_open" in browser.text()
    browser.show(here + "/console/explain?operation=publish&user=alice%20&match=m2")
    assert "want an id" in browser.text()


@claim
def facts_are_asked_on() -> None:
    browser.show(here + "/console/explain")
    for field, value in (("facts-operation", "publish"), ("role", "rider"), ("state", "open"), ("muted", Keys.SPACE)):
        browser.tab_to(lambda focus, field=field: focus["id"] == field)
        browser.press(value)
    browser.tab_to(lambda focus: focus["tag"] == "BUTTON")
    browser.enter()
    assert "denied: muted" in browser.text(), browser.text()


@claim
def what_strangers_call_themselves_is_text() -> None:
    for path in ("/console/decisions?rows=1000", "/console/limits"):
        browser.show(here + path)
        assert browser.run("return document.querySelectorAll('script, img, [onfocus], [onerror]').length") == 0
        assert not any(sign in browser.run("return document.body.innerText") for sign in "\u202e\u200b\u0000\u0489")
    text = browser.run("return fetch('/console/decisions?rows=1000').then(r => r.text(), e => String(e))")
    # Not even the test's own script may fetch: the pages have no right to.
    assert "TypeError" in text, text[:80]
    browser.complaints()
    _, _, page = ask(here + "/console/decisions?rows=1000", basic(TOKEN))
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page and "⟨U+202E⟩" in page
    assert HOSTILE[4] not in page and "<script" not in page


@claim
def the_lint_and_the_limits_show_what_there_is() -> None:
    browser.show(here + "/console/lint")
    text = browser.text()
    assert "allow_publish_for_client" in text and "Critical: " in text, text
    browser.show(here + "/console/limits")
    text = browser.text()
    assert "publish_room" in text and "alice" in text and "%" in text, text


@claim
def pages_fit_and_are_legible_and_everything_has_a_name() -> None:
    asked = PAGES | {"explained": "/console/explain?operation=publish&user=bob&match=m1"}
    for scheme in ("light", "dark"):
        browser.colours(scheme)
        for width in (320, 1_280):
            browser.size(width)
            for name, path in asked.items():
                browser.show(here + path)
                where = (name, scheme, width)
                assert browser.run("return document.documentElement.scrollWidth") <= width, where
                contrasts = browser.contrasts()
                assert len(contrasts) > 10, where
                low = [found for found in contrasts if found[0] < 4.5]
                assert not low, (where, low[:3])
                browser.picture(f"{name.lower()}-{scheme}-{width}")
                if (scheme, width) == ("light", 1_280):
                    nameless = [node["role"]["value"] for node in browser.tree()
                                if not node.get("ignored") and node.get("role", {}).get("value") in NAMED
                                and not node.get("name", {}).get("value")]
                    assert not nameless, (where, nameless)
    browser.colours("light")


@claim
def nothing_was_blocked_or_broken_on_the_way() -> None:
    complaints = browser.complaints()
    assert not complaints, complaints


@claim
def a_page_comes_again_by_itself_only_where_that_was_chosen() -> None:
    for path, wanted in (("/console/decisions", 0), ("/console/decisions?refresh=5", 1)):
        browser.show(here + path)
        assert browser.run("return document.querySelectorAll('meta[http-equiv=refresh]').length") == wanted


status = 0
start = time.monotonic()
try:
    for check in claims:
        try:
            check()
        except Exception as error:  # Each claim is told of, whatever became of the one before.
            status = 1
            print(f"FAILED  {check.__name__.replace('_', ' ')}\n        {type(error).__name__}: {str(error)[:2_000]}")
        else:
            print(f"ok      {check.__name__.replace('_', ' ')}")
finally:
    browser.end()
    service.stop()
print(f"The console's tests: {len(claims)} claims in {time.monotonic() - start:.0f} s; pictures in .build/console/")
sys.exit(status)
