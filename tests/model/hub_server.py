"""A server on this machine that answers as the hub does: repositories are made, filled by a commit, and read."""

from __future__ import annotations

import base64
import json
import re
from hashlib import sha1
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit


class Hub(ThreadingHTTPServer):
    """The hub: files by repository, and what was asked of it."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answer)
        self.repositories: dict[str, dict[str, bytes]] = {}
        self.private: dict[str, bool] = {}  # which of them were made for their owners alone
        self.cards: list[str] = []  # whose metadata was to be looked at
        self.fetched: list[str] = []
        self.sizes: dict[str, int] = {}  # that it tells instead of the true ones
        self.told: Any = None  # about a repository, instead of the truth
        self.etag = ""  # of every file, instead of its digest

    def commit(self, repository: str) -> str:
        """Return a name for what a repository holds."""
        return sha1(repr(sorted(self.repositories[repository].items())).encode()).hexdigest()

    @property
    def address(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.server_address[1]}"


class _Answer(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Hub

    def _say(self, value: Any, code: int = 200, **headers: str) -> None:
        content = value if isinstance(value, bytes) else json.dumps(value).encode()
        self.send_response(code)
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Content-Type", "application/json")
        for name, text in headers.items():
            self.send_header(name.replace("_", "-"), text)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    def _missing(self) -> None:
        self._say({"error": "Repository not found"}, 404, X_Error_Code="RepoNotFound")

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        path = urlsplit(self.path).path
        if path == "/api/repos/create":
            asked = json.loads(body)
            name = "/".join(filter(None, (asked.get("organization"), asked["name"])))
            self.server.repositories.setdefault(name, {})
            self.server.private.setdefault(name, bool(asked.get("private") or asked.get("visibility") == "private"))
            self._say({"url": f"{self.server.address}/{name}", "name": name})
        elif path == "/api/validate-yaml":
            self.server.cards.append(json.loads(body)["content"])
            self._say({"errors": [], "warnings": []})
        elif path.endswith("/preupload/main"):
            files = [{**one, "uploadMode": "regular", "shouldIgnore": False} for one in json.loads(body)["files"]]
            self._say({"files": files})
        elif found := re.fullmatch("/api/models/(.+)/commit/main", path):
            for line in map(json.loads, body.splitlines()):
                if line["key"] == "file":
                    content = base64.b64decode(line["value"]["content"])
                    self.server.repositories[found[1]][line["value"]["path"]] = content
            self._say(
                {"commitUrl": f"{self.server.address}/{found[1]}/commit/0", "commitOid": self.server.commit(found[1])}
            )
        else:
            self._missing()

    def do_GET(self) -> None:
        path = urlsplit(self.path).path
        found = re.fullmatch("/api/models/([^/]+/[^/]+)(?:/revision/[^/]+)?", path)
        found = found or re.fullmatch("/([^/]+/[^/]+)/resolve/[^/]+/(.+)", path)
        files = self.server.repositories.get(found[1]) if found else None
        if found is None or files is None or (name := found[2] if found.re.groups == 2 else "") not in {"", *files}:
            return self._missing()
        commit = self.server.commit(found[1])
        if not name:
            told = {one: self.server.sizes.get(one, len(content)) for one, content in files.items()}
            if self.server.told is not None:
                return self._say(self.server.told)
            siblings = [{"rfilename": one, "size": size} for one, size in told.items()]
            return self._say({"id": found[1], "modelId": found[1], "sha": commit, "siblings": siblings})
        if self.command == "GET":
            self.server.fetched.append(name)
        etag = f'"{self.server.etag or sha1(files[name]).hexdigest()}"'
        return self._say(files[name], ETag=etag, X_Repo_Commit=commit, Accept_Ranges="bytes")

    do_HEAD = do_GET  # noqa: N815 - as http.server calls it

    def log_message(self, *_: Any) -> None:
        """Say nothing."""
