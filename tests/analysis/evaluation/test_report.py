from __future__ import annotations

import pytest

from attnviz.analysis.evaluation.evaluate import assess
from attnviz.analysis.evaluation.nearest_examples import NearestExample, TrainingExamples
from attnviz.analysis.evaluation.prediction_cache import cached_predictions
from attnviz.analysis.evaluation.predictions import Predictions
from attnviz.analysis.evaluation.report import report
from attnviz.analysis.evaluation.rows import EvaluationRows, Origin
from attnviz.data.datasets import Dataset
from attnviz.model.experiment import Experiment

MARKUP = "<script>alert(1)</script><img src=x onerror=alert(1)>"


@pytest.fixture(scope="module")
def sheet(tiny: Experiment, tiny_data: Dataset) -> Predictions:
    texts = (*tiny_data.texts, MARKUP, "it\x00 was good")
    labels = [1 - label for label in tiny_data.labels]
    return cached_predictions(tiny, EvaluationRows(Origin("mixed"), texts, [*labels, 0, 1], None, "d" * 32))


def test_the_report_stands_alone_and_runs_nothing(tiny: Experiment, sheet: Predictions) -> None:
    rows = [len(sheet) - 2, len(sheet) - 1, 0]
    page = report(tiny, sheet, rows, ("frozen", "fine-tuned"))
    assert "<script" not in page and "<img" not in page and "&lt;script&gt;" not in page.lower().split("<body>")[0]
    assert "http://" not in page and "https://" not in page and " src=" not in page
    assert "default-src 'none'" in page
    assert page.count("<article>") == 3 and page.count("<section") == 6
    assert f"Sentences shown: 3 of 3 listed, of {len(sheet)} in all" in page
    assert "Sentences shown: 3 of 7 listed" in report(tiny, sheet, rows, ("frozen",), listed=7)


def test_a_report_shows_control_characters(tiny: Experiment, sheet: Predictions) -> None:
    assert "␀" in report(tiny, sheet, [len(sheet) - 1], ("frozen",))


def test_a_report_begins_with_the_figures(tiny: Experiment, sheet: Predictions) -> None:
    page = report(tiny, sheet, [0], ("frozen",), assess(sheet))
    figures, _rest = page.split("<article>")
    assert figures.count("<tr>") == 1 + len(sheet.answers) + 1  # the baseline
    assert "macro F1" in figures and "<td>frozen</td>" in figures and "<td>TF-IDF + logistic regression</td>" in figures
    assert "macro F1" not in report(tiny, sheet, [0], ("frozen",))


def test_a_report_says_of_each_error_why_and_what_is_near(
    tiny: Experiment, tiny_data: Dataset, sheet: Predictions
) -> None:
    class Near(TrainingExamples):
        def near(self, _text: str, count: int = 5) -> list[NearestExample]:
            return [NearestExample(MARKUP, "positive", 0.5)]

        def same(self, _text: str) -> dict[str, int]:
            return {"negative": 2}

    near = Near.of(tiny, tiny_data)
    page = report(tiny, sheet, [0], ("frozen", "fine-tuned"), near=near, translate=lambda text: f"«{text}»")
    assert sheet.truth is not None
    assert f"«it is: «{sheet.labels[sheet.truth[0]]}»»" in page
    assert page.count('<p class="why">') == 2 + 1  # both are wrong, for the labels are turned
    assert "is left out here: «negative» 2" in page
    assert "<li>«positive» · 0.50 · &lt;script&gt;" in page
