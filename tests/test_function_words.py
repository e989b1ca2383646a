from __future__ import annotations

import pytest

from attnviz.function_words import is_content


@pytest.mark.parametrize(
    ("language", "content", "others"),
    [
        ("en", ("loved", "not", "never", "no", "astronauts", "39"), ("the", "it", "after", "it's", ".", "…")),
        ("ko", ("재미있", "없", "않", "안", "최고"), ("는", "다", "라는데", "에서", "!")),
        ("de", ("der", "gut"), ("!",)),
    ],
)
def test_marks_and_function_words_have_no_content_and_negations_do(
    language: str, content: tuple[str, ...], others: tuple[str, ...]
) -> None:
    assert [word for word in (*content, *others) if is_content(word, language)] == list(content)
