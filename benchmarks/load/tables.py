"""What was found, as tables."""

from __future__ import annotations

import statistics
from collections.abc import Mapping
from typing import Any


def spread(taken: list[float]) -> dict[str, float]:
    """Return how many there are, and the median, the 95th percentile and the longest of their seconds."""
    ordered = sorted(taken)
    high = ordered[min(len(ordered) - 1, int(0.95 * len(ordered)))]
    told = {"median_s": statistics.median(ordered), "p95_s": high, "longest_s": ordered[-1]}
    return {"count": len(ordered)} | {name: round(value, 2) for name, value in told.items()}


def table(figures: Mapping[str, Any]) -> list[str]:
    """Return what was found, as tables."""
    told = figures["typed_at_once"]
    best, worst = (pick(told, key=lambda one: one["heatmaps_s"]) for pick in (min, max))
    drawn = f"{best['heatmaps_s']:.2f} – {worst['heatmaps_s']:.2f}"
    lines = [
        f"\n**{figures['people']} people**\n",
        "| what | seconds |\n| --- | --- |",
        f"| the first one's page | {figures['first_run_s']:.2f} |",
        f"| all open it at once | {figures['opened_at_once_s']:.2f} (median {figures['opened_median_s']:.2f}) |",
        f"| all type at once: every heat-map | {drawn} (median {best['median_s']:.2f} – {worst['median_s']:.2f}) |",
        f"| and everything below | {best['whole_s']:.2f} – {worst['whole_s']:.2f} |",
        "\n| what | how often | median, s | 95 % | longest |\n| --- | --- | --- | --- | --- |",
    ]
    for what, one in figures["acts"].items():
        seconds = " | ".join(f"{one[name]:.2f}" for name in ("median_s", "p95_s", "longest_s"))
        lines.append(f"| {what} | {one['count']} | {seconds} |")
    if taken := figures["chromium_s"]:
        lines.append(f"\nA sentence in Chromium: median {statistics.median(taken):.2f} s, longest {max(taken):.2f} s.")
    if figures["held"]:
        lines.append("\n| the server | memory, MB | open files | threads | processor, s |")
        lines.append("| --- | --- | --- | --- | --- |")
    for when, one in figures["held"].items():
        lines.append(
            f"| {when} | {one['memory_mb']:.0f} | {one['files']} | {one['threads']} | {one['processor_s']:.1f} |"
        )
    return [*lines, f"\nErrors: {len(figures['errors'])}", *figures["errors"][:10]]
