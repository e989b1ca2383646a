"""The sentences of the lesson for an experiment, and the right class of a sentence where somebody wrote it down."""

from __future__ import annotations

from attnviz.analysis.claims import claims
from attnviz.data.datasets import load_test_rows
from attnviz.data.registry import SOURCES
from attnviz.model.experiment import Experiment
from attnviz.model.variants import TWINS
from attnviz.ui.cache import experiments
from attnviz.ui.cache.per_experiment import per_experiment
from attnviz.ui.examples import Example, examples, lessons
from attnviz.ui.pages.steps.lesson_sentence import LessonSentence
from attnviz.ui.session import _


@per_experiment(100)
def offered(name: str) -> tuple[Example, ...]:
    """Return the sentences of the lesson, less those whose claim this experiment does not bear out."""
    experiment = experiments.opened(name)
    ours = lessons(experiment.language, experiment.labels)
    return tuple(one for one in ours if one.claim is None or one.claim in claims(experiment, one.text, one.truth))


@per_experiment(100)
def truths(name: str) -> dict[str, str]:
    """Return the right class by sentence: of the examples, and of the data sets of our own with these classes."""
    experiment = experiments.opened(name)
    ours = (lessons, examples)
    known = {one.text: one.truth for listed in ours for one in listed(experiment.language, experiment.labels)}
    for source, about in SOURCES.items():
        if not about.trainable and tuple(about.classes.values()) == experiment.labels:
            rows = load_test_rows(source, experiment.labels)
            known |= {text: experiment.labels[k] for text, k in zip(rows.texts, rows.labels, strict=True)}
    return {text: truth for text, truth in known.items() if truth in experiment.labels}


def truth(sentence: LessonSentence) -> str:
    """Return the right class of a sentence, "" where nobody wrote it down."""
    return truths(sentence.experiment.name).get(sentence.text, "")


def judged(sentence: LessonSentence) -> str:
    """Say which classifiers are right, "" where the right class is not known."""
    label = truth(sentence)
    if not label:
        return ""
    said = answers(sentence.experiment, sentence.text)
    if sentence.shown.present:  # there is room for a line
        said = {variant: answer for variant, answer in said.items() if variant in (*TWINS, "uniform")}
    right, wrong = (
        ", ".join(_(variant) for variant, answer in said.items() if (answer == label) is wanted)
        for wanted in (True, False)
    )
    told = _("Right is “{label}”.").format(label=_(label))
    if not wrong:
        return told + " " + _("All classifiers here say so.")
    if not right:
        return told + " " + _("None of the classifiers here says so.")
    return told + " " + _("So say: {right}. Wrong: {wrong}.").format(right=right, wrong=wrong)


def answers(experiment: Experiment, text: str) -> dict[str, str]:
    """Return what each variant answers."""
    return {
        variant: experiments.explain(experiment.name, text, variant, "subword", masked=True).prediction
        for variant in experiment.variants
    }


def lost(sentence: LessonSentence, mean: str) -> str:
    """Say whether this sentence shows what a plain mean, which answers `mean`, loses against attention."""
    found, right = sentence.explanation, truth(sentence)
    said = {"attention": _(found.prediction), "sure": f"{found.probabilities.max():.3f}", "mean": _(mean)}
    if found.prediction == mean:
        line = _("This sentence does not show it: with attention the answer is “{attention}” too ({sure}).")
    elif found.prediction == right:
        line = _("Here it loses the answer: with attention it is “{attention}” ({sure}), and that is right.")
    elif mean == right:
        line = _("Not here: “{mean}” is right, and with attention the answer is “{attention}” ({sure}).")
    else:
        line = _("Here the answers part: with attention it is “{attention}” ({sure}).")
    return line.format(**said)
