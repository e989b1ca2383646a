"""The words of the pages in a sentence or two each, for a finger as for a mouse."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from attnviz import __version__
from attnviz.model.experiment import Experiment
from attnviz.ui.i18n import msg
from attnviz.ui.markdown import escape_markdown
from attnviz.ui.session import _

_ADDITIVE = msg("As the one without “additive”, but it scores the words through a layer of their own (Bahdanau).")
_VARIANTS = {
    "frozen": msg("Each word has a vector, numbers that FastText learned from texts. Here they stay as they are."),
    "fine-tuned": msg("Here the words' vectors learn along with the classifier: they move to where they help it."),
    "uniform": msg("It has no attention: every word weighs the same. It shows what attention is good for."),
    "frozen-additive": _ADDITIVE,
    "fine-tuned-additive": _ADDITIVE,
    "transformer": msg(
        "It has self-attention in the LSTM's place: every word asks every other. It reads the same word vectors as "
        "fine-tuned."
    ),
}
_BROUGHT = msg("Each word has a vector, numbers that came with the model. Here they stayed as they were.")
_TERMS = {
    msg("attention"): msg("How much of its attention a classifier gives to each word: shares that add up to 100%."),
    msg("query, key, value"): msg(
        "Three vectors that self-attention makes of each word: what it asks for, what it is found by, what it hands on."
    ),
    msg("head"): msg(
        "A self-attention of its own among several side by side, with a part of the numbers. Their values are added up."
    ),
    msg("contribution"): msg("What a word adds to an answer: its attention times what it speaks for, the vote."),
    msg("subwords"): msg(
        "A word that is not in the vocabulary gets a vector made of its pieces (n-grams). After a small typo most of "
        "them are still there, and the vector often lies near that of the right word."
    ),
    "<unk>": msg("All words that are not in the vocabulary get one and the same vector: what they mean is lost."),
    msg("cosine"): msg(
        "How alike the directions of two vectors are: 1 the same, 0 nothing in common, below 0 opposed. Words that are "
        "used alike have a high one."
    ),
    msg("drift"): msg("How far fine-tuning turned a word's vector: 1 − cosine of before and after. At 0 it stayed."),
    msg("another seed"): msg(
        "The same training, begun with other random numbers. A word that it moves just as far may have moved by chance."
    ),
    msg("leans to"): msg(
        "The class that a word speaks for when it stands alone. “4.5 → 8.0”: its logit led that of the next class by "
        "4.5 before fine-tuning and by 8.0 after it."
    ),
    msg("logit"): msg("The sum that a class gets, before softmax makes probabilities of the sums of all classes."),
    msg("neighbours"): msg("The words whose vectors have the highest cosines with a word's own."),
    msg("embedding rate"): msg("How far a step of the training moves the words' vectors. At 0 they are frozen."),
    msg("n-gram"): msg("A few letters of a word in a row: ⟨fi, fil, ilm and lm⟩ are those of “film” with three signs."),
    msg("random pairs"): msg(
        "Two words drawn by lot have some cosine, too: 95% of such pairs stay below the mark. Only above it does a "
        "cosine say that two words are alike."
    ),
    msg("calibration"): msg(
        "Whether it is as sure as it is right: of the answers given with 80%, 80% are to be right."
    ),
    msg("slice"): msg("Some of the sentences, by what they have in common: length, words it never saw, a class."),
    msg("McNemar's test"): msg(
        "Whether one classifier is better than another by more than chance: it counts the sentences that only one of "
        "the two gets right."
    ),
    msg("epoch"): msg("Once through all rows that are learned from."),
    msg("validation rows"): msg("Rows that are not learned from: they tell which epoch is best, and when to stop."),
}

SENTENCE = ("attention", "contribution", "subwords", "<unk>")
STEPS = ("attention", "logit", "subwords", "<unk>", "drift", "another seed")
SELF_ATTENTION = ("query, key, value", "head", "attention", "contribution", "calibration")
EMBEDDINGS = ("cosine", "neighbours", "drift", "another seed", "leans to", "embedding rate")
SUBWORDS = ("n-gram", "cosine", "random pairs", "subwords", "<unk>")
ERRORS = ("attention", "slice", "calibration", "McNemar's test")
TRAIN = ("epoch", "validation rows", "embedding rate", "another seed")


def glossary(experiment: Experiment | None, terms: Sequence[str] = SENTENCE) -> None:
    """Draw a button that opens the experiment's variants and some terms with what they mean."""
    there = () if experiment is None else experiment.variants
    variants = _VARIANTS | ({"frozen": _BROUGHT} if experiment and experiment.about.adopted else {})
    told = {name: about for name, about in variants.items() if name in there} | {term: _TERMS[term] for term in terms}
    with st.popover(_("Terms"), icon=":material/help:", type="tertiary"):
        for name, about in told.items():
            st.markdown(f"**{escape_markdown(_(name))}**: {escape_markdown(_(about))}")
        st.caption(f"attnviz {__version__}")
