"""What one page does to the others: each keeps what it showed, and shares what crosses pages on purpose."""

from __future__ import annotations

import shutil
from pathlib import Path
from urllib.parse import parse_qsl

import pytest
from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash

from attnviz.ui.pages import PAGES
from tests.ui.conftest import opened

KEY = "0" * 32  # of rows that somebody brought


def menu(app: AppTest, page: str) -> dict[str, str]:
    """Return what the menu's link to a page tells."""
    links = [one.proto for one in app.get("page_link")][: len(PAGES)]
    [found] = [one for one in links if one.page == ("" if page == "sentence" else page)]
    return dict(parse_qsl(found.query_string, keep_blank_values=True))


def visit(app: AppTest, page: str, **link: str) -> AppTest:
    """Follow a link to another page."""
    app.context["url"] = f"http://localhost/{page}"
    app._page_hash = calc_hash("" if page == "sentence" else page)
    app.query_params.clear()
    for name, value in link.items():
        app.query_params[name] = value
    app.run()
    assert not app.exception
    return app


@pytest.mark.usefixtures("models")
def test_a_visit_to_train_leaves_the_rows_of_the_errors_page() -> None:
    app = visit(visit(opened("errors", data=KEY, row="7", struck="1"), "train"), "sentence")
    assert menu(app, "errors") == {"data": KEY, "row": "7", "struck": "1", "lang": "en"}


@pytest.mark.usefixtures("models")
def test_struck_words_do_not_go_over_to_a_new_sentence_from_another_page() -> None:
    app = opened(text="it was so bad", without="3", epoch="1", shade="positive")
    assert menu(visit(app, "steps", text="it was so bad"), "sentence")["without"] == "3"
    assert menu(visit(app, "steps", text="a good film"), "sentence") == {
        "text": "a good film", "shade": "positive", "lang": "en",
    }  # fmt: skip
    app = opened(text="it was so bad", without="3")
    assert "without" not in menu(visit(app, "embeddings", part="sentence", text="a good film"), "sentence")


@pytest.mark.usefixtures("models")
def test_a_new_word_on_one_page_is_not_set_beside_the_old_typo_on_another() -> None:
    app = opened("subwords", word="good", other="goood", ngrams="1")
    assert menu(visit(app, "embeddings", word="good", part="pairs"), "subwords")["other"] == "goood"
    assert menu(visit(app, "embeddings", word="bad"), "subwords") == {"word": "bad", "ngrams": "1", "lang": "en"}


@pytest.mark.usefixtures("models")
def test_the_sentence_and_the_errors_page_are_shaded_each_by_itself() -> None:
    app = visit(opened(shade="positive", variants="frozen"), "errors", shade="negative")
    assert menu(app, "sentence") == {"shade": "positive", "variants": "frozen", "lang": "en"}


def test_another_experiment_takes_back_what_counted_the_words_and_rows_of_the_last_one(models: Path) -> None:
    shutil.copytree(models / "tiny-en", models / "other")
    link = {"experiment": "tiny-en", "row": "3", "marks": "2,5"}
    app = visit(opened(text="it was so bad", without="3", experiment="tiny-en"), "errors", **link)
    app.button_group(key="lang").set_value("ko").run()  # which is no reason
    assert (menu(app, "errors")["marks"], menu(app, "sentence")["without"]) == ("2,5", "3")
    app.selectbox(key="experiment").set_value("other").run()
    assert menu(app, "errors") == {"experiment": "other", "lang": "ko"}
    assert menu(app, "sentence") == {"text": "it was so bad", "experiment": "other", "lang": "ko"}


@pytest.mark.usefixtures("models")
def test_what_was_typed_since_the_menu_was_drawn_is_not_lost_by_its_links() -> None:
    app = opened(text="it was so bad", shade="positive")
    offered = menu(app, "steps")
    assert offered["text"] == "it was so bad"
    memory = app.session_state["memory"]
    memory.shared["text"] = "a good film"  # as a run of a fragment does, which leaves the menu as it is
    visit(app, "steps", **offered)
    assert dict(app.query_params)["text"] == "a good film"
    visit(app, "sentence", text="another link", lang="en")
    assert dict(app.query_params)["text"] == "another link"
