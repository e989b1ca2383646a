from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from attnviz.ui.components import base

FOLDER = Path(base.__file__).parent


def test_data_goes_out_as_json_in_one_string() -> None:
    def script() -> None:
        from attnviz.ui.components.base import component

        component("sliced_work")({"turn": 1, "wait": 2}, key="x", on_turn=None)
        component("sliced_work")('{"turn": 3}', key="y", on_turn=None)

    app = AppTest.from_function(script).run()
    assert not app.exception
    sent = [json.loads(json.loads(one.proto.json)["json"]) for one in app.get("bidi_component")]
    assert sent == [{"turn": 1, "wait": 2}, {"turn": 3}]


@pytest.mark.parametrize(
    ("told", "heard"), [({"x": 0}, "0"), ({"x": ""}, "''"), ({"x": None}, "nothing"), ({}, "nothing")]
)
def test_an_event_is_a_call_with_its_value(told: dict[str, object], heard: str) -> None:
    def script() -> None:
        import streamlit as st

        from attnviz.ui.components.base import _hear

        calls: list[object] = []
        _hear("key", "x", calls.append)
        st.text(repr(calls[0]) if calls else "nothing")

    app = AppTest.from_function(script)
    app.session_state["key"] = type("Told", (), told)()
    assert app.run().text[0].value == heard


def test_no_file_names_anew_what_all_components_share() -> None:
    def named(text: str) -> set[str]:
        return set(re.findall(r"^(?:const|let|class|function) (\w+)", text, re.MULTILINE))

    shared = named((FOLDER / "shared.js").read_text(encoding="utf-8"))
    for path in FOLDER.glob("*/*.js"):
        text = path.read_text(encoding="utf-8")
        assert not named(text) & shared, path.name
        assert text.count("export default") <= 1, path.name
