"""Which sentences of its tour show an experiment's claims, the clearest first: where the examples on screen come from.

    python -m benchmarks.claims reviews-en tour-en

Beside each sentence: what it tries, its margin, and the probability of the right class by each variant and by the
fine-tuned one with unknown words read as <unk>.
"""

from __future__ import annotations

import argparse

from attnviz.analysis.claims import CLAIMS, Evidence
from attnviz.data.datasets import load_test_rows
from attnviz.model.experiment import load


def main() -> None:
    """Print a table of every claim."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("experiment")
    parser.add_argument("tour", help="a data set's name or a file, with labels")
    parser.add_argument("--top", type=int, default=8, help="sentences a claim")
    chosen = parser.parse_args()

    experiment = load(chosen.experiment)
    rows = load_test_rows(chosen.tour, experiment.labels)
    truths = [experiment.labels[label] for label in rows.labels]
    found = [
        (text, truth, tries, Evidence.of(experiment, text, truth))
        for text, truth, tries in zip(rows.texts, truths, rows.groups or [""] * len(rows), strict=True)
    ]
    for claim in CLAIMS:
        shown = sorted(found, key=lambda one: -one[3].margin(claim))
        count = sum(one[3].margin(claim) > 0 for one in found)
        print(f"\n{claim}: {count} of {len(found)}\n")
        print("| sentence | it is | tries | margin | frozen | fine-tuned | uniform | as <unk> | most attention |")
        print("| --- | --- | --- | --- | --- | --- | --- | --- | --- |")
        for text, truth, tries, evidence in shown[: min(chosen.top, count)]:
            shares = [evidence.leads[variant] for variant in ("frozen", "fine-tuned", "uniform")]
            told = " | ".join(_share(lead, len(experiment.labels)) for lead in (*shares, evidence.lead_as_unknown))
            explanation = evidence.explanation
            most = int(explanation.weights.argmax())
            drawn = f"{explanation.tokens[most].text} {explanation.weights[most]:.0%}"
            print(f"| {text} | {truth} | {tries} | {evidence.margin(claim):.2f} | {told} | {drawn} |")


def _share(lead: float, classes: int) -> str:
    """Write the right class's probability if there are two classes; else its lead."""
    return f"{(1 + lead) / 2:.0%}" if classes == 2 else f"{lead:+.2f}"


if __name__ == "__main__":
    main()
