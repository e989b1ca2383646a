"""nginx before several servers of this checkout, set up by `deploy/nginx.conf`, for the tests and to be measured.

    python -m benchmarks.proxy --processes 4 --port 8443

It serves until it is interrupted, and says where, and which processes are behind it.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from benchmarks.options import parser
from benchmarks.report import LeftOut
from benchmarks.servers import APP, ROOT, free_port, own_folders, started, wait_until_healthy

UNDER = "/attnviz"  # the path that the file names
_MAIN = """
daemon off; {user} pid {folder}/pid; worker_processes 1; events {{ worker_connections 4096; }}
http {{
    client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
    log_format told '$attnviz_process $upstream_addr $status $request_uri'; access_log {folder}/access told;
    include {folder}/site;
}}
"""


@contextmanager
def nginx(folder: Path, servers: Sequence[str], *changes: tuple[str, str], port: int = 0) -> Iterator[str]:
    """Run nginx with the file that we ship, its names, ports and certificate changed, and yield its address.

    It writes to `folder`; which browser it sent to which of the `servers` (host and port) stands there in `access`.
    """
    if not (shutil.which("nginx") and shutil.which("openssl")):
        raise LeftOut("nginx or openssl is not installed")
    folder.mkdir()
    port = port or free_port()
    if _listens(port):
        raise LeftOut(f"somebody listens at port {port}")
    site = (ROOT / "deploy" / "nginx.conf").read_text(encoding="utf-8")
    upstream = "".join(f"    server {one};\n" for one in servers)
    site, found = re.subn(r"(    server 127\.0\.0\.1:\d+;\n)+", upstream, site)
    assert found == 1
    for old, new in (
        ("listen 443 ssl", f"listen 127.0.0.1:{port} ssl"),
        ("listen 80", f"listen 127.0.0.1:{free_port()}"),
        ("attnviz.example", "localhost"),
        ("/etc/nginx/tls/fullchain.pem", str(folder / "certificate")),
        ("/etc/nginx/tls/privkey.pem", str(folder / "key")),
        *changes,
    ):
        assert old in site, old
        site = site.replace(old, new)
    (folder / "site").write_text(site, encoding="utf-8")
    user = "user root;" if os.getuid() == 0 else ""
    (folder / "main").write_text(_MAIN.format(folder=folder, user=user), encoding="utf-8")
    certify = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=localhost"
    files = ["-out", str(folder / "certificate"), "-keyout", str(folder / "key")]
    subprocess.run([*certify.split(), *files], check=True, capture_output=True)
    command = ["nginx", "-p", str(folder), "-e", str(folder / "error"), "-c", str(folder / "main")]
    with subprocess.Popen(command) as process:
        try:
            while not _listens(port):
                assert process.poll() is None, (folder / "error").read_text()
                time.sleep(0.1)
            yield f"https://localhost:{port}"
        finally:
            process.terminate()


@contextmanager
def several(folder: Path, processes: int) -> Iterator[dict[str, int]]:
    """Serve a copy of the shipped experiments by several processes; yield their numbers by where they listen."""
    environment = {**own_folders(folder), "ATTNVIZ_OWNER_KEY": "to be measured, not kept"}
    with ExitStack() as stack:
        servers = dict(
            stack.enter_context(started(APP, f"--server.baseUrlPath={UNDER}", environment=environment))
            for _ in range(processes)
        )
        for server in servers.values():  # all are told before the first is waited for
            stack.callback(server.terminate)
        for place, server in servers.items():
            wait_until_healthy(f"http://{place}{UNDER}", server)
        yield {place: server.pid for place, server in servers.items()}


def _listens(port: int) -> bool:
    with socket.socket() as line:
        return line.connect_ex(("127.0.0.1", port)) == 0


def arguments() -> argparse.ArgumentParser:
    """Return what can be asked."""
    found = parser(__doc__)
    found.add_argument("--processes", type=int, default=4, metavar="N")
    found.add_argument("--port", type=int, default=8443)
    return found


def main() -> None:
    """Serve until interrupted."""
    chosen = arguments().parse_args()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        servers = stack.enter_context(several(folder, chosen.processes))
        address = stack.enter_context(nginx(folder / "nginx", list(servers), port=chosen.port))
        print(f"{address}{UNDER} by {' '.join(map(str, servers.values()))}", flush=True)
        signal.signal(signal.SIGTERM, lambda *_: sys.exit())
        with suppress(KeyboardInterrupt):
            signal.pause()


if __name__ == "__main__":
    main()
