"""The tests that come with the project, and which of them mean something for an experiment."""

from __future__ import annotations

from collections.abc import Sequence

from attnviz.analysis.behaviour import (
    additions,
    english_direction,
    english_exchanges,
    english_spelling,
    korean_direction,
    korean_exchanges,
    korean_spelling,
    marks,
)
from attnviz.analysis.behaviour.case import BehaviourTest, Setting
from attnviz.analysis.behaviour.polarity import polarity
from attnviz.model.experiment import Experiment

_EN, _KO = ("en",), ("ko",)
TESTS = (
    BehaviourTest("typing-slips", "same", english_spelling.typing_slips, _EN),
    BehaviourTest("common-misspellings", "same", english_spelling.common_misspellings, _EN),
    BehaviourTest("apostrophes", "same", english_spelling.apostrophes, _EN),
    BehaviourTest("contractions", "same", english_spelling.contractions, _EN),
    BehaviourTest("british-american", "same", english_spelling.british_american, _EN),
    BehaviourTest("jamo-slips", "same", korean_spelling.jamo_slips, _KO),
    BehaviourTest("spelt-by-ear", "same", korean_spelling.spelt_by_ear, _KO),
    BehaviourTest("spaces-dropped", "same", korean_spelling.spaces_dropped, _KO),
    BehaviourTest("spaces-added", "same", korean_spelling.spaces_added, _KO),
    BehaviourTest("polite-ending", "same", korean_spelling.polite, _KO),
    BehaviourTest("object-particle", "same", korean_spelling.object_particle, _KO),
    BehaviourTest("upper-case", "same", marks.upper_case, _EN),
    BehaviourTest("final-mark", "same", marks.final_mark),
    BehaviourTest("commas", "same", marks.commas, _EN),
    BehaviourTest("repeated-marks", "same", marks.repeated_marks),
    BehaviourTest("laughter", "same", marks.laughter, _KO),
    BehaviourTest("names", "same", english_exchanges.names, _EN),
    BehaviourTest("names", "same", korean_exchanges.names, _KO),
    BehaviourTest("places", "same", english_exchanges.places, _EN),
    BehaviourTest("places", "same", korean_exchanges.countries, _KO),
    BehaviourTest("weekdays", "same", english_exchanges.weekdays, _EN),
    BehaviourTest("numbers", "same", english_exchanges.numbers, _EN, "topics"),
    BehaviourTest("neutral-sentence", "same", additions.neutral, (*_EN, *_KO)),
    BehaviourTest("negated-praise", "turns", english_direction.negated_praise, _EN, "sentiment"),
    BehaviourTest("negated-praise", "turns", korean_direction.negated_praise, _KO, "sentiment"),
    BehaviourTest("negated-blame", "not_surer", english_direction.negated_blame, _EN, "sentiment"),
    BehaviourTest("negated-blame", "not_surer", korean_direction.negated_blame, _KO, "sentiment"),
    BehaviourTest("intensifier", "no_less_sure", english_direction.intensifier, _EN, "sentiment"),
    BehaviourTest("intensifier", "no_less_sure", korean_direction.intensifier, _KO, "sentiment"),
    BehaviourTest("but", "turns", english_direction.last_word, _EN, "sentiment"),
    BehaviourTest("but", "turns", korean_direction.last_word, _KO, "sentiment"),
    BehaviourTest("praise-added", "no_less_sure", additions.praise, (*_EN, *_KO), "sentiment"),
    BehaviourTest("blame-added", "no_less_sure", additions.blame, (*_EN, *_KO), "sentiment"),
)


def setting_of(experiment: Experiment) -> Setting:
    """Return what changes of an experiment's texts hang on."""

    def known(word: str) -> bool:
        pieces = experiment.segmenter.cut(word)
        return len(pieces) < max(len(word), 2) and all(piece in experiment.vocabulary for piece in pieces)

    return Setting(experiment.language, known, polarity(experiment.labels))


def battery_of(setting: Setting) -> Sequence[BehaviourTest]:
    """Return the tests that mean something in a setting."""
    return [test for test in TESTS if test.applies(setting)]
