from __future__ import annotations

from unittest.mock import Mock

import pytest

from attnviz.model.experiment import Experiment
from attnviz.ui.pages import read_as


def test_a_page_that_takes_a_word_whole_says_how_it_is_read(
    tiny_ko: Experiment, tiny: Experiment, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = Mock()
    monkeypatch.setattr("streamlit.caption", said)
    monkeypatch.setattr(read_as, "_", str)  # the English
    read_as.say_pieces(tiny, "재미있지")
    read_as.say_pieces(tiny_ko, "영화")
    said.assert_not_called()
    read_as.say_pieces(tiny_ko, "재미있지")
    [told] = said.call_args.args
    assert told.replace("\\", "").startswith("In a sentence tiny-ko reads “재미있지” as 재미있 + 지.")
