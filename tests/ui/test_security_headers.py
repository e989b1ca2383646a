"""The headers of every answer; that the pages work with them, `tests/browser/test_policy.py` holds."""

from __future__ import annotations

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.testclient import TestClient

from attnviz.ui import owner, security_headers


@pytest.mark.parametrize("path", ["/owner", "/nothing-here"])
def test_every_answer_has_them(path: str) -> None:
    client = TestClient(Starlette(routes=owner.ROUTES, middleware=[Middleware(security_headers.Headers)]))
    told = client.get(path).headers
    policy = dict(part.split(" ", 1) for part in told[security_headers.POLICY].split("; "))
    assert policy["default-src"] == "'self'" and policy["frame-ancestors"] == "'none'"
    assert "unsafe" not in policy["script-src"]
    assert told["x-content-type-options"] == "nosniff" and told["referrer-policy"] == "no-referrer"


def test_a_page_may_run_its_own_inline_scripts_alone() -> None:
    policy = security_headers.policy("<script>alert(1)</script><script src='x.js'></script>")
    assert "'self' blob: 'sha256-bhHHL3z2vDgxUt0W3dWQOrprscmda2Y5pLsLg4GF+pI=';" in policy  # by openssl dgst
    assert policy.count("sha256-") == 1
