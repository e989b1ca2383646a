from __future__ import annotations

import sys
import unicodedata
from html.entities import html5
from pathlib import Path

import pytest
import regex
from hypothesis import example, given
from hypothesis import strategies as st

from attnviz.errors import AttnvizError
from attnviz.text import PADDING, UNKNOWN, Vocabulary, normalize, tokenize, words

# Any code points at all, and code points that meet in real text: joiners, marks, emoji, jamo, sigmas, surrogates.
KNOTTY = "aAzéIİıßẞΣσςǅ'’‘-_. \t\r\n\0\u00a0\u0085\u2028\u200b\u200c\u200d\u0301\u0327\u0345\ufe0f\ufeff\u202e\ud800"
KNOTTY += "한ㄱ\u1100\u1161\u11a8日👍🏽👨👩🇰🇷1½٣\u0600\u06dd\u0d4e\U000e0067\U000e007f"
IGNORABLE = regex.compile(r"\p{Default_Ignorable_Code_Point}")
# A tag, or a reference to something that cannot be seen.
MARKUP = regex.compile(r"</?(?:br|p|i)[^<>]*>|&(?:amp;)*(?:nbsp|#8203|#32|shy);")
PIECES = (
    "good don t ' ` ’ &#39; &amp; &amp;#39; & < > <br> <br /> <p a=b> </i> &nbsp; &shy; &#8203; &#32; ; # é ｇ ﬁ 한 映"
)
TEXTS = st.text() | st.text(KNOTTY, max_size=40) | st.text(st.characters(exclude_categories=[]), max_size=40)
TEXTS |= st.lists(st.sampled_from([*PIECES.split(), " ", "\u00ad", "\u200b", "\u200d"]), max_size=12).map("".join)


def cut(text: str) -> list[str]:
    return [token.text for token in tokenize(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        (" \t\r\n\u00a0\u3000", []),
        ("\0\x1b\u200b\ufeff\u202e", []),
        ("This movie was not amazing", ["This", "movie", "was", "not", "amazing"]),
        ("I don't, can’t!", ["I", "don't", ",", "can’t", "!"]),
        ("rock'n'roll 'quoted' dogs'", ["rock'n'roll", "'", "quoted", "'", "dogs", "'"]),
        ("well-known... 7/10", ["well", "-", "known", ".", ".", ".", "7", "/", "10"]),
        ("snake_case _x", ["snake_case", "_x"]),
        ("<img src=x>", ["<", "img", "src", "=", "x", ">"]),
        ("이 영화, 정말 재미있다ㅋㅋㅋ!", ["이", "영화", ",", "정말", "재미있다ㅋㅋㅋ", "!"]),
        ("\u1112\u1161\u11ab\u1100\u1173\u11af 글", ["\u1112\u1161\u11ab\u1100\u1173\u11af", "글"]),
        ("Это не фильм", ["Это", "не", "фильм"]),
        ("Ο ΜΕΓΑΛΟΣ", ["Ο", "ΜΕΓΑΛΟΣ"]),
        ("الفيلمُ جميل؟", ["الفيلمُ", "جميل", "؟"]),
        ("שלום, עולם", ["שלום", ",", "עולם"]),
        ("नमस्ते दुनिया।", ["नमस्ते", "दुनिया", "।"]),
        ("می‌خواهم", ["می‌خواهم"]),  # zero-width non-joiner within a Persian word
        ("好电影。", ["好", "电影", "。"]),  # scripts without spaces, cut by ICU
        ("映画は全然良くない", ["映画", "は", "全然", "良く", "ない"]),
        ("หนังเรื่องนี้ไม่สนุก", ["หนัง", "เรื่อง", "นี้", "ไม่", "สนุก"]),
        ("ខ្សែភាពយន្តនេះ", ["ខ្សែភាពយន្ត", "នេះ"]),
        ("ភាពយន្ត\u200bនេះ", ["ភាពយន្ត", "នេះ"]),  # a blank of no width between words is meant there
        ("𠮷野家は好き", ["𠮷", "野家", "は", "好き"]),
        ("great映画3つ", ["great", "映画", "3", "つ"]),
        ("👍🏽👨‍👩‍👧🇰🇷❤️", ["👍🏽", "👨‍👩‍👧", "🇰🇷", "❤️"]),
        ("so good😍!", ["so", "good", "😍", "!"]),
        ("cafe\u0301 re\u0301sume\u0301", ["cafe\u0301", "re\u0301sume\u0301"]),
        ("a" * 100_000, ["a" * 100_000]),
    ],
)
def test_tokens_of_many_scripts(text: str, expected: list[str]) -> None:
    assert cut(text) == expected


# Written so or so, it is read as these words.
READ_AS = [
    ("I don't recommend it", ["i", "don't", "recommend", "it"], "I don{}t recommend it", "'’`´‘‛′ʹʻʼʽ՚׳❛❜＇｀"),
    (
        "incredible",
        ["incredible"],
        "in{}cred{}ible",
        "\u00ad\u200b\u2060\ufeff\u200e\u202a\u034f\u180e\u200c\u200d\ufe0f",
    ),
    ("정말 좋다", ["정말", "좋다"], "정{}말 좋{}다", "\u00ad\u200b\u2060\ufeff\u200e\u200d"),
]
WRITTEN = [(way.replace("{}", mark), read) for _, read, way, marks in READ_AS for mark in marks] + [
    ("I don&#39;t, don&apos;t, don&rsquo;t, don&#x27;T", ["i", *["don't", ","] * 3, "don't"]),
    ("I don&amp;#39;t", ["i", "don't"]),  # made safe twice
    ("&quot;AT&amp;T&quot; caf&eacute;&nbsp;&lt;3", ['"', "at", "&", "t", '"', "café", "<", "3"]),
    ("won&shy;der&#8203;ful &#128077;&#127997;", ["wonderful", "👍🏽"]),
    ("R&D; &; &#; &nothing; &#x; AT&T", [*"r&d;&;&#;&", "nothing", *";&#x;", "at", "&", "t"]),
    (
        "bad at all<br /><br />I <I>liked</I> it.<BR>So<p class='x'>there",
        ["bad", "at", "all", "i", "liked", "it", ".", "so", "there"],
    ),
    ("2 <b and a> 1, <3 <Ben>", ["2", "<", "b", "and", "a", ">", *"1,<3<", "ben", ">"]),
    ("ｇｒｅａｔ！ ＮＯ．１", ["great", "!", "no", ".", "1"]),
    ("ﬁlm oﬀers 𝐠𝐫𝐞𝐚𝐭 ℬ", ["film", "offers", "great", "b"]),
    ("ﻓﻴﻠﻢ", ["فيلم"]),
    ("ﾃﾞｰﾀ", ["データ"]),
    ("ㅋㅋㅋ ￡ㅏ ﾡ", ["ㅋㅋㅋ", "￡", "ㅏ", "ㄱ"]),
    ("가\u3164나", ["가", "나"]),  # a filler is typed as a blank
    ("그는‘좋은’영화라 했다", ["그는", "‘", "좋은'영화라", "했다"]),
    ("`code` and ‘words’ and ´", ["`", "code", "`", "and", "‘", "words", "'", "and", "´"]),
    ("می\u200cخواهم क्\u200dष ❤️ 👨‍👩‍👧", ["می\u200cخواهم", "क्\u200dष", "❤", "👨‍👩‍👧"]),
]


@pytest.mark.parametrize(("written", "read"), WRITTEN)
def test_however_it_is_written_it_is_read_the_same_and_redrawn_as_it_is(written: str, read: list[str]) -> None:
    tokens = tokenize(written)
    assert [token.word for token in tokens] == words(written) == read
    assert all(written[token.start : token.end] == token.text for token in tokens)
    assert not any(token.text.isspace() for token in tokens)


def test_a_token_is_what_was_written() -> None:
    assert cut("I don&#39;t in\u00adcred\u00adible<br />ｇｏ") == ["I", "don&#39;t", "in\u00adcred\u00adible", "ｇｏ"]


def test_every_character_reference_of_html_is_in_one_token_at_most() -> None:
    for name, meant in html5.items():
        if name.endswith(";"):
            assert cut(f"&{name}") in ([], [f"&{name}"]), name
            assert words(f"&{name}") == words(meant)


@given(st.text(st.characters(min_codepoint=0xAC00, max_codepoint=0xD7A3) | st.sampled_from(" ,!ㅋa'’")))
def test_hangul_in_its_letters_is_read_as_in_its_syllables(text: str) -> None:
    assert words(unicodedata.normalize("NFD", text)) == words(text)


@given(TEXTS)
def test_tokens_tile_the_text_in_order(text: str) -> None:
    end = 0
    for token in tokenize(text):
        assert end <= token.start < token.end
        assert text[token.start : token.end] == token.text
        assert invisible(text[end : token.start])
        assert token.word
        assert not token.text[0].isspace()
        end = token.end
    assert invisible(text[end:])


def invisible(between: str) -> bool:
    between = MARKUP.sub("", between)
    return all(mark.isspace() or unicodedata.category(mark)[0] == "C" or IGNORABLE.match(mark) for mark in between)


@given(TEXTS)
@example("I don’t KNOW")
def test_words_are_the_look_up_forms_of_the_tokens(text: str) -> None:
    assert words(text) == [token.word for token in tokenize(text)]


@given(st.text(st.characters(codec="ascii")))
def test_words_of_ascii_text_too(text: str) -> None:
    assert words(text) == [token.word for token in tokenize(text)]


@given(TEXTS)
def test_a_normal_form_is_its_own(text: str) -> None:
    assert normalize(normalize(text)) == normalize(text)


def test_every_character_has_one_normal_form() -> None:
    for mark in map(chr, range(sys.maxunicode + 1)):
        assert normalize(normalize(mark)) == normalize(mark)
        assert normalize(unicodedata.normalize("NFD", mark)) == normalize(mark)


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("Don’t", "don't"),
        ("Don`t", "don't"),
        ("CAFE\u0301", "café"),
        ("ΜΕΓΑΛΟΣ", "μεγαλος"),
        ("\u1112\u1161\u11ab", "한"),
    ],
)
def test_look_up_forms(typed: str, expected: str) -> None:
    assert normalize(typed) == expected
    assert [token.word for token in tokenize(typed)] == [expected]


@given(st.lists(TEXTS, max_size=5))
def test_vocabulary_of_any_texts_comes_back(tmp_path_factory: pytest.TempPathFactory, texts: list[str]) -> None:
    path = tmp_path_factory.getbasetemp() / "vocabulary.txt"
    built = Vocabulary.build(map(words, texts))
    built.save(path)
    loaded = Vocabulary.load(path)
    assert (loaded.words, loaded.counts) == (built.words, built.counts)
    assert [loaded.id(word) for word in loaded.words] == list(range(2, len(loaded)))


def test_vocabulary_keeps_the_most_frequent_words_ties_by_code_point() -> None:
    texts = [["b", "a", "é", "b"], ["Z", "c", "c", "a"], []]
    full = Vocabulary.build(texts)
    assert full.words == ("a", "b", "c", "Z", "é") and full.counts == (2, 2, 2, 1, 1) and len(full) == 7
    assert Vocabulary.build(reversed([text[::-1] for text in texts])).words == full.words
    small = Vocabulary.build(texts, size=4)
    assert small.words == ("a", "b") and len(small) == 4
    assert Vocabulary.build(texts, min_count=2).words == ("a", "b", "c")


def test_vocabulary_knows_its_words() -> None:
    vocabulary = Vocabulary(["not", "amazing"], [3, 1])
    assert (PADDING, UNKNOWN) == (0, 1)
    assert [vocabulary.id(word) for word in ("not", "amazing", "amaaazing", "")] == [2, 3, UNKNOWN, UNKNOWN]
    assert "not" in vocabulary and "Not" not in vocabulary and 2 not in vocabulary


@pytest.mark.parametrize("size", [0, 1, 2])
def test_a_vocabulary_too_small_for_words_has_none(size: int) -> None:
    assert Vocabulary.build([["a", "b", "b"]], size=size).words == ()


def test_a_vocabulary_lists_each_word_once() -> None:
    with pytest.raises(AttnvizError, match="2 words has 1 distinct ones and 2 counts"):
        Vocabulary(["a", "a"], [1, 1])
    with pytest.raises(AttnvizError, match="1 words has 1 distinct ones and 0 counts"):
        Vocabulary(["a"], [])


@pytest.mark.parametrize("line", ["word", "word\t", "\t3", "word\tthree", "word\t-1", "word 3", "a\tb\t3", ""])
def test_a_damaged_vocabulary_is_named_with_its_line(tmp_path: Path, line: str) -> None:
    path = tmp_path / "vocabulary.txt"
    path.write_text(f"the\t9\n{line}\nend\t1\n", encoding="utf-8")
    with pytest.raises(AttnvizError, match=r"vocabulary\.txt, line 2: expected a word"):
        Vocabulary.load(path)


def test_a_vocabulary_that_is_no_utf8(tmp_path: Path) -> None:
    path = tmp_path / "vocabulary.txt"
    path.write_bytes(b"caf\xe9\t3\n")
    with pytest.raises(AttnvizError, match=r"vocabulary\.txt is not UTF-8"):
        Vocabulary.load(path)


def test_a_vocabulary_that_holds_a_word_twice(tmp_path: Path) -> None:
    path = tmp_path / "vocabulary.txt"
    path.write_text("the\t9\nfilm\t3\nthe\t2\n", encoding="utf-8")
    with pytest.raises(AttnvizError, match=r"vocabulary\.txt holds a word more than once: the\."):
        Vocabulary.load(path)


def test_a_truncated_vocabulary(tmp_path: Path) -> None:
    path = tmp_path / "vocabulary.txt"
    path.write_text("the\t12\nend\t1", encoding="utf-8")  # of "end\t10\n"
    with pytest.raises(AttnvizError, match=r"vocabulary\.txt breaks off"):
        Vocabulary.load(path)
