"""What is asked of a model from elsewhere that reads padding: every question is put to it as it answers."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
import torch

from attnviz import Experiment, adopt
from attnviz.analysis.activations import activations
from attnviz.analysis.belief.integrated_gradients import integrated_gradients
from attnviz.analysis.belief.leave_one_out import leave_one_out
from attnviz.analysis.belief.subject import Subject, odds_of
from attnviz.analysis.belief.views import contribution
from attnviz.analysis.diagnosis import Diagnosis
from attnviz.analysis.evaluation.mean_attention import MeanAttention
from attnviz.analysis.evaluation.predictions import fingerprint, from_table, predict_rows
from attnviz.analysis.evaluation.rows import EvaluationRows, Origin
from attnviz.analysis.evaluation.token_index import TokenIndex
from attnviz.analysis.reweighting import alternative_weights, flip_radius, permuted_weights, reweight
from attnviz.comparison import drift, lean, neighbours, one_word
from attnviz.data.steps import finished
from attnviz.errors import AttnvizError
from attnviz.tracing import trace
from tests.conftest import sentences
from tests.model.adoption.course import LABELS, MAX_LEN, Notebook, trained

TEXT = "i think this movie is not good ."


@pytest.fixture(scope="module")
def notebooks() -> tuple[Notebook, Notebook]:
    """Return twins, frozen and fine-tuned."""
    return trained(freeze=True), trained()


@pytest.fixture(scope="module")
def padded(notebooks: tuple[Notebook, Notebook]) -> Experiment:
    frozen, tuned = notebooks
    return adopt(
        frozen.model, frozen.vocabulary, LABELS, fine_tuned=tuned.model, max_len=MAX_LEN, cut="spaces", name="padded"
    )


def test_what_a_sentence_loses_without_a_word_is_what_the_notebook_says(
    padded: Experiment, notebooks: tuple[Notebook, Notebook]
) -> None:
    subject = Subject.of(padded, padded.explain(TEXT))
    words = TEXT.split()
    without = [" ".join(words[:at] + words[at + 1 :]) for at in range(len(words))]
    whole, *parts = odds_of(notebooks[1].answer([TEXT, *without])[0], subject.answer).tolist()
    np.testing.assert_allclose(finished(leave_one_out(subject)), whole - np.array(parts), atol=1e-4)
    instead = np.full(len(words), padded.vocabulary.id("film"))
    changed = [" ".join([*words[:at], "film", *words[at + 1 :]]) for at in range(len(words))]
    whole, *parts = odds_of(notebooks[1].answer([TEXT, *changed])[0], subject.answer).tolist()
    np.testing.assert_allclose(finished(leave_one_out(subject, instead)), whole - np.array(parts), atol=1e-4)


@pytest.mark.parametrize("text", [TEXT, "good", ""])
def test_belief_is_that_of_the_answer_as_it_is_given(padded: Experiment, text: str) -> None:
    found = padded.belief(text)
    assert found.explanation.padding is not None
    assert found.verdict.probability == pytest.approx(float(padded.explain(text).probabilities.max()), abs=1e-6)
    assert found.views.converged
    assert found.weights.most_entropy >= found.weights.entropy - 1e-9
    assert 0 <= found.weights.on_marks <= 1


def test_a_masked_sentence_is_examined_masked(padded: Experiment) -> None:
    explanation = padded.explain(TEXT, masked=True)
    subject = Subject.of(padded, explanation)
    (logits,) = finished(subject.logits([subject.ids]))
    np.testing.assert_allclose(logits, explanation.logits, atol=1e-6)


def test_gradients_go_through_the_padding(padded: Experiment, notebooks: tuple[Notebook, Notebook]) -> None:
    subject = Subject.of(padded, padded.explain(TEXT))
    found = finished(integrated_gradients(subject))
    strange = " ".join("zyzzy" for _ in TEXT.split())
    own, unknown = odds_of(notebooks[1].answer([TEXT, strange])[0], subject.answer).tolist()
    assert found.converged
    assert found.attributions.sum() == pytest.approx(own - unknown, abs=0.02 * np.abs(found.attributions).sum())


def test_other_weights_leave_padding_what_it_has(padded: Experiment) -> None:
    explanation = padded.explain(TEXT)
    own = reweight(explanation, explanation.weights)
    np.testing.assert_allclose(own.logits, explanation.logits, atol=1e-6)
    other = alternative_weights(explanation)
    if other is not None:
        assert other.sum() == pytest.approx(explanation.weights.sum())
        np.testing.assert_allclose(reweight(explanation, other).probabilities, explanation.probabilities, atol=1e-6)
    radius = flip_radius(explanation)
    assert radius is None or 0 <= radius <= explanation.weights.sum() + 1e-9
    assert permuted_weights(explanation).count == 100
    truth = next(label for label in LABELS if label != explanation.prediction)
    diagnosis = Diagnosis.of(explanation, truth)
    even = np.full(len(explanation.tokens), explanation.weights.sum() / len(explanation.tokens))
    assert diagnosis.uniform_right == (LABELS[reweight(explanation, even).prediction] == truth)


def test_contributions_to_two_classes_are_the_log_odds(padded: Experiment) -> None:
    explanation = padded.explain(TEXT)
    k = int(explanation.probabilities.argmax())
    fixed = explanation.fixed[k] - explanation.fixed[1 - k]
    odds = explanation.logits[k] - explanation.logits[1 - k]
    assert contribution(explanation).sum() + fixed == pytest.approx(odds)


def test_the_lesson_is_of_the_masked_reading(padded: Experiment) -> None:
    found = activations(padded, TEXT, "fine-tuned")
    assert found.explanation.padding is None
    model = padded.model("fine-tuned")
    logits = model.fc.weight.double() @ torch.from_numpy(found.context) + model.fc.bias.double()
    np.testing.assert_allclose(logits.detach().numpy(), found.explanation.logits, atol=1e-5)


def test_whole_data_sets_are_answered_as_single_sentences_are(padded: Experiment) -> None:
    texts = [*(text for text, _ in sentences()[:40]), "", "zyzzy is good"]
    rows = EvaluationRows(Origin("some"), texts, None, None, "key")
    parts = [step.part for step in predict_rows(padded, rows, contributions=True) if step.part is not None]
    found = from_table(pa.concat_tables(parts), "padded", rows.origin)
    starts = np.concatenate(([0], np.cumsum(found.tokens)))
    for row in (0, 5, 40, 41):
        said = padded.explain(texts[row])
        np.testing.assert_allclose(found.probabilities["fine-tuned"][row], said.probabilities, atol=1e-6)
        own = found.weights["fine-tuned"][starts[row] : starts[row + 1]]
        np.testing.assert_allclose(own, said.weights, atol=1e-6)
    assert found.oov[41] == 1


def test_twins_are_compared(padded: Experiment) -> None:
    moved = drift(padded)
    assert moved.drift.max() > 0
    assert lean(padded, ["good"]).fine_tuned.shape == (1, 2)
    assert len(neighbours(padded, "good", 5).fine_tuned) == 5
    found = trace(padded, TEXT)
    np.testing.assert_allclose(found.answers.fine_tuned, padded.explain(TEXT).probabilities, atol=1e-6)
    with pytest.raises(AttnvizError, match="every such word is the same <unk>"):
        neighbours(padded, "zyzzy")


def test_answers_of_the_same_numbers_read_otherwise_are_kept_apart(
    padded: Experiment, notebooks: tuple[Notebook, Notebook]
) -> None:
    frozen, tuned = notebooks
    given = {"fine_tuned": tuned.model, "max_len": MAX_LEN, "name": "padded"}
    ways = [{"cut": "spaces"}, {"cut": "letters"}, {"cut": "spaces", "masked": True}, {"cut": "spaces", "lower": False}]
    with pytest.warns(UserWarning, match=r"2 of the 35 words of the vocabulary are never read, such as !, \."):
        made = [adopt(frozen.model, frozen.vocabulary, LABELS, **given, **way) for way in ways]  # type: ignore[arg-type]
    assert len({fingerprint(one) for one in made}) == len(ways)
    assert fingerprint(made[0]) == fingerprint(padded)


def test_mean_attention_is_over_words() -> None:
    class Given:
        tokens = np.array([2, 3])
        weights = {"v": np.array([0.1, 0.1, 0.2, 0.1, 0.1], dtype=np.float32)}  # noqa: RUF012

    found = MeanAttention.of(Given(), TokenIndex.of(["a b", "c a b"], 60))  # type: ignore[arg-type]
    np.testing.assert_allclose(found.share["v"], [(1 + 0.75) / 2, (1 + 0.75) / 2, 1.5], rtol=1e-6)


def test_a_word_of_the_vocabulary_is_found_as_it_is_written() -> None:
    known = {"movie.", "Good"}
    assert [one_word(word, known) for word in ("movie.", "Good", "GOOD")] == ["movie.", "Good", "good"]
    with pytest.raises(AttnvizError, match="holds 2 words"):
        one_word("film.", known)
