"""The teacher's side of rounds as Streamlit runs it: what it opens, moves and hides, and that visitors have none."""

from __future__ import annotations

import itertools
import secrets
import shutil
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from attnviz.heatmap.display import visible
from attnviz.model.experiment import Experiment
from attnviz.rounds import store
from attnviz.rounds.database import Database
from attnviz.rounds.reading import answer
from attnviz.rounds.round import Task, Word
from attnviz.rounds.states import State
from attnviz.rounds.store import Rounds
from attnviz.ui import owner
from attnviz.ui.examples import EXAMPLES, LESSONS
from tests.ui.conftest import given, opened, said

TEXT = "such a good film"


@pytest.fixture(autouse=True)
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, models: Path) -> Iterator[Rounds]:
    """Return the rounds of a database of its own, which the pages find."""
    database = Database(f"sqlite:///{tmp_path / 'rounds.sqlite'}")
    found = Rounds(database)
    monkeypatch.setattr(store, "rounds", cache(lambda: found))
    yield found
    database.close()


def with_class(page: str = "", **link: str) -> tuple[AppTest, str]:
    """Open a page, and a classroom on it; return its code too."""
    app = opened(page, **{"text": TEXT, **link})
    app.button(key="class_door").click().run()
    if "class_new" in keys(app):  # somebody had a lesson today
        app.button(key="class_new").click().run()
    assert not app.exception
    return app, code_of(app)


def keys(app: AppTest) -> list[str | None]:
    """Return the buttons that there are."""
    return [button.key for button in app.button]


def code_of(app: AppTest) -> str:
    """Return the code in the link, "" for none."""
    told = app.query_params.get("class", "")
    return told if isinstance(told, str) else "".join(told)


def board(app: AppTest) -> dict[str, Any]:
    """Return what the class reads."""
    [found] = given(app, "join")
    return found


def phones(rounds: Rounds, code: str, count: int) -> list[str]:
    """Let phones join."""
    devices = [secrets.token_urlsafe(24) for _ in range(count)]
    for device in devices:
        rounds.join(code, device)
    return devices


def ask(app: AppTest, kind: str = "mark", **choices: str) -> None:
    """Open a round of a kind, the next one too."""
    if "class_next" in keys(app):
        app.button(key="class_next").click().run()
    app.segmented_control(key="class_kind").set_value(kind).run()
    for key, value in choices.items():
        if key == "classes":
            app.text_area(key="class_classes").input(value).run()
        elif key == "sentence":
            app.selectbox(key="class_sentence").set_value(value).run()
        elif key == "own":
            app.text_input(key="class_own").input(value).run()
        else:
            app.segmented_control(key=f"class_{key}").set_value(value).run()
    app.button(key="class_open").click().run()
    assert not app.exception


def heatmaps(app: AppTest) -> list[dict[str, Any]]:
    return [*given(app, "panels"), *given(app, "readers"), *given(app, "blocks")]


@pytest.mark.parametrize("page", ["", "steps"])
def test_a_classroom_is_in_the_link_and_a_reload_or_a_second_window_has_it(page: str, kept: Rounds) -> None:
    app, code = with_class(page)
    assert board(app)["join"]["code"] == code and board(app)["join"]["rows"]
    assert board(app)["join"]["where"].endswith("/join") and code not in board(app)["join"]["where"]
    phones(kept, code, 2)
    again = opened(page, text=TEXT, **{"class": code.lower()})
    assert board(again)["join"]["code"] == code and board(again)["counts"][0][0] == "2"
    other, another = with_class(page)  # another teacher
    assert another != code and board(other)["counts"][0][0] == "0"


@pytest.mark.parametrize("times", [1, 2], ids=["few", "enough"])
@pytest.mark.parametrize("page", ["", "steps"])
def test_a_round_of_marks_hides_the_heat_map_until_it_is_revealed(
    page: str, times: int, kept: Rounds, tiny: Experiment
) -> None:
    app, code = with_class(page, step="4") if page else with_class(page)
    assert heatmaps(app)
    ask(app)
    assert not heatmaps(app) and "hidden until it is revealed" in said(app)
    asked = kept.current(code)
    assert asked is not None and asked.task.most == 3 and asked.task.variants == ("frozen", "fine-tuned")
    assert "".join(word.gap + word.text for word in asked.task.words) == TEXT
    for device, marks in zip(phones(kept, code, 3 * times), ([2], [2, 3], [0]) * times, strict=True):
        kept.answer(asked.id, device, marks)
    app.run()
    assert [count for count, _word in board(app)["counts"]] == [str(3 * times)] * 2
    assert "found" not in str(board(app)["round"]["found"] or "") and board(app)["round"]["found"] is None
    app.button(key="class_to_closed").click().run()
    assert not heatmaps(app) and code_of(app) == code
    app.button(key="class_to_open").click().run()
    current = kept.current(code)
    assert current and current.state == "open"  # open again
    app.button(key="class_to_revealed").click().run()
    ours, *twins = board(app)["round"]["found"]
    assert ours["numbers"] == ["33%", "0%", "67%", "33%"] and ours["scale"] == "class"
    assert [twin["scale"] for twin in twins] == ["attention"] * 2
    assert all(("AUPRC" in one["said"]) is (times > 1) for one in (ours, *twins))  # of three nothing is compared
    assert ("Fewer than 5" in ours["said"]) is (times == 1)
    assert heatmaps(app)
    app.button(key="class_to_put_away").click().run()
    assert kept.current(code) is None and board(app)["round"] is None


def test_another_sentence_is_not_hidden_and_its_pinned_one_is(kept: Rounds) -> None:
    app, code = with_class()
    ask(app)
    other = opened(text="a bad plot", **{"class": code})
    assert heatmaps(other)
    pinned = opened(text="a bad plot", pin=TEXT, **{"class": code})
    assert not heatmaps(pinned)
    folded = opened(text=TEXT, **{"class": code})
    folded.button(key="class_fold").click().run()
    assert not given(folded, "join") and not heatmaps(folded)


@pytest.mark.parametrize("page", ["", "steps"])
def test_a_visitor_sees_nothing_of_it_and_is_refused(page: str, kept: Rounds, monkeypatch: pytest.MonkeyPatch) -> None:
    app, code = with_class(page)
    ask(app)
    monkeypatch.setattr(owner, "is_owner", lambda: False)
    visitor = opened(page, text=TEXT, **{"class": code})
    assert not given(visitor, "join") and "class_door" not in [button.key for button in visitor.button]
    app.button(key="class_to_revealed").click().run()  # an owner's no more, though it was drawn for one
    asked = kept.current(code)
    assert asked and asked.state == "open" and not app.exception


def test_guesses_are_bars_and_the_right_one_is_named(kept: Rounds, tiny: Experiment) -> None:
    app, code = with_class()
    ask(app, "guess")
    asked = kept.current(code)
    assert asked and board(app)["round"]["choices"] == list(tiny.labels)
    for device, choice in zip(phones(kept, code, 4), [tiny.labels[0]] * 3 + [tiny.labels[1]], strict=True):
        kept.answer(asked.id, device, choice=choice)
    app.button(key="class_to_revealed").click().run()
    bars = board(app)["round"]["bars"]
    assert [bar["count"] for bar in bars] == ["3", "1"] and [bar["share"] for bar in bars] == [0.75, 0.25]
    right = {variant: tiny.explain(TEXT, variant).prediction for variant in ("frozen", "fine-tuned")}
    for bar in bars:
        assert bar["right"].split(", ") == ([name for name in right if right[name] == bar["name"]] or [""])


@pytest.mark.parametrize(("locale", "told"), [("en-US", "it is this one"), ("ko-KR", "이 분류기입니다")])
def test_the_twin_that_answers_so_is_named_and_no_share_is(
    kept: Rounds, tiny: Experiment, locale: str, told: str
) -> None:
    code = kept.open_classroom()
    read = tiny.explain(TEXT, "frozen")
    words = tuple(Word(word) for word in TEXT.split())
    twins = ("frozen", "fine-tuned")
    task = Task(
        "guess", tiny.name, twins, "en", TEXT, words, labels=tiny.labels, question="twin", label=read.prediction
    )
    kept.move(kept.open_round(code, task).id, "revealed")
    bars = board(opened(locale=locale, text=TEXT, **{"class": code}))["round"]["bars"]
    alike = tiny.explain(TEXT, "fine-tuned").prediction == read.prediction
    assert [bar["right"] for bar in bars] == [told, told if alike else ""]


@pytest.mark.parametrize("page", ["", "steps"])
def test_a_sentence_is_asked_about_that_was_never_on_the_page(page: str, kept: Rounds) -> None:
    app, code = with_class(page)
    app.segmented_control(key="class_kind").set_value("guess").run()
    offered = app.selectbox(key="class_sentence").options
    lesson = LESSONS["en"] if page else EXAMPLES["en"]
    unseen = next(one.text for one in lesson if one.text in offered)
    ask(app, "guess", sentence=unseen)
    asked = kept.current(code)
    assert asked and asked.task.text == unseen and not heatmaps(app)
    ask(app, "mark", sentence="", own="a film like <b>no</b> other")
    asked = kept.current(code)
    assert asked and asked.task.text == "a film like <b>no</b> other" and not heatmaps(app)
    assert all(box["text"] == asked.task.text and not box["examples"] for box in given(app, "examples"))
    app.button(key="class_to_revealed").click().run()
    [box] = given(app, "examples")
    assert box["text"] == asked.task.text and box["examples"] and heatmaps(app)


def test_an_own_sentence_without_a_word_is_refused_where_it_is_typed(kept: Rounds) -> None:
    app, code = with_class()
    ask(app, "mark", sentence="", own="   ")
    assert kept.current(code) is None and "no word in this sentence" in said(app)


def test_which_twin_is_asked_only_where_they_differ(kept: Rounds, tiny: Experiment) -> None:
    app, code = with_class()

    def alike(text: str) -> bool:
        return len({tiny.explain(text, variant).prediction for variant in ("frozen", "fine-tuned")}) == 1

    ask(app, "guess", question="twin")  # of those that are offered
    asked = kept.current(code)
    assert alike(TEXT) and asked and not alike(asked.task.text)
    ask(app, "guess", question="twin", sentence="", own=TEXT)
    assert kept.current(code) == asked and "alike" in said(app)


def test_a_sentence_is_on_the_screen_once_the_teacher_lets_it_through(kept: Rounds, tiny: Experiment) -> None:
    app, code = with_class("steps")
    ask(app, "fool")
    asked = kept.current(code)
    assert asked and heatmaps(app)
    [device] = phones(kept, code, 1)
    assert "End the round" in app.button(key="class_to_revealed").label
    texts = ("<b>bad</b> but good", "not a bad film", "\u202eabc film")
    for text in texts:
        read = [answer(tiny.explain(text, variant)) for variant in asked.task.variants]
        kept.send(asked.id, device, secrets.token_urlsafe(12), text, tiny.labels[1], read)
    app.run()
    assert not any(text in str(given(app)) for text in texts)
    assert [count for count, _word in board(app)["counts"]] == ["1", "1", "3"]
    assert "To look through: 3" in said(app)
    opened_list = app.session_state
    opened_list["class_look"] = True
    app.run()
    lists = {one["heading"]: one["entries"] for one in given(app, "entries")}
    assert {entry["text"] for entry in lists["Not looked at yet"]} == {*texts[:2], visible(texts[2])}
    assert visible(texts[2]) != texts[2] and lists["Let through so far"] == []
    app.button(key="class_pass_all").click().run()
    lists = {one["heading"]: one["entries"] for one in given(app, "entries")}
    assert {tuple(entry["acts"]) for entry in lists["Let through so far"]} == {("show", "weed")}
    assert len(lists["Let through so far"]) == 3 and all(one.shown for one in kept.sentences(asked.id))


def test_classes_of_its_own_are_checked_and_are_not_translated(kept: Rounds) -> None:
    app, code = with_class()
    ask(app, "teach", classes="one")
    assert kept.current(code) is None and "2 to 6 classes" in said(app)
    app.text_area(key="class_classes").input(f"World\n{'가' * 10_000}").run()
    app.button(key="class_open").click().run()
    assert kept.current(code) is None and "30 characters" in said(app) and "가" * 40 not in said(app)
    app.text_area(key="class_classes").input(" World \n\n<i>sad</i>").run()
    app.button(key="class_open").click().run()
    asked = kept.current(code)
    assert asked and asked.task.labels == ("World", "<i>sad</i>")
    app.button(key="class_train").click().run()
    assert "different sentences" in said(app)


def test_a_classroom_that_is_not_there_is_said_and_an_empty_one_is_not_kept(kept: Rounds) -> None:
    assert "BBBBB" in said(opened(**{"class": "BBBBB"}))
    app, code = with_class()
    app.button(key="class_end").click().run()
    assert not app.exception and not kept.classroom_exists(code) and not code_of(app)
    app.button(key="class_door").click().run()
    phones(kept, code_of(app), 1)
    code = code_of(app)
    app.button(key="class_end").click().run()
    assert code_of(app) == code and "The phones will say" in said(app)
    app.button(key="class_back").click().run()  # after all not
    assert not any(lesson.ended for lesson in kept.classrooms())
    app.button(key="class_end").click().run()
    app.button(key="class_end_yes").click().run()
    assert not app.exception and not code_of(app)
    assert [(lesson.code, lesson.ended) for lesson in kept.classrooms()] == [(code, True)]
    app.button(key="class_door").click().run()
    assert not given(app, "join") and code in app.button(key="class_go_on").label
    app.button(key="class_go_on").click().run()
    assert code_of(app) == code and not kept.classrooms()[0].ended


def test_a_new_lesson_is_begun_beside_one_of_today_or_none(kept: Rounds) -> None:
    _first, code = with_class("steps")
    phones(kept, code, 1)
    app = opened("steps", text=TEXT)
    app.button(key="class_door").click().run()
    app.button(key="class_not_now").click().run()
    assert "class_new" not in keys(app) and not code_of(app)
    app.button(key="class_door").click().run()
    app.button(key="class_new").click().run()
    assert code_of(app) not in ("", code) and kept.classroom_exists(code)


def test_what_a_class_trained_is_tried_on_in_sight_and_deleted_with_its_lesson(
    kept: Rounds, models: Path, tiny: Experiment
) -> None:
    app, code = with_class("steps")
    ask(app, "teach", classes="happy\nsad")
    [device] = phones(kept, code, 1)
    asked = kept.current(code)
    assert asked
    kept.send(asked.id, device, secrets.token_urlsafe(12), "unseen so far", "happy")
    name = f"class-{code.lower()}-1"
    shutil.copytree(models / tiny.name, models / name)
    app.run()
    app.button(key="class_try").click().run()
    asked = kept.current(code)
    assert not app.exception and asked and asked.task.kind == "fool" and asked.task.experiment == name
    shown = opened(experiment=name, text="", **{"class": code})
    assert board(shown)["join"]["code"] == code and "unseen so far" not in str(given(shown))
    shown.button(key="class_lessons").click().run()
    shown.selectbox(key="class_lesson").set_value(code).run()
    shown.button(key=f"class_delete_lesson_{code}").click().run()
    assert name in shown.checkbox(key=f"class_delete_lesson_{code}_too").label
    shown.button(key=f"class_delete_lesson_{code}_yes").click().run()
    assert not shown.exception and not kept.classroom_exists(code) and not (models / name).exists()
    assert (models / tiny.name).exists()


def test_an_open_round_is_put_away_only_after_a_question(kept: Rounds) -> None:
    app, code = with_class()
    for _round in range(2):
        ask(app)
    app.button(key="class_lessons").click().run()
    first, second = kept.rounds(code)
    app.selectbox(key=f"class_round_{code}").set_value(first.id).run()
    app.button(key="class_again").click().run()
    assert kept.current(code) == second and "Round 2 is not revealed yet" in said(app)
    app.button(key="class_again_yes").click().run()
    current = kept.current(code)
    assert current and current.id == first.id and board(app)["round"]["state"] == "revealed"


def test_a_last_lesson_is_opened_again_and_deleted_after_two_clicks(kept: Rounds) -> None:
    first, code = with_class()
    ask(first)
    first.button(key="class_to_put_away").click().run()
    app, mine = with_class()
    app.button(key="class_lessons").click().run()
    app.selectbox(key="class_lesson").set_value(code).run()
    app.button(key="class_reopen").click().run()
    assert code_of(app) == code and not kept.classroom_exists(mine)
    app.button(key="class_lessons").click().run()
    app.button(key="class_again").click().run()
    asked = kept.current(code)
    assert asked and asked.state == "revealed" and board(app)["round"]["state"] == "revealed"
    app.button(key="class_lessons").click().run()
    for key, there in ((f"class_delete_lesson_{code}", True), (f"class_delete_lesson_{code}_yes", False)):
        app.button(key=key).click().run()
        assert not app.exception and kept.classroom_exists(code) is there
    assert not code_of(app)


def test_what_two_windows_do_is_followed(kept: Rounds) -> None:
    app, code = with_class()
    ask(app)
    asked = kept.current(code)
    assert asked
    moves: tuple[State, ...] = ("closed", "revealed", "put away")
    for state in moves:
        kept.move(asked.id, state)
        app.run()
        assert not app.exception and (board(app)["round"] or {}).get("state", "put away") == state
    assert list(itertools.islice(kept.rounds(code), 2)) == [kept.round(asked.id)]
