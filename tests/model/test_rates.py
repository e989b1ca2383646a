"""The table of embedding rates."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from attnviz.errors import AttnvizError
from attnviz.model.about import to_json
from attnviz.model.rates import SCHEMA, Rate, RatedPair, Rates, Seeds, read_rates


def rates() -> Rates:
    def one(rate: float, cosine: float, near: str) -> Rate:
        return Rate(
            rate,
            Seeds(0.8, 0.79, 0.81),
            (rate, 2 * rate, 3 * rate),
            (RatedPair(("good", "bad"), Seeds(cosine, cosine - 0.1, cosine + 0.1)),),
            {"good": {near: 0.7}},
        )

    table = one(0, 0.7, "bad"), one(0.004, 0.3, "great"), one(0.02, -0.1, "movie")
    return Rates(SCHEMA, 100, (0, 1), 100, (0.5, 0.95, 1.0), table)


def test_it_is_written_and_read(tmp_path: Path) -> None:
    rates().save(tmp_path / "rates.json")
    assert read_rates(tmp_path / "rates.json") == rates()
    assert read_rates(tmp_path / "none") is None


@pytest.mark.parametrize(
    "wrong",
    [
        replace(rates(), schema=2),
        replace(rates(), rates=rates().rates[::-1]),
        replace(rates(), rates=rates().rates[1:]),
        replace(rates(), quantiles=(0.5,)),
        replace(rates(), rates=(rates().rates[0], replace(rates().rates[1], pairs=()))),
        replace(rates(), rates=(rates().rates[0], replace(rates().rates[1], accuracy=Seeds(1.5, 0, 0)))),
    ],
)
def test_a_table_that_makes_no_sense_is_named(wrong: Rates, tmp_path: Path) -> None:
    wrong.save(tmp_path / "rates.json")
    with pytest.raises(AttnvizError, match=r"rates\.json"):
        read_rates(tmp_path / "rates.json")


_ANYTHING = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=3),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(max_size=3), inner),
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(field=st.sampled_from(sorted(to_json(rates()))), value=_ANYTHING)
def test_a_damaged_one_is_named(field: str, value: Any, tmp_path: Path) -> None:
    (tmp_path / "rates.json").write_text(json.dumps(to_json(rates()) | {field: value}), encoding="utf-8")
    try:
        read_rates(tmp_path / "rates.json")
    except AttnvizError as error:
        assert "rates.json" in str(error)
