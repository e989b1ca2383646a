"""Names for new experiments."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass

from attnviz.errors import AttnvizError

LONGEST = 64  # characters


@dataclass(frozen=True)
class Name:
    """A name that can be taken, and why it is not what was typed."""

    name: str
    reasons: tuple[AttnvizError, ...] = ()


def available_name(typed: str, taken: Collection[str], fallback: str = "") -> Name:
    """Make a name out of what was typed: letters a to z, digits and hyphens, and not one of `taken`."""
    reasons = []
    plain = "".join(c for c in unicodedata.normalize("NFKD", typed) if not unicodedata.combining(c)).lower().strip()
    name = _slug(plain)
    if not name:
        name = _slug(fallback.lower()) or "experiment"
        if typed.strip():
            reasons.append(
                AttnvizError("A name is a part of links, so it is made of the letters a to z, digits and hyphens.")
            )
    elif name != typed.strip() and len(plain) <= LONGEST:
        reasons.append(AttnvizError("A name is a part of links: lower-case letters a to z, digits and hyphens."))
    if len(name) > LONGEST:
        name = name[:LONGEST].strip("-")
        reasons.append(AttnvizError("A name has at most {limit} characters.", limit=LONGEST))
    if name in taken:
        stem, number = name[: LONGEST - 4].strip("-"), 2
        while f"{stem}-{number}" in taken:
            number += 1
        reasons.append(AttnvizError("“{name}” is there already.", name=name))
        name = f"{stem}-{number}"
    return Name(name, tuple(reasons))


def _slug(text: str) -> str:
    return re.sub("[^a-z0-9]+", "-", text).strip("-")
