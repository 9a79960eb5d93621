"""What an app gets to see, and what of its response a browser does."""

from __future__ import annotations

import pytest

from tests.proxy.conftest import PAGE, Headers, Little, Message, Site, respond

FORGED = [
    "X-Forwarded-For",
    "x-forwarded-user",
    "X_Forwarded_Host",
    "X-FORWARDED-PROTO",
    "Forwarded",
    "X-Real-Ip",
    "x_real_ip",
    "Remote-User",
    "REMOTE_USER",
    "X-Saturn-User",
    "x_saturn_user",
    "X-Saturn-Anything",
    "Proxy",
]


async def asked(site: Site, headers: Headers, path: str = "a/", method: str = "GET") -> Message:
    """What the app got of a request."""
    app = site.little[0] if site.little else await site.app()
    answer = await site(method, path, headers)
    assert answer.status == 200, answer
    return app.seen[-1]


async def answered(site: Site, *headers: str, app: Little | None = None) -> Message:
    """What the browser got of a response with these headers."""
    app = app or await site.app()
    app.serve = respond(*headers)
    return await site("GET", "a/x/y")


async def test_the_app_learns_who_asks_for_what_from_where(site: Site) -> None:
    seen = await asked(site, [("Accept", "*/*"), ("X-Own", "1"), ("X-Own", "2")])
    prefix = f"{site.base}saturn-deploy/apps/a"
    assert seen.get("Host") == f"localhost:{site.little[0].port}"
    assert seen.get("X-Forwarded-For") == "127.0.0.1"
    assert seen.get("X-Forwarded-Host") == site.host
    assert seen.get("X-Forwarded-Proto") == "http"
    assert seen.get("X-Forwarded-Prefix") == prefix
    assert seen.get("X-Saturn-User") == site.owner
    assert seen.all("X-Own") == ["1", "2"]


@pytest.mark.parametrize("name", FORGED)
async def test_what_only_we_may_say_is_dropped(site: Site, name: str) -> None:
    seen = await asked(site, [(name, "forged"), ("Connection", "keep-alive")])
    assert "forged" not in str(seen.headers)


async def test_a_header_named_in_connection_goes_no_further_but_ours_are_set(site: Site) -> None:
    hop = [
        ("Connection", "close, X-Hop, X-Forwarded-For, host"),
        ("X-Hop", "1"),
        ("TE", "trailers"),
    ]
    seen = await asked(site, [*hop, ("Keep-Alive", "5"), ("Upgrade", "h2c")])
    for name in ("Connection", "X-Hop", "Keep-Alive", "Upgrade", "TE"):
        assert seen.all(name) == [], name
    assert seen.get("X-Forwarded-For") == "127.0.0.1"
    assert seen.get("Host") == f"localhost:{site.little[0].port}"


async def test_credentials_meant_for_the_server_never_reach_the_app(site: Site) -> None:
    ours = await site.resource_token()
    for value in (
        f"token {site.token}",
        f"TOKEN {site.token}",
        f"Bearer {site.token}",
        f"bearer  {ours}",
        f"token {ours}",
    ):
        assert (await asked(site, [("Authorization", value)])).all("Authorization") == [], value


@pytest.mark.parametrize("value", ["Bearer of-the-app", "Basic dTpw"])
async def test_other_credentials_reach_it(site: Site, value: str) -> None:
    site.by_cookie()
    seen = await asked(site, [("Authorization", value)])
    assert seen.get("Authorization") == value


async def test_the_server_s_cookies_stay_with_it(site: Site) -> None:
    own = site.login_cookie
    cookies = (
        f"a=1; {own}=secret; _xsrf=secret; username-localhost-8888=secret;"
        " jupyterhub-session-id=secret; jupyterhub-user-ana=secret;"
        "saturn-deploy-instance=secret;  b=x=y"
    )
    assert (await asked(site, [("Cookie", cookies)])).get("Cookie") == "a=1; b=x=y"
    assert (await asked(site, [("Cookie", "_xsrf=secret")])).all("Cookie") == []


@pytest.mark.parametrize("name", ["X-XSRFToken", "X-CSRFToken", "X_XSRFToken"])
async def test_the_server_s_proof_of_a_request_stays_with_it_and_the_app_s_own_goes_on(
    site: Site, name: str
) -> None:
    seen = await asked(site, [("Cookie", "_xsrf=secret"), (name, "secret")])
    assert "secret" not in str(seen.headers)
    seen = await asked(site, [("Cookie", "_xsrf=secret"), (name, "other")])
    assert "other" in str(seen.headers)


async def test_the_server_s_token_is_cut_from_the_query_and_nothing_else(site: Site) -> None:
    app = await site.app()
    anonymous: Headers = [("Authorization", "")]
    for query, left in (
        (f"token={site.token}", ""),
        (f"a=%20&token={site.token}&b", "?a=%20&b"),
        (f"token=%20{site.token}&token={site.token}+", ""),
        (f"%74oken={site.token}&mytoken=1", "?mytoken=1"),
        (f"token=of-the-app&token={site.token}", "?token=of-the-app"),
    ):
        answer = await site("GET", f"a/?{query}", anonymous)
        assert answer.status == 200, query
        assert app.seen[-1].target == f"/{left}"
    site.by_cookie()
    assert (await asked(site, [], "a/?token=of-the-app")).target == "/?token=of-the-app"


async def test_origin_and_referer_are_those_of_the_app(site: Site) -> None:
    app = await site.app()
    here, there = f"http://{site.host}", f"http://localhost:{app.port}"
    page = f"{here}{site.base}saturn-deploy/apps/a/page?x=1&token={site.token}"
    seen = await asked(site, [("Origin", here), ("Referer", page)])
    assert seen.get("Origin") == there
    assert seen.get("Referer") == f"{there}/page?x=1"
    for referer in (f"{here}/lab?token=secret", "https://else.where/", "http://[", f"{here}/"):
        assert (await asked(site, [("Referer", referer)])).all("Referer") == []


async def test_another_site_s_origin_stays_what_it_is(site: Site) -> None:
    site.by_cookie()
    seen = await asked(site, [("Origin", "https://else.where")])
    assert seen.get("Origin") == "https://else.where"


async def test_headers_for_one_hop_or_the_whole_origin_are_dropped(site: Site) -> None:
    answer = await answered(
        site,
        "Connection: keep-alive, X-Hop",
        "X-Hop: 1",
        "Keep-Alive: timeout=5",
        "Proxy-Authenticate: Basic",
        "Service-Worker-Allowed: /",
        'clear-site-data: "*"',
        "Strict-Transport-Security: max-age=1",
        "Public-Key-Pins: x",
        "Alt-Svc: h3=evil",
        "Content-Security-Policy: default-src 'self'",
        "X-Own: 1",
        "X-Own: 2",
        "Server: little",
    )
    names = {name.lower() for name, _ in answer.headers}
    assert names == {"content-security-policy", "x-own", "server", "content-length", "set-cookie"}
    assert answer.get("Content-Security-Policy") == "default-src 'self'"
    assert answer.all("X-Own") == ["1", "2"]


async def test_nothing_of_jupyter_s_own_is_forced_on_a_response(site: Site) -> None:
    site.by_cookie()
    answer = await answered(site, "Content-Type: text/html")
    assert {name for name, _ in answer.headers} == {"Content-Type", "Content-Length"}
    answer = await site("GET", "a/", [("Accept-Encoding", "gzip")])
    assert answer.all("Content-Encoding") == []


@pytest.mark.parametrize(
    ("sent", "got"),
    [
        ("a=1", "a=1"),
        ("a=1; Path=/", "a=1; Path={prefix}/"),
        ("a=1; Domain=example.org; path=/x; HttpOnly", "a=1; HttpOnly; Path={prefix}/x"),
        ("a=1; Path={prefix}/x", "a=1; Path={prefix}/x"),
        ("a=1; Path={prefix}evil", "a=1; Path={prefix}{prefix}evil"),
        ("a=1; Path=/; Path=/y; DOMAIN=.x; domain", "a=1; Path={prefix}/y"),
        ("a=1; Path=lab", "a=1"),
        ("_xsrf=1; Path=/", None),
        (" _xsrf =1", None),
        ("=_xsrf=1", None),
        ("_xsrf", None),
        ("jupyterhub-session-id=1", None),
        ("username-127-0-0-1-8888=1", None),
        ("{login}=1", None),
        ("saturn-deploy-instance=1", None),
    ],
)
async def test_a_cookie_reaches_no_further_than_its_app(
    site: Site, sent: str, got: str | None
) -> None:
    site.by_cookie()
    names = {"prefix": f"{site.base}saturn-deploy/apps/a", "login": site.login_cookie}
    answer = await answered(site, "Set-Cookie: " + sent.format(**names))
    assert answer.all("Set-Cookie") == ([] if got is None else [got.format(**names)])


@pytest.mark.parametrize(
    ("sent", "got"),
    [
        ("/login?next=%2F#x", "{prefix}/login?next=%2F#x"),
        ("/", "{prefix}/"),
        ("{prefix}/x", "{prefix}/x"),
        ("http://localhost:{port}/x?y#z", "{prefix}/x?y#z"),
        ("http://127.0.0.1:{port}", "{prefix}/"),
        ("https://LOCALHOST:{port}//x", "{prefix}//x"),
        ("//localhost:{port}?y", "{prefix}/?y"),
        ("http://localhost:1/x", "http://localhost:1/x"),
        ("https://else.where/x", "https://else.where/x"),
        ("//else.where/x", "//else.where/x"),
        ("/\\else.where", "{prefix}/\\else.where"),
        ("next", "next"),
        ("?page=2", "?page=2"),
        ("http://[", "http://["),
    ],
)
async def test_a_location_leads_the_browser_to_where_the_app_meant(
    site: Site, sent: str, got: str
) -> None:
    app = await site.app()
    names = {"prefix": f"{site.base}saturn-deploy/apps/a", "port": app.port}
    answer = await answered(site, "Location: " + sent.format(**names), app=app)
    assert answer.get("Location") == got.format(**names)


async def test_no_redirect_is_followed(site: Site) -> None:
    app = await site.app(respond("Location: /next", status="302 Found"))
    assert (await site("GET", "a/", PAGE)).status == 302
    assert len(app.seen) == 1
