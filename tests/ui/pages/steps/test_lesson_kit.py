from __future__ import annotations

import pytest

from attnviz.ui.components.copy_text.copy_text import qr_code
from attnviz.ui.i18n import catalogue
from attnviz.ui.pages.steps.lesson_kit import MOST, own_sentences, plan
from attnviz.ui.pages.steps.lesson_plan import PLAN, QUESTIONS
from attnviz.ui.pages.steps.texts import STEPS
from attnviz.ui.views import StepsView, read, write


def test_own_sentences_keep_their_order_and_empty_lines_fall_out() -> None:
    view = StepsView(sentences="  둘째 \n\n첫째\r\n" + "w" * 100 + "\nx" * MOST)
    offered = own_sentences(view)
    assert [one.text for one in offered[:3]] == ["둘째", "첫째", "w" * 100] and len(offered) == MOST
    assert [one.name for one in offered[:2]] == ["1. 둘째", "2. 첫째"] and len(offered[2].name) < 35
    assert read(StepsView, write(view)).sentences == view.sentences


def test_a_lesson_takes_45_minutes_and_every_step_has_its_own() -> None:
    assert len(PLAN) == len(STEPS) and sum(talk.minutes for talk in PLAN) == 45


@pytest.mark.parametrize(("language", "last"), [("en", "minute 41 to 45"), ("ko", "41~45분")])
def test_the_plan_says_what_to_say_ask_and_hear(language: str, last: str) -> None:
    page = plan(language, catalogue(language).gettext)
    assert last in page and page.count("<section>") == len(STEPS) + 1 and page.count("<li>") == len(QUESTIONS) == 5


def test_a_link_too_long_for_a_code_has_none() -> None:
    assert qr_code("http://a/?text=" + "a" * 3000)["rows"] == []
    rows = qr_code("http://a/")["rows"]
    assert len(rows) == len(rows[0]) and set("".join(rows)) == {"0", "1"}
