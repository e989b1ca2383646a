from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from attnviz.analysis.belief.subject import Subject
from attnviz.analysis.belief.verdict import DRAWS, Verdict, verdict
from attnviz.analysis.belief.wording import how, said
from attnviz.heatmap.rounding import chance, rounded
from attnviz.model.belief_figures import Kind
from attnviz.model.experiment import Experiment
from attnviz.model.explanation import Explanation
from attnviz.ui.i18n import catalogue

SENTENCE = "the movie was not good at all"
SHORT = "not good"
MANY, ONE = (3, 4, 1), (0,)
PERCENT = re.compile(r"[<>]?\d+\.\d%")


def explained(tiny: Experiment, own: float, text: str = SENTENCE) -> Explanation:
    """Return an explanation whose answer is “negative” with a probability."""
    explanation = tiny.explain(text)
    return replace(explanation, probabilities=np.array([own, 1 - own]), labels=("negative", "positive"))


def found(
    kind: Kind, own: float, top: float, random: float, beaten: int = 20, places: tuple[int, ...] = MANY
) -> Verdict:
    return Verdict(kind, "negative", places, own, top, random, beaten, stands=top >= 0.5)


@pytest.mark.parametrize(
    ("judged", "english", "korean"),
    [
        (
            found("carried", 0.951, 0.449, 0.92),
            ("falls from 95.1% to 44.9%", "92.0%", "The words it looked at carried the answer."),
            ("없이는 “부정” 확률이 95.1%에서 44.9%까지 떨어지고", "많이 본 단어들이 답을 떠받쳤습니다."),
        ),
        (
            found("carried", 0.951, 0.8, 0.92),
            (
                "falls from 95.1% to 80.0%",
                "92.0%",
                "The words it looked at carried more of the answer than random ones, but it stands without them.",
            ),
            (
                "없이는 “부정” 확률이 95.1%에서 80.0%까지 떨어지고",
                "많이 본 단어들이 무작위 단어들보다 답을 더 떠받쳤지만, 없어도 답은 바뀌지 않습니다.",
            ),
        ),
        (
            found("carried", 0.99993, 0.9996, 0.9999),
            (
                "stays at >99.9%",
                ">99.9%",
                "The words it looked at carried hardly more of the answer than random ones.",
            ),
            (
                "없이도 “부정” 확률은 >99.9% 그대로이고",
                "많이 본 단어들은 무작위 단어들보다 답을 아주 조금 더 떠받쳤을 뿐입니다.",
            ),
        ),
        (
            found("no_more", 0.951, 0.449, 0.753, beaten=12),
            (
                "falls from 95.1% to 44.9%",
                "75.3%",
                "But 8 of 20 random triples cost as much: too many to say that it looked at what counts.",
            ),
            (
                "없이는 “부정” 확률이 95.1%에서 44.9%까지 떨어지고",
                "하지만 무작위 세 단어도 20번 중 8번은 그만큼 떨어뜨렸으니, "
                "중요한 단어를 보았다고 말하기에는 부족합니다.",
            ),
        ),
        (
            found("rises", 0.89, 0.98, 0.913),
            ("rises from 89.0% to 98.0%", "91.3%", "The words it looked at did not speak for it."),
            (
                "없이는 “부정” 확률이 89.0%에서 98.0%까지 오히려 올라가고",
                "많이 본 단어들은 이 답을 뒷받침하지 않았습니다.",
            ),
        ),
        (
            found("rises", 0.99941, 0.99944, 0.99),
            ("stays at 99.9%", "99.0%", "The words it looked at did not speak for it."),
            ("없이도 “부정” 확률은 99.9% 그대로이고", "많이 본 단어들은 이 답을 뒷받침하지 않았습니다."),
        ),
    ],
    ids=["carried", "stands", "unseen", "no more", "rises", "rises unseen"],
)
def test_a_verdict_reads_like_this(
    tiny: Experiment, judged: Verdict, english: tuple[str, str, str], korean: tuple[str, str]
) -> None:
    explanation, (looked, others, conclusion) = explained(tiny, judged.probability), english
    assert said(judged, explanation) == (
        f"Without the three words it looked at most, “negative” {looked}; "
        f"without three random ones it is {others} (20 draws). {conclusion}"
    )
    assert said(judged, explanation, catalogue("ko").gettext) == (
        f"가장 많이 본 세 단어 {korean[0]}, 무작위로 고른 세 단어 없이는 {others}입니다(20번 뽑음). {korean[1]}"
    )


@pytest.mark.parametrize(
    ("kind", "top", "conclusion"),
    [
        ("carried", 0.2, "The word it looked at carried the answer."),
        (
            "carried",
            0.7,
            "The word it looked at carried more of the answer than a random one, but it stands without it.",
        ),
        ("no_more", 0.7, "But 8 of 20 random words cost as much: too many to say that it looked at what counts."),
        ("rises", 0.95, "The word it looked at did not speak for it."),
    ],
)
def test_of_a_short_sentence_one_word_is_spoken_of(tiny: Experiment, kind: Kind, top: float, conclusion: str) -> None:
    told = said(found(kind, 0.9, top, 0.88, 12, ONE), explained(tiny, 0.9, SHORT))
    by_chance = " Of 2 words, though, chance often finds it too." if kind == "carried" else ""
    assert told.startswith("Without the one word it looked at most, ") and told.endswith(
        f"(20 draws). {conclusion}{by_chance}"
    )
    assert "without a random one it is 88.0%" in told and "three" not in told
    assert "세" not in said(found(kind, 0.9, top, 0.88, 12, ONE), explained(tiny, 0.9, SHORT), catalogue("ko").gettext)


def test_of_one_word_too_it_is_said_that_it_counts_hardly_more_or_no_more(tiny: Experiment) -> None:
    explanation = explained(tiny, 0.9, "the plot was dull")
    hardly = said(found("carried", 0.9, 0.88, 0.88, 20, ONE), explanation)
    assert hardly.endswith("). The word it looked at carried hardly more of the answer than a random one.")
    no_more = said(found("no_more", 0.9, 0.88, 0.85, 10, ONE), explanation)
    alike = "10 of 20 random words cost as much: what it looked at carried no more than any other."
    assert no_more.endswith(f"). {alike}")


@pytest.mark.parametrize(
    ("text", "variant", "english", "korean"),
    [
        ("", "fine-tuned", "There is no word to read here.", "읽을 단어가 없습니다."),
        ("good", "fine-tuned", "There is one word only: nothing to compare it with.", "단어가 하나뿐이라"),
        (SHORT, "uniform", "Every word weighs the same: it looked at none more than at others", "가중치가 같습니다"),
        (SENTENCE, "uniform", "Every word weighs the same: it looked at none more than at others", "가중치가 같습니다"),
    ],
)
def test_where_nothing_can_be_tested_it_says_why(
    tiny: Experiment, text: str, variant: str, english: str, korean: str
) -> None:
    explanation = tiny.explain(text, variant)
    judged = verdict(Subject.of(tiny, explanation))
    assert judged.kind == "none" and how(judged, explanation) == ()
    assert english in said(judged, explanation)
    assert korean in said(judged, explanation, catalogue("ko").gettext)


def test_random_words_that_help_do_not_fall(tiny: Experiment) -> None:
    told = said(found("no_more", 0.8, 0.7, 0.85, 18), explained(tiny, 0.8))
    assert "falls from 80.0% to 70.0%; without three random ones it is 85.0%" in told


def test_the_answers_own_figure_is_that_of_the_panel(tiny: Experiment) -> None:
    exact = np.array([0.1008, 0.1008, 0.1008, 0.6976])
    explanation = replace(tiny.explain(SENTENCE), probabilities=exact, labels=("a", "b", "c", "negative"))
    shown = explanation.heatmap(details=False).classes[3].percent
    assert shown != chance(float(rounded(exact[3])), exact[3])  # the four add up to 100 %
    told = said(found("carried", exact[3], 0.3, 0.9), explanation)
    assert f"falls from {shown} to 30.0%" in told


def test_the_words_that_were_put_out_are_named_as_text(tiny: Experiment) -> None:
    paragraphs = how(found("no_more", 0.8, 0.7, 0.75, 12), explained(tiny, 0.8))
    assert paragraphs[0] == "It looked most at “not”, “good”, “movie”."
    assert "20 times" in paragraphs[1] and "drawn by chance" in paragraphs[1]
    assert "more than 12 of the 20 random draws" in paragraphs[2] and "from 19 on" in paragraphs[2]
    assert paragraphs[3].startswith("A hint, not a proof")
    assert "another word" in how(found("no_more", 0.8, 0.7, 0.75, 12, ONE), explained(tiny, 0.8, SHORT))[1]


def test_a_count_that_is_not_quite_enough_is_said_as_that(tiny: Experiment) -> None:
    told = said(found("no_more", 0.95, 0.45, 0.92, beaten=18), explained(tiny, 0.95))
    assert told.endswith("But 2 of 20 random triples cost as much: too many to say that it looked at what counts.")
    assert "no more than any three" in said(found("no_more", 0.95, 0.9, 0.92, beaten=10), explained(tiny, 0.95))


def test_an_answer_that_stands_is_not_said_to_be_carried(tiny: Experiment) -> None:
    three = replace(found("carried", 0.45, 0.43, 0.449), stands=True)
    assert "but it stands without them" in said(three, explained(tiny, 0.45))


@settings(max_examples=200)
@given(
    st.floats(0.5000001, 1 - 1e-9),
    st.floats(1e-9, 1 - 1e-9),
    st.floats(1e-9, 1 - 1e-9),
    st.integers(0, DRAWS),
    st.sampled_from([MANY, ONE]),
    st.sampled_from(["en", "ko"]),
)
def test_the_figures_are_the_verdicts_and_go_the_way_it_says(
    tiny: Experiment, own: float, top: float, random: float, beaten: int, places: tuple[int, ...], language: str
) -> None:
    kind: Kind = "rises" if top > own else "carried" if beaten >= 19 else "no_more"
    judged = found(kind, own, top, random, beaten, places)
    told = said(judged, explained(tiny, own, SENTENCE), catalogue(language).gettext)
    before, after, others = (chance(float(rounded(one)), one) for one in (own, top, random))
    figures = [before, others] if before == after else [before, after, others]
    assert PERCENT.findall(told) == figures
    stays, falls, rises = (
        any(word in told for word in words)
        for words in (("stays", "그대로이고"), ("falls", "떨어지고"), ("rises", "올라가고"))
    )
    assert (stays, rises, falls) == (before == after, before != after and top > own, before != after and top <= own)
    if kind == "no_more":
        assert str(DRAWS - beaten) in told.split("%")[-1]


@settings(max_examples=40)
@given(
    st.text(st.sampled_from("the film was good bad not ☃é한 \u202e\x00{}"), max_size=60), st.sampled_from(["en", "ko"])
)
def test_any_sentence_has_a_line(tiny: Experiment, text: str, language: str) -> None:
    explanation, translate = tiny.explain(text), catalogue(language).gettext
    judged = verdict(Subject.of(tiny, explanation))
    told = said(judged, explanation, translate)
    assert told.endswith(".") and "\x00" not in told
    if judged.kind != "none":
        shown = explanation.heatmap(translate=translate)
        assert next(one.percent for one in shown.classes if one.label == shown.prediction) in told
        assert len(how(judged, explanation, translate)) == 4


@pytest.mark.parametrize(("text", "short"), [("dull film", True), ("a dull film", True), ("a dull film !", False)])
def test_of_very_few_words_it_is_said_that_chance_finds_the_one_that_counts(
    tiny: Experiment, text: str, short: bool
) -> None:
    explanation = tiny.explain(text)
    found = replace(verdict(Subject.of(tiny, explanation)), kind="carried")
    count = len(explanation.tokens)
    assert (f"Of {count} words, though, chance often finds it too." in said(found, explanation)) == short
    assert f"in one case of {count}" in " ".join(how(found, explanation))
