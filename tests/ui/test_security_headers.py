"""The headers of every answer; that the pages work with them, `tests/browser/test_policy.py` holds."""

from __future__ import annotations

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.testclient import TestClient

from attnviz.ui import owner, security_headers


@pytest.mark.parametrize("path", ["/owner", "/nothing-here"])
def test_every_answer_has_them(path: str) -> None:
    client = TestClient(Starlette(routes=owner.routes(), middleware=[Middleware(security_headers.Headers)]))
    told = client.get(path).headers
    policy = dict(part.split(" ", 1) for part in told[security_headers.POLICY].split("; "))
    assert policy["default-src"] == "'self'" and policy["frame-ancestors"] == "'none'"
    assert "unsafe" not in policy["script-src"]
    assert told["x-content-type-options"] == "nosniff" and told["referrer-policy"] == "no-referrer"


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("", "'none'"),
        ("https://huggingface.co", "https://huggingface.co"),
        (" https://*.school.kr  http://localhost:8000 ", "https://*.school.kr http://localhost:8000"),
        ("https://huggingface.co; script-src *", "'none'"),
        ("*", "'none'"),
        ("https://", "'none'"),
    ],
)
def test_nobody_frames_the_pages_but_who_is_named(
    given: str, said: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv(security_headers.FRAMED_BY, given)
    monkeypatch.setattr(security_headers, "_policy_of_the_pages", security_headers._policy_of_the_pages.__wrapped__)
    client = TestClient(Starlette(routes=owner.routes(), middleware=[Middleware(security_headers.Headers)]))
    page, keyhole = (client.get(path).headers for path in ("/nothing-here", "/owner"))
    assert page[security_headers.POLICY].endswith(f"; frame-ancestors {said}")
    assert ("x-frame-options" in page) == (said == "'none'")
    assert keyhole[security_headers.POLICY].endswith("; frame-ancestors 'none'")  # a key is never typed into a frame
    assert keyhole["x-frame-options"] == "DENY"
    assert ("is no address" in capsys.readouterr().err) == (said == "'none'" != given and bool(given))


def test_a_page_may_run_its_own_inline_scripts_alone() -> None:
    policy = security_headers.policy("<script>alert(1)</script><script src='x.js'></script>")
    assert "'self' blob: 'sha256-bhHHL3z2vDgxUt0W3dWQOrprscmda2Y5pLsLg4GF+pI=';" in policy  # by openssl dgst
    assert policy.count("sha256-") == 1
