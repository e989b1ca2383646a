"""English texts changed: each change is the one that people make, and nothing else of the text moves."""

from __future__ import annotations

import pytest

from attnviz.analysis.behaviour.battery import TESTS
from attnviz.analysis.behaviour.case import BehaviourTest, Change, Setting

SENTIMENT = Setting("en", {"film", "flim"}.__contains__, {"praise": 1, "blame": 0})
TOPICS = Setting("en", lambda _word: False)


def named(name: str, language: str = "en") -> BehaviourTest:
    return next(one for one in TESTS if one.name == name and (not one.languages or language in one.languages))


def after(name: str, text: str, setting: Setting = SENTIMENT) -> str | None:
    change = named(name).of(text, setting)
    assert change is None or change.before == text
    return change.after if change else None


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("common-misspellings", "I really believe which film", "I realy beleive wich film"),
        ("common-misspellings", "really-good Which", None),
        ("apostrophes", "I don't think that's it; he can't, we won't.", "I dont think thats it; he can't, we won't."),
        ("contractions", "I didn't like it, didn't you?", "I did not like it, didn't you?"),
        ("contractions", "She can't, they won't.", "She cannot, they will not."),
        ("contractions", "It is not bad and not good", "It isn't bad and not good"),
        ("contractions", "It is not only long", None),
        ("british-american", "a colourful theatre, my favorite", "a colorful theater, my favourite"),
        ("british-american", "the Theatre program", None),
        ("upper-case", "A film, don't!", "A FILM, DON'T!"),
        ("upper-case", "a <b>film</b>", None),
        ("final-mark", "It works.", "It works"),
        ("final-mark", "It works", "It works."),
        ("final-mark", "It works...", None),
        ("final-mark", "Does it?", None),
        ("commas", "dull, slow, and 1,000 long", "dull slow and 1,000 long"),
        ("commas", "No, it is fine", None),
        ("repeated-marks", "Great!! Why... ok?", "Great!!!! Why..... ok?"),
        ("weekdays", "nothing here", None),
        ("weekdays", "on Black Friday Night", None),
        ("names", "by Lady Susan, and about Kellie Martin", None),
        ("places", "An American in Paris", None),
        ("places", "in New York City", None),
    ],
)
def test_a_text_is_changed_as_expected(name: str, text: str, expected: str | None) -> None:
    assert after(name, text) == expected


def test_a_slip_is_small_and_makes_no_known_word_nor_a_name() -> None:
    text = "Wonderful pictures never happened without Elizabeth around their director's screenplay"
    changed = after("typing-slips", text)
    assert changed and changed != text
    differ = [(a, b) for a, b in zip(text.split(), changed.split(), strict=True) if a != b]
    assert len(differ) == 1  # one in ten of the long words, and at least one
    assert differ[0][0] in {"pictures", "happened", "screenplay"} and abs(len(differ[0][0]) - len(differ[0][1])) <= 1


def test_the_same_text_is_always_changed_in_the_same_way() -> None:
    text = "yesterday John met Sarah in Berlin, and John's friend from Rome came on Monday"
    assert after("names", text) == after("names", text)
    changed = after("names", text)
    assert changed and "John" not in changed and "Sarah" not in changed and "Berlin" in changed
    first = changed.split()[1]
    assert f"and {first}'s friend" in changed  # one person keeps one name


def test_a_place_goes_for_one_of_its_kind_and_a_day_for_a_working_day() -> None:
    changed = after("places", "It happened in Berlin, far from France")
    assert changed and "Berlin" not in changed and "France" not in changed
    changed = after("weekdays", "It fell on Monday and rose Tuesday")
    assert changed and not {"Monday", "Tuesday"} & set(changed.split())


def test_numbers_that_count_stay_of_like_size_and_only_topics_have_the_test() -> None:
    assert not named("numbers").applies(SENTIMENT) and named("numbers").applies(TOPICS)
    changed = after("numbers", "some 300 people, 4,500 cars, $20 bills, 1999 and 24 hours", TOPICS)
    assert (
        changed
        and changed.startswith("some ")
        and changed.endswith(" people, 4,500 cars, $20 bills, 1999 and 24 hours")
    )
    assert 200 <= int(changed.split()[1]) <= 400 and changed.split()[1] != "300"


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        (
            "negated-praise",
            "I came late. But the acting was really good, and I left.",
            Change("The acting was good.", "The acting was not good.", 1),
        ),
        ("negated-praise", "It's a great film.", Change("It's a great film.", "It's not a great film.", 1)),
        ("negated-praise", "Is it good? The jokes is good. Everything is great.", None),
        ("negated-praise", "The plot is not good.", None),
        ("negated-blame", "the plot is boring", Change("The plot is boring.", "The plot is not boring.", 0)),
        ("negated-blame", "the plot is good", None),
    ],
)
def test_a_plain_sentence_is_cut_out_and_negated(name: str, text: str, expected: Change | None) -> None:
    assert named(name).of(text, SENTIMENT) == expected


def test_an_adjective_is_intensified_where_it_stands() -> None:
    change = named("intensifier").of("Sadly, the plot was boring, and long.", SENTIMENT)
    assert change and change.watched == 0
    assert change.after in {f"Sadly, the plot was {more} boring, and long." for more in ("really", "very", "extremely")}
    assert named("intensifier").of("the plot was really boring.", SENTIMENT) is None


def test_the_clause_after_but_says_the_opposite() -> None:
    change = named("but").of("The acting is superb.", SENTIMENT)
    assert change and change.before == "The acting is superb." and change.watched == 1
    assert change.after.startswith("The acting is superb, but ") and "love" not in change.after


def test_sentences_are_added_with_a_mark_between() -> None:
    praise = named("praise-added").of("Fine film", SENTIMENT)
    assert praise and praise.after.startswith("Fine film. ") and praise.watched == 1
    blame = named("blame-added").of("Fine film!", SENTIMENT)
    assert blame and blame.after.startswith("Fine film! ") and blame.watched == 0
    neutral = named("neutral-sentence").of("Fine film.", SENTIMENT)
    assert neutral and "Fine film." in neutral.after and neutral.watched is None


@pytest.mark.parametrize("text", ["", " ", "\n", "😀", "ㅋㅋ", "<br />", "a" * 5000, "\ud800", "…", "İ’s"])
@pytest.mark.parametrize("language", ["en", "ko"])
def test_no_text_breaks_a_test(text: str, language: str) -> None:
    setting = Setting(language, lambda _word: False, {"praise": 1, "blame": 0})
    for test in TESTS:
        if test.applies(setting):
            change = test.of(text, setting)
            assert change is None or change.before != change.after
