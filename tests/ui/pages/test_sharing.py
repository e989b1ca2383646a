from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from attnviz.model.experiment import Experiment
from attnviz.ui.components.heatmap.heatmap import Ablation
from attnviz.ui.pages.sentence.sharing import line


@settings(max_examples=50)
@given(st.text(max_size=400))
def test_whatever_fooled_it_is_told_in_one_short_line(tiny: Experiment, text: str) -> None:
    whole = tiny.explain(text)
    told = line([Ablation(whole)], str)
    assert len(told.splitlines()) == 1 and len(told) < 250
    assert f"{whole.prediction} at {whole.probabilities.max():.1%} (fine-tuned)" in told


def test_the_line_names_what_was_struck_out(tiny: Experiment) -> None:
    whole = tiny.explain("it was not good")
    told = line([Ablation(whole, tiny.explain("it was not good", without=(2,)))], str)
    assert "“it was not good”" in told and told.endswith("(Judged without: not)")
