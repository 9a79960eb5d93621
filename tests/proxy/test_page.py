"""The page in place of an app that isn't ready; `tests/ui` opens it."""

from __future__ import annotations

import re

from jupyter_saturn_deploy.proxy import page
from tests.proxy.conftest import PAGE, Site


async def test_of_an_app_that_isn_t_ready_a_browser_gets_a_page_that_nobody_keeps(
    site: Site,
) -> None:
    site.rotation.put("a")
    answer = await site("GET", "a/deep/?x", PAGE)
    assert (answer.status, answer.get("Retry-After")) == (503, "1")
    assert answer.get("Cache-Control") == "no-store"
    assert (answer.get("Content-Type") or "").startswith("text/html")
    assert f'data-name="a" data-base="{site.base}"' in answer.body.decode()
    assert any(cookie.startswith("_xsrf=") for cookie in answer.all("Set-Cookie"))
    assert (await site("GET", "a/x.js")).get("Content-Type") == "application/json"


def test_its_policy_lets_in_its_own_script_and_style_alone() -> None:
    shown, other = page.starting("a", "/"), page.starting("a", "/")
    (nonce,) = set(re.findall(r'nonce="([^"]+)"', shown.html))
    assert shown.html.count(f'nonce="{nonce}"') == 2
    assert f"script-src 'nonce-{nonce}'" in shown.policy
    assert f"style-src 'nonce-{nonce}'" in shown.policy
    assert "default-src 'none'" in shown.policy
    assert nonce not in other.html
    assert not re.search(r"(src|href)=|url\(|innerHTML|//[a-z]+\.", shown.html)


def test_what_it_is_told_is_text() -> None:
    hostile = '"><script>alert(1)</script>'
    for shown in (page.starting(hostile, hostile), page.problem(502, hostile)):
        assert hostile not in shown.html
        assert shown.html.count("<script") == (1 if "look();" in shown.html else 0)
