"""A model of the course's code, imported, answers as it does in the notebook, padding and all."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

import attnviz
from attnviz import AttnvizError, Experiment, adopt
from attnviz.model import AttentionClassifier
from attnviz.model.archive import from_zip, to_zip
from tests.conftest import sentences
from tests.model.adoption.course import HIDDEN, LABELS, MAX_LEN, Notebook, trained


@pytest.fixture(scope="session")
def notebook() -> Notebook:
    return trained()


@pytest.fixture(scope="session")
def frozen_notebook() -> Notebook:
    return trained(freeze=True)


@pytest.fixture(scope="session")
def adopted(notebook: Notebook, frozen_notebook: Notebook) -> Experiment:
    return adopt(
        frozen_notebook.model, notebook.vocabulary, LABELS, fine_tuned=notebook.model, max_len=MAX_LEN, cut="spaces"
    )


def texts(count: int = 200) -> list[str]:
    """Return sentences of many lengths, with words that nobody knows, none at all and more than are read."""
    drawn = random.Random(0)
    words = [word for text, _ in sentences() for word in text.split()] + ["zyzzy", "Movie", "é"]
    long = ["", "one", " ".join(drawn.choices(words, k=3 * MAX_LEN))]
    return long + [" ".join(drawn.choices(words, k=drawn.randint(1, MAX_LEN + 5))) for _ in range(count - len(long))]


def logits_of(experiment: Experiment, given: list[str], variant: str = "fine-tuned") -> np.ndarray:
    return np.array([experiment.explain(text, variant).logits for text in given])


@pytest.mark.parametrize("form", ["module", "state", "torch", "safetensors", "checkpoint"])
def test_answers_are_those_of_the_notebook(notebook: Notebook, tmp_path: Path, form: str) -> None:
    from safetensors.torch import save_file

    state = notebook.model.state_dict()
    given: object = {"module": notebook.model, "state": state}.get(form)
    if given is None:
        given = tmp_path / "model.pt"
        if form == "safetensors":
            save_file(state, given)
        else:
            inside = {f"module.{name}": value for name, value in state.items()}
            torch.save(state if form == "torch" else {"epoch": 3, "model_state_dict": inside}, given)
    experiment = adopt(given, notebook.vocabulary, LABELS, max_len=MAX_LEN, cut="spaces")  # type: ignore[arg-type]
    given_texts = texts()
    expected, weights = notebook.answer(given_texts)
    np.testing.assert_allclose(logits_of(experiment, given_texts), expected.numpy(), atol=1e-5)
    in_bulk = experiment.predict(given_texts)
    np.testing.assert_allclose(in_bulk, expected.double().softmax(1).numpy(), atol=1e-5)
    for text, own in zip(given_texts, weights.double().numpy(), strict=True):
        said = experiment.explain(text)
        count = len(said.tokens)
        np.testing.assert_allclose(said.weights, own[:count], atol=1e-6)
        assert said.padding is not None
        assert said.padding.count == MAX_LEN - count
        assert said.padding.weight == pytest.approx(own[count:].sum(), abs=1e-6)


def test_a_saved_one_answers_the_same(adopted: Experiment, notebook: Notebook, tmp_path: Path) -> None:
    adopted.save(tmp_path)
    for opened in (attnviz.load(tmp_path / "mine"), from_zip(tmp_path, to_zip(tmp_path, "mine"), "other")):
        expected, _ = notebook.answer(texts())
        np.testing.assert_allclose(logits_of(opened, texts()), expected.numpy(), atol=1e-5)
        for variant in opened.variants:
            assert (logits_of(opened, texts(20), variant) == logits_of(adopted, texts(20), variant)).all()
        assert opened.about == adopted.about


def test_twins_are_each_their_model(adopted: Experiment, frozen_notebook: Notebook) -> None:
    expected, _ = frozen_notebook.answer(texts())
    np.testing.assert_allclose(logits_of(adopted, texts(), "frozen"), expected.numpy(), atol=1e-5)
    assert adopted.twins


def test_contributions_with_the_padding_add_up(adopted: Experiment) -> None:
    for text in texts(20):
        for said in (adopted.explain(text), adopted.explain(text).rounded):
            assert said.padding is not None
            total = said.contributions.sum(0) + said.padding.contributions + said.bias
            if said.tokens:
                np.testing.assert_allclose(total, said.logits, atol=1e-6)
                assert said.weights.sum() + said.padding.weight == pytest.approx(1, abs=1e-6)
            np.testing.assert_allclose(said.fixed, said.bias + said.padding.contributions)


def test_the_masked_reading_is_that_of_the_sentence_alone(adopted: Experiment, notebook: Notebook) -> None:
    for text in texts(20)[1:]:
        said = adopted.explain(text, masked=True)
        ids = [one for one in notebook.ids(text) if one]
        with torch.no_grad():
            logits, weights = notebook.model(torch.tensor([ids]))
        np.testing.assert_allclose(said.logits, logits[0].numpy(), atol=1e-5)
        np.testing.assert_allclose(said.weights, weights[0].numpy(), atol=1e-5)
        assert said.padding is None


def test_called_as_the_course_calls_it_it_answers_the_same(adopted: Experiment, notebook: Notebook) -> None:
    x = torch.tensor([notebook.ids(text) for text in texts(20)])  # the same ids: padding 0, unknown 1, then the words
    logits, weights = adopted.model("fine-tuned")(x)
    expected, own = notebook.answer(texts(20))
    torch.testing.assert_close(logits, expected, atol=1e-5, rtol=0)
    torch.testing.assert_close(weights, own, atol=1e-5, rtol=0)


def test_the_picture_says_how_much_lies_on_padding(adopted: Experiment) -> None:
    said = adopted.explain("the movie was good")
    assert said.rounded.padding is not None
    share = f"{said.rounded.padding.weight:.1%} of its attention lies on padding: {MAX_LEN - 4} positions"
    for drawn in (said.to_html(), said.to_svg(), "\n".join(said.heatmap().legend)):
        assert share in drawn
    assert f"Uniform share 1/{MAX_LEN}" in said.to_html()
    assert said.to_dict()["padding"]["weight"] == said.padding.weight  # type: ignore[union-attr]
    assert "padding" not in adopted.explain("the movie was good", masked=True).to_dict()


def test_a_word_nobody_knows_is_unk(adopted: Experiment) -> None:
    said, known = adopted.explain("a zyzzy movie"), adopted.explain("a <unk> movie")
    assert said.unknown == "unk"
    assert not said.known[1]
    assert (said.logits == known.logits).all()


def test_vectors_give_unknown_words_a_vector_of_their_own(tiny: Experiment, tiny_models: Path) -> None:
    model = tiny.model("fine-tuned")
    made = adopt(model, tiny.vocabulary, tiny.labels, masked=True, vectors=tiny_models / "tiny-en", cut="words")
    for text in ("the movie was amazzzing", "good", ""):
        np.testing.assert_allclose(made.explain(text).logits, tiny.explain(text).logits, atol=1e-5)
    assert made.explain("amazzzing").ngrams[0]


def test_vectors_of_other_dimensions_are_refused(notebook: Notebook, tiny: Experiment) -> None:
    with pytest.raises(AttnvizError, match="have 16 dimensions and the embedding of the model 12"):
        adopt(notebook.model, notebook.vocabulary, LABELS, vectors=tiny)


def test_vectors_that_are_not_its_own_are_doubted(tiny: Experiment) -> None:
    model = tiny.model("fine-tuned")
    state = model.state_dict() | {"embedding.weight": torch.randn_like(model.embedding.weight)}
    with pytest.warns(UserWarning, match="have little to do with the vectors"):
        adopt(state, tiny.vocabulary, tiny.labels, vectors=tiny, masked=True, cut="words")


def test_an_lstm_that_only_reads_forwards_and_one_logit(notebook: Notebook) -> None:
    torch.manual_seed(1)
    rows = len(notebook.vocabulary)
    embedding, lstm = torch.nn.Embedding(rows, 6), torch.nn.LSTM(6, 5, batch_first=True)
    attention, fc = torch.nn.Linear(5, 1), torch.nn.Linear(5, 1)
    model = torch.nn.ModuleDict({"embedding": embedding, "lstm": lstm, "attention": attention, "fc": fc})
    made = adopt(model, notebook.vocabulary, LABELS, max_len=MAX_LEN, cut="spaces")
    for text in texts(20):
        with torch.no_grad():
            hidden, _ = lstm(embedding(torch.tensor([notebook.ids(text)])))
            context = (attention(hidden).softmax(1) * hidden).sum(1)
            logit = fc(context)[0, 0]
        np.testing.assert_allclose(made.explain(text).logits, [0, float(logit)], atol=1e-5)


def test_an_additive_scorer(notebook: Notebook) -> None:
    torch.manual_seed(1)
    model = AttentionClassifier(len(notebook.vocabulary), 12, HIDDEN, 2, scorer="additive").eval()
    made = adopt(model, notebook.vocabulary, LABELS, masked=True, max_len=MAX_LEN, cut="spaces")
    for text in texts(10)[1:]:
        logits, _ = model(torch.tensor([notebook.ids(text)]))
        np.testing.assert_allclose(made.explain(text).logits, logits[0].detach().numpy(), atol=1e-5)


@pytest.mark.parametrize(
    ("labels", "said"),
    [
        ("a,b,c", r"3 labels were given \(a, b, c\), but fc has 2 classes"),
        ("a", "1 labels were given"),
        ("a,a", "'a' cannot be a label"),
        ("a, ", "' ' cannot be a label"),
        (["a", "b\n"], "cannot be a label"),
        (["a", "\ud800"], "cannot be a label"),
        (["a", "b\u202e"], "cannot be a label"),
        (["a", "b" * 101], "cannot be a label"),
        (["a", "a "], "cannot be a label"),
    ],
)
def test_labels_that_do_not_fit(notebook: Notebook, labels: str, said: str) -> None:
    with pytest.raises(AttnvizError, match=said):
        adopt(notebook.model, notebook.vocabulary, labels)


def test_twins_of_unlike_sizes_are_refused(notebook: Notebook) -> None:
    other = trained(0)
    other.model.lstm = torch.nn.LSTM(12, 7, bidirectional=True)
    other.model.attention, other.model.fc = torch.nn.Linear(14, 1), torch.nn.Linear(14, 2)
    with pytest.raises(AttnvizError, match="are no twins"):
        adopt(notebook.model, notebook.vocabulary, LABELS, fine_tuned=other.model)


@pytest.mark.parametrize("max_len", [0, 10_001])
def test_a_length_that_multiplies_past_memory_is_refused(notebook: Notebook, max_len: int) -> None:
    with pytest.raises(AttnvizError, match="max_len is"):
        adopt(notebook.model, notebook.vocabulary, LABELS, max_len=max_len)


@pytest.mark.parametrize(
    ("reads", "said"),
    [
        ({"max_len": "7"}, "max_len is a number of tokens"),
        ({"max_len": 2.5}, "max_len is a number of tokens"),
        ({"cut": "foo"}, "cut is one of"),
        ({"language": "../../x"}, "language is a code"),
    ],
)
def test_what_says_nothing_of_how_it_reads_is_named(notebook: Notebook, reads: dict[str, Any], said: str) -> None:
    with pytest.raises(AttnvizError, match=said):
        adopt(notebook.model, notebook.vocabulary, LABELS, **reads)
