"""A step as a sheet: what it holds, and that what people typed stays text; the browser's tests open one."""

from __future__ import annotations

import pytest

from attnviz.ui.cache import experiments
from attnviz.ui.pages.steps.contents import step_content
from attnviz.ui.pages.steps.handout import sheet
from attnviz.ui.pages.steps.lesson_sentence import LessonSentence
from attnviz.ui.views import StepsView

TYPED = "<b>not</b> a good film\x07 </script>"


def handout(step: int, language: str = "en") -> str:
    sentence = LessonSentence(experiments.opened("tiny-en"), TYPED, StepsView(step=step), "00000000")
    return sheet(sentence, step_content(sentence), language)


@pytest.mark.usefixtures("models")
@pytest.mark.parametrize("step", range(1, 10))
def test_what_people_typed_is_text(step: int) -> None:
    page = handout(step)
    assert "<b>not</b>" not in page and "&lt;b&gt;not&lt;/b&gt; a good film␇ &lt;/script&gt;" in page
    assert page.count("<script>") == page.count("</script>")
    for namespace in ("http://www.w3.org/1998/Math/MathML", "http://www.w3.org/2000/svg"):
        page = page.replace(namespace, "")
    assert "http" not in page


@pytest.mark.usefixtures("models")
def test_a_sheet_has_the_words_the_formula_the_picture_and_the_question() -> None:
    page = handout(5)
    assert "<h1>5. " in page and "<math" in page and 'id="picture0"' in page and "const mount = " in page
    assert "<b>Notice:</b>" in page and page.index("<details open>") > page.index("<b>Notice:</b>")
    assert '<html lang="ko">' in handout(5, "ko") and "살펴보기" in handout(5, "ko")
