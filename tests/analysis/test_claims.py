from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from attnviz.analysis.claims import CLAIMS, Claim, Evidence, claims
from attnviz.model.experiment import Experiment


def leads(frozen: float, fine_tuned: float, uniform: float) -> dict[str, float]:
    return {"frozen": frozen, "fine-tuned": fine_tuned, "uniform": uniform}


@pytest.mark.parametrize(
    ("given", "as_unknown", "holding"),
    [
        (leads(0.4, 0.6, -0.2), 0.5, {"attention": 0.2}),
        (leads(-0.4, 0.6, -0.2), 0.5, {"fine-tuning": 0.4}),
        (leads(0.4, 0.6, 0.2), -0.1, {"subwords": 0.1}),
        (leads(-0.4, -0.6, -0.2), -0.1, {"fooled": 0.2}),
        (leads(0.4, 0.6, 0.2), 0.5, {}),
    ],
)
def test_a_claim_holds_by_the_smaller_of_its_margins(
    tiny: Experiment, given: dict[str, float], as_unknown: float, holding: dict[Claim, float]
) -> None:
    evidence = Evidence(given, as_unknown, tiny.explain("good"))  # one word cannot part
    assert {claim: evidence.margin(claim) for claim in CLAIMS if evidence.margin(claim) > 0} == pytest.approx(holding)


def test_attention_parts_from_contribution_where_the_word_that_draws_most_speaks_against_the_answer(
    tiny: Experiment,
) -> None:
    found = tiny.explain("good film")
    pulls = np.zeros_like(found.contributions)
    pulls[0, int(found.probabilities.argmax())] = -0.5
    parting = replace(found, weights=np.array([0.9, 0.1]), contributions=pulls)
    assert Evidence(leads(0, 0, 0), 0, parting).margin("parting") == pytest.approx(0.5)
    assert Evidence(leads(0, 0, 0), 0, replace(parting, weights=np.array([0.6, 0.4]))).margin("parting") == 0
    assert Evidence(leads(0, 0, 0), 0, replace(parting, contributions=-pulls)).margin("parting") == pytest.approx(-0.5)


def test_the_leads_are_those_of_the_variants(tiny: Experiment) -> None:
    evidence = Evidence.of(tiny, "it was not gooood", "negative")
    for variant, lead in evidence.leads.items():
        negative, positive = tiny.explain("it was not gooood", variant).probabilities
        assert lead == pytest.approx(negative - positive)
    negative, positive = tiny.explain("it was not gooood", unknown="unk").probabilities
    assert evidence.lead_as_unknown == pytest.approx(negative - positive)


def test_nothing_is_claimed_without_the_variants_or_the_class(tiny: Experiment) -> None:
    assert claims(tiny, "it was not good", "sarcastic") == ()
    assert claims(replace(tiny, models={"frozen": tiny.models["frozen"]}), "it was not good", "negative") == ()
    assert set(claims(tiny, "it was good", "negative")) | {"parting"} == {"fooled", "parting"}
