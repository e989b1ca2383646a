"""Somebody's own tests: read strictly, and every fault is named with its line and remedy."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from attnviz.analysis.behaviour.case import Change, Setting
from attnviz.analysis.behaviour.own_tests import read_tests
from attnviz.errors import AttnvizError

LABELS = ("negative", "positive")
GOOD = """
# what our customers write
[[test]]
name = "brand"
kind = "invariance"
replace = [["Coke", "Pepsi"], ["Pepsi", "Coke"], ["삼성", "애플사"]]

[[test]]
name = "price"
kind = "direction"
class = "negative"
expect = "not less sure"
pairs = [["It is fine.", "It is fine, and far too dear."]]
"""


def test_pairs_and_rules_are_read() -> None:
    brand, price = read_tests(GOOD.encode(), "mine.toml", LABELS)
    setting = Setting("en", lambda _word: False)
    assert (brand.kind, brand.expects, price.kind, price.expects) == ("invariance", "same", "direction", "no_less_sure")
    assert brand.of("Coke, not Pepsi or Cokes", setting) == Change(
        "Coke, not Pepsi or Cokes", "Pepsi, not Coke or Cokes"
    )
    assert brand.of("삼성은 좋다. 삼성을", setting) == Change("삼성은 좋다. 삼성을", "애플사는 좋다. 애플사를")
    assert brand.of("water", setting) is None and price.of("Coke", setting) is None
    assert price.pairs == (Change("It is fine.", "It is fine, and far too dear.", 0),)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('kind = "invariance"', 'kind = "other"', "line 3: kind: say “invariance”"),
        (
            'kind = "invariance"',
            'kind = "invariance"\nclass = "positive"',
            "line 3: class: in an invariance test",
        ),
        ('name = "brand"', "name = 3", "line 3: name: give 1 to 60"),
        ('name = "brand"', 'name = "names"', "line 3: name: “names” is there already"),
        ('name = "price"', 'name = "brand"', "line 8: name: “brand” is there already"),
        (
            'class = "negative"',
            'class = "bad"',
            "line 8: class: say which class is watched, one of: negative, positive",
        ),
        ('expect = "not less sure"', 'expect = "less"', "line 8: expect: say one of: turns, not surer, not less sure"),
        ('expect = "not less sure"', 'expects = "turns"', "line 8: there is no key “expects”"),
        ('[["It is fine.", "It is fine, and far too dear."]]', "[]", "line 8: pairs: give pairs"),
        ('"It is fine, and far too dear."', '"It is fine."', "line 8: pairs: number 1 is no pair of two different"),
        ('["Pepsi", "Coke"]', '["Coke", "x"]', "line 3: replace: “Coke” is to be replaced twice"),
        ("pairs =", 'replace = [["a", "b"]]\npairs =', "line 8: give either pairs of texts"),
        ("[[test]]", "[test]", r"mine\.toml"),
        ("# what", "x = 1\n# what", "“x”"),
        ('"brand"', '"brand', "mine.toml is no TOML"),
    ],
)
def test_a_fault_is_named_with_its_line_and_remedy(old: str, new: str, said: str) -> None:
    with pytest.raises(AttnvizError, match=said):
        read_tests(GOOD.replace(old, new, 1).encode(), "mine.toml", LABELS)


def test_other_bytes_and_too_many_are_refused() -> None:
    with pytest.raises(AttnvizError, match="UTF-8"):
        read_tests("é".encode("latin-1"), "mine.toml", LABELS)
    with pytest.raises(AttnvizError, match="50,000 bytes"):
        read_tests(b"#" * 200_001, "mine.toml", LABELS)


def test_what_takes_a_reader_for_ever_is_refused() -> None:
    with pytest.raises(AttnvizError, match="take the dots out"):
        read_tests((".".join("a" * 20_000) + " = 1").encode(), "mine.toml", LABELS)
    with pytest.raises(AttnvizError, match=r"mine\.toml"):
        read_tests(b"\n" * 40_000, "mine.toml", LABELS)
    with pytest.raises(AttnvizError, match=r"\[\[test\]\]"):
        read_tests(b'test=[5,"""\n[[test]]\n[[test]]"""]', "mine.toml", LABELS)


@given(st.text() | st.sampled_from([GOOD[:at] for at in range(0, len(GOOD), 7)]))
def test_any_file_is_read_or_refused(text: str) -> None:
    try:
        read_tests(text.encode("utf-8", "replace"), "mine.toml", LABELS)
    except AttnvizError as error:
        assert "mine.toml" in str(error)
