"""The sentences that the page offers: short ones to look at, one whose order matters, one with far words."""

from __future__ import annotations

from attnviz.heatmap.palette import OPINIONS
from attnviz.model.experiment import Experiment
from attnviz.model.opposites import NEWS
from attnviz.ui.examples import Example, lessons
from attnviz.ui.i18n import msg

_LOOK = msg("Few words: every cell of the matrix can be read.")
_ORDER = msg("In another order the same words say the opposite: step 4, do the classifiers notice?")
_FAR = msg("Words that belong together and stand far apart: step 2, do they ask each other?")
_OFFERED = {
    "news": (
        Example(msg("few words"), "The club sold its striker to a bank.", _LOOK),
        Example(msg("order matters"), "The minister beat the champion, not the champion the minister.", _ORDER),
        Example(
            msg("far words"),
            "The telescope, which three countries had paid for over more than twenty years and which nobody believed "
            "in any more after the last delay, has sent its first picture.",
            _FAR,
        ),
    ),
    "en": (
        Example(msg("few words"), "This movie was not amazing.", _LOOK),
        Example(msg("order matters"), "It was good, not bad at all.", _ORDER),
        Example(
            msg("far words"),
            "The film that my friends had praised for weeks and that I had looked forward to all summer, with its "
            "famous cast and its beautiful music, was in the end nothing but boring.",
            _FAR,
        ),
    ),
    "ko": (
        Example(msg("few words"), "이 영화는 전혀 재미있지 않았다.", _LOOK),
        Example(msg("order matters"), "나쁘지 않고 정말 좋았다.", _ORDER),
        Example(
            msg("far words"),
            "친구들이 몇 주 동안 칭찬했고 여름 내내 기다렸던 이 영화는 유명한 배우들과 아름다운 음악에도 불구하고 "
            "끝내 지루하기만 했다.",
            _FAR,
        ),
    ),
}


def offered(experiment: Experiment) -> tuple[Example, ...]:
    """Return the sentences for an experiment, for classes of one's own those of the lesson without their claims."""
    labels = set(experiment.labels)
    if labels == NEWS:
        return _OFFERED["news"]
    if experiment.language in _OFFERED and all(labels.intersection(names) for names in OPINIONS):
        return _OFFERED[experiment.language]
    return tuple(Example(one.name, one.text, "") for one in lessons(experiment.language, experiment.labels))
