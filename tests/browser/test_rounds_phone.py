"""The page that a class has on its phones: plain HTML, by touch, in both languages, over networks that come and go."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Locator, Page, Response, Route, expect

from attnviz.heatmap import palette
from attnviz.model.experiment import Experiment
from attnviz.rounds import reading
from attnviz.rounds.round import Round, Task
from attnviz.rounds.states import Kind, State
from attnviz.rounds.store import Rounds, rounds
from tests.browser.test_phone import FINGER

SENTENCE = "the movie was not good , but i think the music is wonderful"
RUNS = "<img src=x onerror=window.pwned=1><script>window.pwned=1</script>\"'><svg/onload=window.pwned=1>"
RUNS_SHORT = "<img src=x onerror=pwned=1>"  # as long as the name of a class may be
WIDTHS = (390, 320)
HEAVIEST = 30_000  # bytes of all that comes before the first answer
TWINS = ("frozen", "fine-tuned")
STORE_SHUT = """Object.defineProperty(window, "localStorage", { get() { throw new DOMException("shut"); } });"""
Opener = Callable[..., Page]

# What stands out of the page at a side, and what a finger is to touch and is smaller.
CUT = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
SMALL = """(finger) => [...document.querySelectorAll("a, button, input, textarea")]
  .filter((node) => node.getClientRects().length)
  .map((node) => [node.textContent, node.getBoundingClientRect()])
  .filter(([, { width, height }]) => Math.min(width, height) < finger - 0.5)
  .map(([text, { width, height }]) => `${text} ${width} × ${height}`)"""
COLOURS = """() => [...document.querySelectorAll("span.word")]
  .map((node) => getComputedStyle(node))
  .map(({ backgroundColor, color }) => [backgroundColor, color])"""


class Lesson:
    """What a teacher does, in the database that the server has."""

    def __init__(self, experiment: Experiment) -> None:
        self.rounds: Rounds = rounds()
        self.code = self.rounds.open_classroom()
        self.experiment = experiment

    def task(self, kind: Kind, text: str = SENTENCE, most: int = 3) -> Task:
        """Return what a round of a kind asks."""
        return reading.task(kind, [self.experiment.explain(text, variant) for variant in TWINS], "en", most)

    def open(self, kind: Kind, text: str = SENTENCE, most: int = 3) -> Round:
        """Open a round."""
        return self.rounds.open_round(self.code, self.task(kind, text, most))

    def teach(self, *classes: str) -> Round:
        """Open a round that collects examples of classes."""
        return self.rounds.open_round(self.code, Task("teach", "tiny-en", TWINS, "en", labels=classes))


@pytest.fixture(scope="module")
def at(address: str) -> str:
    return f"{address}/join"


@pytest.fixture
def lesson(address: str, tiny: Experiment) -> Lesson:
    return Lesson(tiny)


@pytest.fixture
def opened(chromium: Browser, at: str) -> Iterator[Opener]:
    """Return what opens the page on a phone of its own; nothing that was typed has run on any of them."""
    contexts: list[BrowserContext] = []
    pages: list[Page] = []

    def opener(path: str = "", locale: str = "en-US", width: int = 390, first: str = "", scheme: str = "light") -> Page:
        context = chromium.new_context(
            viewport={"width": width, "height": 780},
            locale=locale,
            has_touch=True,
            is_mobile=True,
            color_scheme="dark" if scheme == "dark" else "light",
        )
        context.add_init_script(first)
        page = context.new_page()
        page.set_default_timeout(20_000)
        page.on("pageerror", lambda error: pytest.fail(f"a script failed: {error}"))
        page.on("dialog", lambda dialog: pytest.fail(f"a dialog came: {dialog.message}"))
        page.on("console", lambda told: pytest.fail(told.text) if "Security Policy" in told.text else None)
        page.goto(f"{at}{path}")
        contexts.append(context)
        pages.append(page)
        return page

    yield opener
    for page in pages:
        assert page.evaluate("window.pwned === undefined")
    for context in contexts:
        context.close()


@pytest.fixture
def joined(opened: Opener, lesson: Lesson) -> Opener:
    """Return what opens the page of the lesson's class."""

    def opener(**how: str | int) -> Page:
        page = opened(f"/{lesson.code}", **how)
        expect(page.locator("#round, #wait p").first).to_be_attached()
        return page

    return opener


def word(page: Page, text: str) -> Locator:
    """Return the button of a word."""
    return page.locator("button.word", has_text=re.compile(f"^{re.escape(text)}$"))


def said(page: Page) -> Locator:
    """Return where the page says what became of an answer."""
    return page.locator(".told")


def whole(page: Page) -> None:
    """Hold what is on a phone's screen to axe's rules: nothing is cut, and a finger hits what it is to touch."""
    assert page.evaluate(CUT) == 0
    assert page.evaluate(SMALL, FINGER) == []
    rules = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]
    found = Axe().run(page, None, {"runOnly": rules, "resultTypes": ["violations"]})
    assert not [(one["id"], [node["html"] for node in one["nodes"]]) for one in found.response["violations"]]


def send(page: Page, text: str, label: str) -> None:
    page.locator("#text").fill(text)
    page.get_by_role("button", name=label, exact=True).tap()
    page.locator("#round .main").tap()


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize(
    ("locale", "unknown", "inside"), [("en-US", "no classroom", "You are in."), ("ko-KR", "교실", "들어왔습니다.")]
)
def test_a_code_is_typed_in_any_manner(
    opened: Opener, lesson: Lesson, locale: str, width: int, unknown: str, inside: str
) -> None:
    page = opened(locale=locale, width=width)
    box = page.get_by_role("textbox")
    expect(box).to_be_focused()
    whole(page)
    page.get_by_role("button").tap()
    expect(page.get_by_role("alert")).not_to_be_empty()
    box.fill("zzzzz")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text(unknown)
    expect(box).to_have_value("ZZZZZ")
    whole(page)
    box.fill(f" {lesson.code[:2].lower()} - {lesson.code[2:].lower()} ")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(inside)
    expect(page).to_have_url(re.compile(f"/join/{lesson.code}$"))
    whole(page)
    assert lesson.rounds.joined(lesson.code) == 1


def test_a_code_is_typed_on_a_korean_keyboard(opened: Opener) -> None:
    page = opened(locale="ko-KR")
    page.get_by_role("textbox").fill("ㅏ7ㅡ쎼")  # the keys K 7 M T P, the last two of them as one syllable
    page.keyboard.press("Enter")
    expect(page.get_by_role("textbox")).to_have_value("K7MTP")


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize(
    ("locale", "sent", "closed"), [("en-US", "Sent.", "Closed."), ("ko-KR", "보냈습니다.", "마감되었습니다.")]
)
def test_words_are_marked_sent_changed_and_revealed(
    joined: Opener, lesson: Lesson, locale: str, width: int, sent: str, closed: str
) -> None:
    page = joined(locale=locale, width=width)
    round = lesson.open("mark")
    for text in ("movie", "not", "music"):
        word(page, text).tap()
    word(page, "wonderful").tap()
    expect(page.get_by_role("alert")).to_contain_text("3")
    expect(page.locator("[aria-pressed=true]")).to_have_count(3)
    assert lesson.rounds.counts(round.id).answered == 0
    whole(page)
    page.locator("#round .main").tap()
    expect(said(page)).to_contain_text(sent)
    page.reload()
    expect(said(page)).to_contain_text(sent)
    word(page, "music").tap()
    word(page, "wonderful").tap()
    page.reload()
    expect(word(page, "wonderful")).to_have_attribute("aria-pressed", "true")  # though nobody sent it
    page.locator("#round .main").tap()
    expect(said(page)).to_contain_text(sent)
    lesson.rounds.move(round.id, "closed")
    expect(said(page)).to_contain_text(closed)
    expect(page.locator("#round .main")).to_be_hidden()
    word(page, "music").tap(force=True)
    expect(page.locator("[aria-pressed=true]")).to_have_text(["movie", "not", "wonderful"])
    whole(page)
    lesson.rounds.move(round.id, "revealed")
    expect(page.locator("span.word")).to_have_count(3 * len(round.task.words))
    expect(page.locator(".mine")).to_have_count(3)
    whole(page)
    assert lesson.rounds.results(round.id).marks == ((1, 3, 12),)
    lesson.rounds.move(round.id, "put away")
    expect(page.locator("#wait")).to_be_visible()


def test_what_became_of_an_answer_is_in_sight_of_the_longest_sentence(joined: Opener, lesson: Lesson) -> None:
    lesson.open("mark", f"{SENTENCE} . " * 4)
    page = joined(width=320)
    for text in ("movie", "not", "good", "music"):
        word(page, text).first.tap()
    expect(page.get_by_role("alert")).to_be_in_viewport(ratio=1)
    page.locator("#round .main").tap()
    expect(said(page)).to_contain_text("Sent.")
    expect(said(page)).to_be_in_viewport(ratio=1)
    whole(page)


def test_any_number_of_words_is_marked_by_keyboard(joined: Opener, lesson: Lesson) -> None:
    round = lesson.open("mark", most=0)
    page = joined()
    word(page, "the").first.focus()
    for _each in round.task.words:
        page.keyboard.press("Space")
        page.keyboard.press("Tab")
    expect(page.locator("#round .main")).to_be_focused()
    page.keyboard.press("Enter")
    expect(said(page)).to_contain_text("Sent.")
    assert lesson.rounds.results(round.id).share == (1.0,) * len(round.task.words)
    lesson.rounds.move(round.id, "revealed")  # who is at the keyboard is led to what is new
    expect(page.locator("span.word").first).to_be_visible()
    expect(page.get_by_role("heading", level=1)).to_be_focused()


@pytest.mark.parametrize("scheme", palette.THEMES)
def test_colours_are_those_of_every_heat_map(joined: Opener, lesson: Lesson, scheme: palette.Theme) -> None:
    round = lesson.open("mark")
    for marked in ((0,), (0, 1)):
        lesson.rounds.answer(round.id, f"{marked}".ljust(30, "a").translate(str.maketrans("(), ", "bcde")), marked)
    lesson.rounds.move(round.id, "revealed")
    page = joined(scheme=scheme)
    heard = page.locator("span.word").nth(0)
    expect(heard).to_contain_text("100%")
    levels = palette.class_levels([1.0, 0.5])
    drawn = page.evaluate(COLOURS)
    wanted = [palette.colour(level, "class", scheme) for level in levels]
    for variant in TWINS:
        answer = reading.answer(lesson.experiment.explain(SENTENCE, variant))
        wanted += [palette.colour(one.level, "attention", scheme) for one in answer.words]
    count = len(round.task.words)
    shown = drawn[:2] + drawn[count:]
    assert shown == [[_rgb(shade.background), _rgb(shade.text)] for shade in wanted]


def _rgb(colour: str) -> str:
    return f"rgb({', '.join(str(int(colour[i : i + 2], 16)) for i in (1, 3, 5))})"


@pytest.mark.parametrize(
    ("locale", "positive", "negative"), [("en-US", "positive", "negative"), ("ko-KR", "긍정", "부정")]
)
def test_a_guess_is_one_tap_and_can_be_changed(
    joined: Opener, lesson: Lesson, locale: str, positive: str, negative: str
) -> None:
    round = lesson.open("guess")
    page = joined(locale=locale)
    page.get_by_role("button", name=negative).tap()
    expect(said(page)).to_contain_text(negative)
    page.get_by_role("button", name=positive).tap()
    expect(said(page)).to_contain_text(positive)
    whole(page)
    assert dict(lesson.rounds.results(round.id).choices)["positive"] == 1
    lesson.rounds.move(round.id, "revealed")
    expect(page.locator(".bars dt", has_text=positive).locator(".mine")).to_be_visible()
    whole(page)


@pytest.mark.parametrize("width", WIDTHS)
def test_a_sentence_that_is_to_fool_comes_back_as_heat_maps(joined: Opener, lesson: Lesson, width: int) -> None:
    round = lesson.open("fool")
    page = joined(width=width)
    page.locator("#round .main").tap()
    expect(page.get_by_role("alert")).to_have_text("Write a sentence first.")
    page.locator("#text").fill("such wonderful music")
    page.locator("#round .main").tap()
    expect(page.get_by_role("alert")).to_have_text("Choose an answer first.")
    send(page, "such wonderful music", "negative")
    expect(page.locator(".model")).to_have_count(2)
    expect(page.locator(".fooled")).to_have_count(2)
    expect(said(page)).to_contain_text("frozen: positive")
    whole(page)
    page.locator("#round .main").tap()
    expect(page.get_by_role("alert")).to_have_text("You have sent this one already.")
    expect(said(page)).to_be_empty()
    send(page, "such terrible music", "negative")
    expect(page.locator(".list .panel")).to_have_count(2)
    expect(page.locator(".list .typed").first).to_have_text("such terrible music")
    page.reload()
    expect(page.locator(".list .panel")).to_have_count(2)
    assert [one.text for one in lesson.rounds.sentences(round.id)] == ["such wonderful music", "such terrible music"]
    lesson.rounds.put_up(round.id, lesson.rounds.sentences(round.id)[0].id)
    lesson.rounds.move(round.id, "revealed")
    expect(page.locator("#round .panel")).to_have_count(1)
    whole(page)


def test_examples_are_sent_one_by_one(joined: Opener, lesson: Lesson) -> None:
    lesson.teach("praise", "complaint")
    page = joined(locale="ko-KR")
    for text, label in (("what a film", "praise"), ("a waste of time", "complaint")):
        send(page, text, label)
        expect(page.locator("#text")).to_have_value("")
        expect(page.locator(".list .panel").first).to_contain_text(text)
    whole(page)


def test_too_long_a_sentence_is_said_and_stays(joined: Opener, lesson: Lesson) -> None:
    round = lesson.open("fool")
    page = joined()
    send(page, "long " * 2_000, "negative")
    expect(page.get_by_role("alert")).to_contain_text("300")
    assert page.locator("#text").input_value() == "long " * 2_000
    assert lesson.rounds.counts(round.id).sentences == 0


def test_an_answer_without_a_network_is_kept_and_goes_out_by_itself(joined: Opener, lesson: Lesson) -> None:
    round = lesson.open("mark")
    page = joined()
    word(page, "not").tap()
    page.route("**/answer*", lambda route: route.abort())
    page.locator("#round .main").tap()
    expect(said(page)).to_contain_text("Not sent yet")
    page.reload()
    expect(said(page)).to_contain_text("Not sent yet")
    expect(word(page, "not")).to_have_attribute("aria-pressed", "true")
    assert lesson.rounds.counts(round.id).answered == 0
    page.unroute("**/answer*")
    expect(said(page)).to_contain_text("Sent.")
    page.context.set_offline(True)
    expect(page.locator("#line")).not_to_be_empty()
    word(page, "music").tap()
    page.locator("#round .main").tap()
    expect(said(page)).to_contain_text("Not sent yet")
    whole(page)
    page.context.set_offline(False)
    expect(said(page)).to_contain_text("Sent.")
    expect(page.locator("#line")).to_be_empty()
    assert lesson.rounds.results(round.id).marks == ((3, 10),)


@pytest.mark.parametrize("kind", ["mark", "fool"])
def test_what_was_taken_but_not_acknowledged_counts_once(joined: Opener, lesson: Lesson, kind: Kind) -> None:
    round = lesson.open(kind)
    page = joined()
    swallowed: list[Response | None] = []

    def swallow(route: Route) -> None:
        if swallowed:
            return route.continue_()
        swallowed.append(None)
        route.fetch()  # the server has it, and nobody here learns of it
        return route.abort()

    page.route(re.compile("/(answer|sentence)[?]"), swallow)
    if kind == "mark":
        word(page, "not").tap()
        page.locator("#round .main").tap()
    else:
        send(page, "such a movie", "negative")
    expect(said(page)).to_contain_text("Sent.")
    assert swallowed
    counts = lesson.rounds.counts(round.id)
    assert (counts.answered, counts.sentences) == (1, int(kind == "fool"))


@pytest.mark.parametrize("to", ["closed", "revealed", "put away"])
def test_what_comes_too_late_is_said_and_stays(joined: Opener, lesson: Lesson, to: State) -> None:
    round = lesson.teach("a", "b") if to == "put away" else lesson.open("fool")
    page = joined()
    label = round.task.labels[0]
    expect(page.locator("#text")).to_be_visible()
    page.route("**/state*", lambda route: route.abort())
    page.route("**/events*", lambda route: route.abort())
    page.locator("#text").fill("what a film")
    page.get_by_role("button", name=label, exact=True).tap()
    lesson.rounds.move(round.id, to)
    page.locator("#round .main").tap()
    expect(page.get_by_role("alert")).not_to_be_empty()
    expect(page.locator("#text")).to_have_value("what a film")
    page.unroute("**/state*")
    if to == "closed":
        expect(page.locator("#text")).not_to_be_editable()
        lesson.rounds.move(round.id, "open")
        expect(page.locator("#text")).to_be_editable()
        page.locator("#round .main").tap()
        expect(said(page)).to_contain_text("Sent.")
    else:
        expect(page.locator("#back")).to_contain_text("what a film")
        expect(page.get_by_role("alert")).not_to_be_empty()
        whole(page)
        page.reload()
        page.locator("#back button").tap()
        expect(page.locator("#back")).to_be_hidden()
    assert lesson.rounds.counts(round.id).sentences == int(to == "closed")


def test_an_answer_of_an_earlier_round_is_said_to_be_late_and_the_next_is_taken(joined: Opener, lesson: Lesson) -> None:
    first = lesson.open("guess")
    page = joined()
    page.context.set_offline(True)
    page.get_by_role("button", name="positive").tap()
    expect(said(page)).to_contain_text("Not sent yet")
    second = lesson.open("mark")
    page.context.set_offline(False)
    expect(page.get_by_role("alert")).to_contain_text("too late")
    word(page, "not").tap()
    expect(page.get_by_role("alert")).to_be_empty()
    page.locator("#round .main").tap()
    expect(said(page)).to_contain_text("Sent.")
    assert (lesson.rounds.counts(first.id).answered, lesson.rounds.counts(second.id).answered) == (0, 1)


@pytest.mark.parametrize(
    ("locale", "counts", "lost"),
    [("en-US", "your last answer", "does not count"), ("ko-KR", "마지막 답이 반영됩니다", "반영되지 않습니다")],
)
@pytest.mark.parametrize("before", [True, False])
def test_an_answer_that_comes_after_the_reveal_is_called_lost(
    joined: Opener, lesson: Lesson, locale: str, counts: str, lost: str, before: bool
) -> None:
    round = lesson.open("mark")
    page = joined(locale=locale)
    send_word = page.locator("#round .main")
    first = send_word.text_content()
    if before:
        word(page, "not").tap()
        send_word.tap()
        expect(send_word).not_to_have_text(first or "")
    page.context.set_offline(True)
    expect(page.locator("#line")).not_to_be_empty()
    word(page, "music").tap()
    send_word.tap()
    if not before:
        expect(send_word).to_have_text(first or "")  # nothing was sent that could be changed
    lesson.rounds.move(round.id, "revealed")
    page.context.set_offline(False)
    expect(page.get_by_role("alert")).to_contain_text(counts if before else lost)
    expect(page.locator("span.word").first).to_be_visible()
    whole(page)
    assert lesson.rounds.counts(round.id).answered == int(before)


@pytest.mark.parametrize("to", ["closed", "revealed"])
@pytest.mark.parametrize("locale", ["en-US", "ko-KR"])
def test_marks_that_were_not_sent_are_said_to_be_lost(joined: Opener, lesson: Lesson, locale: str, to: State) -> None:
    said_so = {"en-US": "was not sent", "ko-KR": "보내지 않았습니다"}[locale]
    round = lesson.open("mark")
    page = joined(locale=locale)
    word(page, "not").tap()
    page.locator("#round .main").tap()
    expect(page.locator("#round .main")).to_have_attribute("aria-disabled", "true")
    word(page, "music").tap()
    lesson.rounds.move(round.id, to)
    expect(said(page).first).to_contain_text(said_so)
    whole(page)
    if to == "closed":
        lesson.rounds.move(round.id, "open")
        expect(word(page, "music")).to_have_attribute("aria-pressed", "true")
        page.locator("#round .main").tap()
        expect(page.locator("#round .main")).to_have_attribute("aria-disabled", "true")
        lesson.rounds.move(round.id, "closed")
        expect(page.locator("#round .main")).to_be_hidden()
        expect(said(page)).not_to_contain_text(said_so)


def test_two_tabs_of_a_device_show_the_same_answer(joined: Opener, lesson: Lesson) -> None:
    lesson.open("guess")
    first = joined()
    first.get_by_role("button", name="negative").tap()
    expect(said(first)).to_contain_text("Sent: negative")
    second = first.context.new_page()
    second.goto(first.url)
    first.route("**/events*", lambda route: route.abort())
    second.get_by_role("button", name="positive").tap()
    expect(said(second)).to_contain_text("Sent: positive")
    expect(said(first)).to_contain_text("Sent: positive")
    expect(first.locator("[aria-pressed=true]")).to_have_text("positive")


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("locale", ["en-US", "ko-KR"])
def test_a_lesson_that_ended_says_so_and_another_is_one_code_away(
    joined: Opener, lesson: Lesson, locale: str, width: int
) -> None:
    ended = {"en-US": "The lesson has ended.", "ko-KR": "수업이 끝났습니다."}[locale]
    lesson.open("mark")
    page = joined(locale=locale, width=width)
    expect(word(page, "not")).to_be_visible()
    lesson.rounds.end_classroom(lesson.code)
    heading = page.get_by_role("heading", level=1)
    expect(heading).to_have_text(ended)
    page.reload()
    expect(heading).to_have_text(ended)
    expect(page.locator("#code")).to_have_value("")
    whole(page)
    lesson.rounds.open_round(lesson.code, lesson.task("guess"))  # the teacher goes on with it
    expect(page.locator(".choice").first).to_be_visible()
    expect(page.locator("#code")).to_be_hidden()
    lesson.rounds.end_classroom(lesson.code)
    other = lesson.rounds.open_classroom()
    lesson.rounds.open_round(other, lesson.task("mark"))
    page.locator("#code").fill(other.lower())
    page.locator("#enter button").tap()
    expect(page).to_have_url(re.compile(f"/join/{other}$"))
    expect(word(page, "not")).to_be_visible()


def test_back_leads_to_no_code_that_was_mistyped(opened: Opener, lesson: Lesson) -> None:
    page = opened()
    for code in ("zzzzz", "yyyyy", lesson.code):
        page.locator("#code").fill(code)
        page.keyboard.press("Enter")
        expect(page).to_have_url(re.compile(f"/join/{code.upper()}$"))
        expect(page.locator("#wait" if code == lesson.code else "#wrong")).not_to_be_empty()
    page.go_back()
    expect(page).to_have_url(re.compile("/join$"))
    expect(page.locator("#wrong")).to_be_empty()


def test_what_turns_the_direction_of_a_text_is_seen(joined: Opener, lesson: Lesson) -> None:
    round = lesson.teach("\u202eone", "two")
    page = joined()
    expect(page.locator(".choice").first).to_have_text("\ufffdone")
    send(page, "\u202eabc", "two")
    expect(page.locator(".list .typed")).to_have_text("\ufffdabc")
    assert [one.text for one in lesson.rounds.sentences(round.id)] == ["\u202eabc"]
    lesson.rounds.look(lesson.rounds.sentences(round.id)[0].id, True)
    lesson.rounds.move(round.id, "revealed")
    expect(page.locator("#round .typed")).to_have_text("\ufffdabc")


def test_a_network_that_lets_no_events_through_is_asked(joined: Opener, lesson: Lesson) -> None:
    page = joined()
    page.context.route("**/events*", lambda route: route.abort())
    page.reload()
    lesson.open("guess")
    expect(page.get_by_role("button", name="positive")).to_be_visible()


def test_a_browser_that_keeps_nothing_still_counts_once(joined: Opener, lesson: Lesson) -> None:
    round = lesson.open("guess")
    page = joined(first=STORE_SHUT)
    for choice in ("negative", "positive"):
        page.get_by_role("button", name=choice).tap()
        expect(said(page)).to_contain_text(f"Sent: {choice}")
        page.reload()
        expect(said(page)).to_contain_text(f"Sent: {choice}")
    assert lesson.rounds.counts(round.id).joined == lesson.rounds.counts(round.id).answered == 1


def test_nothing_that_is_typed_runs(joined: Opener, lesson: Lesson) -> None:
    lesson.open("mark", f"{RUNS} {'endless' * 20}")
    page = joined(width=320)
    expect(page.locator("button.word").first).to_be_visible()
    whole(page)
    round = lesson.teach(RUNS_SHORT, "other")
    send(page, RUNS, RUNS_SHORT)
    expect(said(page)).to_contain_text("Sent.")
    expect(page.locator(".list .panel")).to_contain_text(RUNS)
    whole(page)
    lesson.rounds.look(lesson.rounds.sentences(round.id)[0].id, True)
    lesson.rounds.move(round.id, "revealed")
    expect(page.locator("#round .panel")).to_contain_text(RUNS)
    expect(page.locator("img, svg")).to_have_count(0)


def test_words_run_right_to_left(joined: Opener, lesson: Lesson) -> None:
    lesson.open("mark", "هذا فيلم جميل")
    page = joined(width=320)
    first, last = (page.locator("button.word").nth(n).bounding_box() for n in (0, -1))
    assert first and last and first["x"] > last["x"]
    whole(page)


def test_a_class_that_was_deleted_is_said(joined: Opener, lesson: Lesson) -> None:
    page = joined()
    lesson.rounds.delete_classroom(lesson.code)
    expect(page.get_by_role("alert")).to_contain_text(lesson.code)


@pytest.mark.parametrize("locale", ["en-US", "ko-KR"])
def test_all_that_comes_before_the_first_answer_is_small(
    chromium: Browser, at: str, lesson: Lesson, locale: str
) -> None:
    lesson.open("mark")
    context = chromium.new_context(locale=locale)
    page, came = context.new_page(), list[Response]()
    page.on("response", lambda one: came.append(one) if "/events" not in one.url else None)
    page.goto(f"{at}/{lesson.code}")
    expect(word(page, "not")).to_be_visible()
    weight = {one.url: len(one.body()) for one in came}
    assert len(weight) == 4 and sum(weight.values()) <= HEAVIEST, weight
    context.close()


@pytest.mark.parametrize("scheme", palette.THEMES)
@pytest.mark.parametrize("locale", ["en-US", "ko-KR"])
def test_every_screen_can_be_read_in_both_themes(joined: Opener, lesson: Lesson, locale: str, scheme: str) -> None:
    page = joined(locale=locale, scheme=scheme, width=320)
    for kind in ("mark", "guess", "fool"):
        round = lesson.open(kind)
        expect(page.locator(".kicker")).to_contain_text(str(round.number))
        whole(page)
        lesson.rounds.move(round.id, "revealed")
        expect(page.locator("#round .main, .choice")).to_have_count(0)
        whole(page)
