"""The Dockerfile without a docker: every step done for real, on a view of this machine that forgets what is written.

    python -m tests.image_steps --torch-index URL

It takes root on Linux and some minutes, and so is no test: what pip finds is downloaded anew, into an environment with
nothing in it. In the end the command is run as the image's user on a root that is only read, with a volume and /tmp,
until the health check is answered; then that user explains a sentence and tries to write elsewhere.
"""

from __future__ import annotations

import argparse
import json
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.test_image import ROOT, steps

ENTER = """
set -eu
mount -t tmpfs -o size=6g tmpfs {at}
mkdir {at}/upper {at}/work {at}/root
mount -t overlay overlay -o lowerdir=/,upperdir={at}/upper,workdir={at}/work {at}/root
mount --rbind /dev {at}/root/dev
mount -t proc proc {at}/root/proc
chmod 755 {at}/root/root
cp {script} {at}/root/steps.sh
mkdir {at}/context
tar -C {source} -cf - {context} | tar -C {at}/context -xf -
mkdir {at}/root/context
mount --bind {at}/context {at}/root/context
sed -i '/^[^:]*:[^:]*:{user}:/d' {at}/root/etc/passwd
chroot {at}/root python3 -m venv /bare
chroot {at}/root env -i PATH=/bare/bin:/usr/bin:/bin:/usr/sbin:/sbin {kept} sh -eux /steps.sh
mount -t tmpfs tmpfs {at}/root/tmp
mount --bind {at}/root/data {at}/root/data
mount -o remount,bind,ro {at}/root
chroot --userspec={user}:{user} {at}/root env -i PATH=/bare/bin:/usr/bin:/bin {settings} sh -c {serve}
"""
SERVE = """
cd {workdir}
{command} &
server=$!
for try in $(seq 120); do sleep 1; if {health}; then break; fi; done
{health} && echo HEALTHY
python -m attnviz explain "This movie was not amazing." && touch /data/written /tmp/written && echo WRITTEN
if touch /elsewhere 2>/dev/null; then echo "WRITTEN ELSEWHERE"; fi
id; kill $server
"""


def main() -> int:
    """Do the steps; the exit code is 0 if all went well."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--torch-index", help="in place of the Dockerfile's, where that is out of reach")
    parser.add_argument(
        "--keep", nargs="*", default=[], metavar="NAME=VALUE", help="settings of pip that it needs here"
    )
    chosen = parser.parse_args()
    lines, settings, said, context = ["cd /"], dict[str, str](), dict(steps()), list[str]()
    for word, rest in steps():
        match word:
            case "ARG":
                name, _, value = rest.partition("=")
                lines.append(f"{name}={shlex.quote(chosen.torch_index or value)}")
            case "ENV":
                settings |= dict(one.split("=", 1) for one in shlex.split(rest))
                lines.append(f"export {rest}")
            case "WORKDIR":
                lines.append(f"mkdir -p {rest} && cd {rest}")
            case "COPY":
                *sources, to = shlex.split(rest)
                context += sources
                lines += [f"cp -r /context/{source} {to}" for source in sources]
            case "RUN":
                lines.append(f"{{ {rest}; }} || exit 1")
            case "FROM" | "VOLUME" | "USER" | "EXPOSE" | "HEALTHCHECK" | "CMD":
                pass
            case _:
                sys.exit(f"nobody knows here how to do {word}")
    with tempfile.TemporaryDirectory() as at:
        script = Path(at).with_suffix(".sh")
        script.write_text("\n".join(lines), encoding="utf-8")
        command, health = shlex.join(json.loads(said["CMD"])), said["HEALTHCHECK"].partition("CMD ")[2]
        serve = SERVE.format(workdir=said["WORKDIR"], command=command, health=health)
        enter = ENTER.format(
            at=at,
            script=script,
            source=ROOT,
            context=" ".join(context),
            kept=shlex.join(chosen.keep),
            user=said["USER"],
            settings=shlex.join(f"{name}={value}" for name, value in settings.items()),
            serve=shlex.quote(serve),
        )
        done = subprocess.run(["unshare", "--mount", "sh", "-c", enter], stdout=subprocess.PIPE, text=True, check=False)
        script.unlink()
    sys.stdout.write(done.stdout)
    good = "HEALTHY" in done.stdout and "WRITTEN\n" in done.stdout and "ELSEWHERE" not in done.stdout
    return done.returncode or int(not good)


if __name__ == "__main__":
    sys.exit(main())
