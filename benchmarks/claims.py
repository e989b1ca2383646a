"""Which sentences of its tour show an experiment's claims, the clearest first: where the examples on screen come from.

    python -m benchmarks.claims reviews-en tour-en

Beside each sentence: what it tries, its margin, and the probability of the right class by each variant and by the
fine-tuned one with unknown words read as <unk>; with more than two classes its lead over the most probable other one.
"""

from __future__ import annotations

import argparse

from attnviz.analysis.claims import CLAIMS, Evidence
from attnviz.data.datasets import load_test_rows
from attnviz.model.experiment import load
from benchmarks.options import parser
from benchmarks.report import Report, run

_VARIANTS = ("frozen", "fine-tuned", "uniform")


def arguments() -> argparse.ArgumentParser:
    """Return what can be asked."""
    found = parser(__doc__)
    found.add_argument("experiment")
    found.add_argument("tour", help="a data set's name or a file, with labels")
    found.add_argument("--top", type=int, default=8, help="sentences a claim")
    return found


def main(chosen: argparse.Namespace, report: Report) -> None:
    """Look for every claim."""
    experiment = load(chosen.experiment)
    rows = load_test_rows(chosen.tour, experiment.labels)
    truths = [experiment.labels[label] for label in rows.labels]
    found = [
        (text, truth, tries, Evidence.of(experiment, text, truth))
        for text, truth, tries in zip(rows.texts, truths, rows.groups or [""] * len(rows), strict=True)
    ]
    two = len(experiment.labels) == 2
    texts = dict.fromkeys(("sentence", "it is", "tries"), "")
    shares = dict.fromkeys((*_VARIANTS, "as <unk>"), ".0%" if two else "+.2f")
    columns = texts | {"margin": ".2f"} | shares | {"most attention": "", "of it": ".0%"}
    showing = set()
    for claim in CLAIMS:
        shown = sorted((one for one in found if one[3].margin(claim) > 0), key=lambda one: -one[3].margin(claim))
        showing |= {text for text, *_ in shown}
        table = report.table(f"{claim}: {len(shown)} of {len(found)}", columns)
        for text, truth, tries, evidence in shown[: chosen.top]:
            leads = [*(evidence.leads[variant] for variant in _VARIANTS), evidence.lead_as_unknown]
            weights = evidence.explanation.weights
            most = int(weights.argmax())
            table.row(
                *(text, truth, tries, evidence.margin(claim)),
                *((1 + lead) / 2 if two else lead for lead in leads),
                *(evidence.explanation.tokens[most].text, weights[most]),
            )
    report.ratio("sentences that show a claim / all", len(showing) / len(found))


if __name__ == "__main__":
    run(main, arguments())
