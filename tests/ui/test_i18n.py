from __future__ import annotations

import pytest

from attnviz.errors import AttnvizError
from attnviz.ui.examples import EXAMPLES, examples
from attnviz.ui.i18n import LANGUAGES, catalogue, spoken, translated


@pytest.mark.parametrize(
    ("locale", "language"),
    [("ko-KR", "ko"), ("ko", "ko"), ("KO_kr", "ko"), ("en-GB", "en"), ("fr", "en"), (None, "en"), ("", "en")],
)
def test_the_browser_chooses_among_our_languages(locale: str | None, language: str) -> None:
    assert spoken(locale) == language


def test_errors_are_said_in_the_language_of_the_screen() -> None:
    error = AttnvizError("{path}: the file is missing. Restore or rebuild the experiment.", path="a/b")
    assert translated(error, catalogue("en").gettext) == str(error)
    assert translated(error, catalogue("ko").gettext).startswith("a/b: 파일이 없습니다")


def test_a_language_nobody_knows_is_english() -> None:
    assert catalogue("../../etc").gettext("frozen") == "frozen"


def test_each_language_has_the_same_examples() -> None:
    assert set(LANGUAGES) < set(EXAMPLES)
    assert len({tuple(sorted(example.name for example in EXAMPLES[language])) for language in LANGUAGES}) == 1
    assert len({tuple(example.claim for example in EXAMPLES[language]) for language in LANGUAGES}) == 1
    assert examples("fi", ("negative", "positive")) == EXAMPLES["en"]


def test_news_have_examples_of_their_own() -> None:
    assert examples("en", ("World", "Sports", "Business", "Sci/Tech")) == EXAMPLES["news"] != EXAMPLES["en"]
