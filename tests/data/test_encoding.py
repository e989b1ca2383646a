"""Bytes that say nothing of their encoding."""

from __future__ import annotations

from codecs import BOM_UTF32_LE
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from attnviz.data.encoding import decoded
from attnviz.errors import AttnvizError

WESTERN = {
    "fr": "Très bon café, l’été à Noël où ça coûte 5 € — un chef-d’œuvre naïf",
    "de": "Größe, süß, Äpfel und Öl über Straßen „schön“",
    "es": "¿Qué pasó, señor? La película más fría según él",
    "it": "Perché è così, città e virtù, però",
    "pt": "Não há lições, é a emoção às vezes",
    "sv": "Bättre än förväntat på ön, ett sånt år",
    "en": "I don’t “like” it – at all… £5",
}
OTHERS = {
    "cp1250": ["Zażółć gęślą jaźń", "Příliš žluťoučký kůň úpěl", "Árvíztűrő tükörfúrógép szép volt", "čšž škoda že ni"],
    "cp1251": ["Очень хороший фильм", "Плохо"],
    "cp1253": ["Πολύ καλή ταινία"],
    "cp1254": ["Çok güzel bir filmdi, ığdır şaşı"],
    "cp1255": ["סרט טוב מאוד"],
    "cp874": ["หนังดีมาก"],
    "gbk": ["这部电影很好看", "好评", "好"],
    "big5": ["這部電影很好看"],
    "shift-jis": ["とても良い映画", "映画"],
    "euc-jp": ["とても良い映画", "映画"],
    "mac-roman": ["Très bon café"],
    "cp437": ["café à la crème"],
    "koi8-r": ["хороший фильм"],
}
# The syllables of KS X 1001, which Korean is written with; of those that CP949 adds, some are a mark and a letter to
# others, as in “A.
SYLLABLES = [bytes([lead, trail]).decode("cp949") for lead in range(0xB0, 0xC9) for trail in range(0xA1, 0xFF)]
HANGUL = st.text(st.sampled_from(SYLLABLES) | st.sampled_from("abc 12,.!"), max_size=30)


def read(data: bytes) -> tuple[str, str]:
    remarks = list[AttnvizError]()
    return decoded(data, Path("t.csv"), remarks.append), " ".join(map(str, remarks))


@pytest.mark.parametrize("language", WESTERN)
def test_western_text_is_read_and_said(language: str) -> None:
    text = f"text,label\n{WESTERN[language]},x\n"
    found, said = read(text.encode("cp1252"))
    assert found == text and "read as Windows-1252" in said
    assert read(text.encode()) == (text, "")


@given(st.lists(st.sampled_from([word for text in WESTERN.values() for word in text.split()]), min_size=1, max_size=12))
def test_western_words_are_western_or_an_error_but_never_korean(words: list[str]) -> None:
    text = " ".join(words)
    try:
        found, _said = read(f"text,label\n{text},x\n".encode("cp1252"))
    except AttnvizError:  # words of several languages: no single one is certain
        return
    assert found == f"text,label\n{text},x\n"


@settings(max_examples=300)
@given(HANGUL)
def test_korean_is_korean_or_an_error_but_never_western(text: str) -> None:
    data = f"text,label\n{text},x\n".encode("cp949")
    try:
        found, said = read(data)
    except AttnvizError:
        return
    if said:  # else it is UTF-8, too: a syllable on its own may be
        assert found == f"text,label\n{text},x\n" and "Windows" not in said


@pytest.mark.parametrize("frame", ["{0}", "{0}{0}", "{0} {0}", "abc {0}!", "{0}a", "a{0}"])
def test_no_common_syllable_is_taken_for_western(frame: str) -> None:
    for syllable in SYLLABLES:
        try:
            _, said = read(f"text,label\n{frame.format(syllable)},x\n".encode("cp949"))
        except AttnvizError:
            continue
        assert "Windows" not in said, syllable


@pytest.mark.parametrize(("encoding", "text"), [(one, text) for one, texts in OTHERS.items() for text in texts])
def test_what_is_neither_is_an_error(encoding: str, text: str) -> None:
    with pytest.raises(AttnvizError, match="not UTF-8 text"):
        read(f"text,label\nplain and {text},x\n".encode(encoding))


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32"])
def test_a_mark_says_which_unicode_it_is(encoding: str) -> None:
    assert read("text,label\n좋다,x\n".encode(encoding)) == ("text,label\n좋다,x\n", "")
    with pytest.raises(AttnvizError, match="not UTF-8"):
        read(BOM_UTF32_LE + b"abc")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_a_nul_is_told_by_its_line(encoding: str) -> None:
    with pytest.raises(AttnvizError, match=r"line 3 is NUL \(0x00\), which no text holds \(2 in all\)\. Delete it"):
        decoded("text,label\ngood,a\nb\0ad\0,b\nfine,a\n".encode(encoding), Path("t.csv"), lambda _: None)


def test_utf_16_without_a_mark_is_to_be_saved_as_utf_8() -> None:
    with pytest.raises(AttnvizError, match="Save it as UTF-8"):
        decoded("text,label\ngood,a\n".encode("utf-16-le"), Path("t.csv"), lambda _: None)
