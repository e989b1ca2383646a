"""The form of the Train page: rows, vectors, settings, sentences to watch, a name, and Start."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path
from typing import Literal, cast

import streamlit as st

from attnviz.data import preview
from attnviz.data.preview import Preview
from attnviz.data.registry import SOURCES, Packaged
from attnviz.errors import AttnvizError
from attnviz.model.archive import SHIPPED
from attnviz.model.experiment import folder_of
from attnviz.model.names import available_name
from attnviz.model.variants import TRANSFORMER, TWINS
from attnviz.morphemes import TextUnits
from attnviz.text import Vocabulary, words
from attnviz.training import jobs, morphemes
from attnviz.training.config import OFFERED, VARIANTS, TrainingConfig
from attnviz.training.estimate import Estimate
from attnviz.training.job_spec import JobSpec
from attnviz.ui import owner, session
from attnviz.ui.cache import experiments, word_vectors
from attnviz.ui.cache.per_experiment import per_experiment
from attnviz.ui.choices import dropdown, segments
from attnviz.ui.examples import examples
from attnviz.ui.i18n import language_name, translated
from attnviz.ui.markdown import say
from attnviz.ui.pages.train.runs import attempt, duration, models
from attnviz.ui.pages.train.upload import upload
from attnviz.ui.session import _
from attnviz.ui.views import TrainView, restricted

_DATA = ("file", *(name for name, source in SOURCES.items() if source.trainable))
_LANGUAGES = ("en", "ko", "de", "es", "fr", "it", "ja", "nl", "pl", "pt", "ru", "tr", "vi", "zh")
_MOST_WATCHED, _LONGEST_WATCHED = 6, 300
_ROOM = 150_000_000  # bytes that a run needs at most, beside what .bin files ask for


def training_form(shown: TrainView) -> TrainView:
    """Draw the form and return the view with everything set back that is not there."""
    shown = validated(shown)
    segments(_("Rows to learn from"), {**{name: name for name in _DATA}, "file": _("Your own file")}, shown, "rows")
    rows = upload() if shown.rows == "file" else None
    if rows is None and shown.rows == "file":
        return shown
    seen = rows.seen if rows else _named(shown.rows)
    lender = _pretrained(shown, seen)
    shown = settings(shown, seen)
    probes, trouble = _probes(shown, seen)
    taken = {*experiments.names(), *(job.name for job in jobs.jobs(models()))}
    file = rows.file.name if rows else ""
    st.text_input(
        _("Name"),
        placeholder=available_name("", taken, Path(file).stem or shown.rows).name,
        width=380,
        **session.widget_args(shown, "name"),
    )
    name = available_name(shown.name, taken, Path(file).stem or shown.rows)
    label = _("The experiment will be called “{name}”.").format(name=name.name)
    say(" ".join([label, *(translated(reason, _) for reason in name.reasons)]))
    spec = JobSpec(
        name=name.name,
        config=TrainingConfig(
            variants=shown.variants,
            language=shown.language or seen.language,
            units=_units(shown, seen),
            scorer=cast(Literal["linear", "additive"], shown.scorer),
            probes=probes,
            **{setting: getattr(shown, setting) for setting in OFFERED},
        ),
        data="" if rows else shown.rows,
        file=file,
        text_column=seen.text_column,
        label_column=seen.label_column,
        label_map=rows.label_map if rows else (),
        pretrained=lender if lender in experiments.names() else "",
        suited=lender == "auto",
        vectors_file=lender if lender in word_vectors.files() else "",
        labels=tuple(label for label, _count in seen.classes),
    )
    problems = [*seen.problems, *trouble, *_room()]
    for problem in problems if rows is None else [*trouble, *_room()]:
        say(translated(problem, _), st.error)
    data = rows.file.data if rows else None
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            _("Start"),
            type="primary",
            icon=":material/play_arrow:",
            disabled=bool(problems),
            on_click=start,
            args=(spec, data),
            key="start",
        )
        _estimate(spec, data, bool(problems))
    return shown


def start(spec: JobSpec, rows: bytes | None) -> None:
    """Put a run in line; the next one gets a name of its own."""
    attempt(jobs.submit, models(), spec, rows)
    session.update_view(TrainView, name="")
    session.set_widget("form", session.noticed("runs"))


def validated(shown: TrainView) -> TrainView:
    """Return the view with every setting within its limits."""
    inside = {
        name: value if value is not None and low <= value <= high else getattr(TrainView, name)
        for name, (low, high) in OFFERED.items()
        for value in [getattr(shown, name)]
    }
    variants = tuple(variant for variant in VARIANTS if variant in shown.variants) or TrainView.variants
    if shown.scorer == "additive":  # what has that scorer in its name would be the same twice
        variants = tuple(variant for variant in variants if not variant.endswith("-additive")) or TrainView.variants
    if TRANSFORMER in variants and TWINS[1] not in variants:  # whose word vectors it reads
        variants = tuple(variant for variant in VARIANTS if variant in (*variants, TWINS[1]))
    shown = replace(shown, **inside, variants=variants)
    return restricted(
        shown, rows=_DATA, scorer=("linear", "additive"), language=_LANGUAGES, units=("words", "morphemes")
    )


def _units(shown: TrainView, seen: Preview) -> TextUnits:
    """Return what is to be read: morphemes of Korean only, and where kiwipiepy can find them."""
    able = (shown.language or seen.language) == "ko" and morphemes.installed()
    return "morphemes" if able and shown.units == "morphemes" else "words"


def _named(name: str) -> Preview:
    """Say what a data set known by name is, without opening it."""
    source = SOURCES[name]
    say(f"{source.about}. " + _("Licence: {licence}").format(licence=source.licence))
    if not isinstance(source.file, Packaged):
        say(_("Its files are downloaded when the run begins, unless they are there already."))
    labels = tuple((label, 0) for label in source.classes.values())
    return Preview(classes=labels, language=source.language)


def _pretrained(shown: TrainView, seen: Preview) -> str:
    """Draw the choice of vectors and return it; "" trains them."""
    share = {name: _coverage(name, seen.common) for name in experiments.names()}
    units = _units(shown, seen)
    about = {name: experiments.described(name)[0] for name, value in share.items() if value is not None}
    known = {name: share[name] for name, its in about.items() if its.units == units}
    language = shown.language or seen.language
    able = [name for name in SHIPPED & known.keys() if about[name].language == language]
    names = {"train": _("FastText, trained now on these rows")}
    if able:
        names = {"auto": _("What suits the rows best, found out at the start")} | names
    for name, value in known.items():
        told = seen.common and units == "words"  # which are what is counted
        template = _("{name}'s: knows {share} of the words") if told else _("{name}'s")
        names[name] = template.format(name=name, share=f"{value:.0%}")
    names |= {file: file for file in word_vectors.files()}
    chosen = shown.lender if shown.lender in names else next(iter(names))
    dropdown(_("Word vectors"), names, replace(shown, lender=chosen), "lender", width=520)
    return chosen


@per_experiment(64)
def _coverage(name: str, common: tuple[tuple[str, int], ...]) -> float | None:
    """Return the share of the words that an experiment knows; None if it cannot be opened."""
    try:
        experiments.described(name)
        vocabulary = Vocabulary.load(folder_of(name) / "vocabulary.txt")
    except AttnvizError:
        return None
    return preview.coverage(common, vocabulary.__contains__)


def settings(shown: TrainView, seen: Preview) -> TrainView:
    """Draw the settings: those that matter in a row, the rest folded away."""
    titles = {
        "epochs": (_("Epochs"), 1, None),
        "hidden_dim": (_("Hidden size (numbers)"), 8, None),
        "vocab_size": (_("Vocabulary (words)"), 500, None),
        "learning_rate": (_("Learning rate"), 0.0005, "%.4f"),
        "dropout": (_("Dropout (share)"), 0.1, "%.1f"),
        "seed": (_("Seed"), 1, None),
    }
    with st.container(horizontal=True, vertical_alignment="bottom", key="settings"):
        for name, (title, step, form) in titles.items():
            low, high = OFFERED[name]
            given = session.widget_args(shown, name)
            if name == "epochs":
                hint = _("How often the rows are read. Left empty, their number says it: few rows are read more often.")
                auto = _suited(seen)
                st.number_input(title, low, high, value=None, placeholder=auto, help=hint, step=1, width=160, **given)
            else:
                st.number_input(title, low, high, step=step, format=form, width=140, **given)
        segments(_("Scorer"), {"linear": _("linear"), "additive": _("additive")}, shown, "scorer")
    st.caption(
        _("An empty box takes what suits the rows: what it says in grey, at “auto” what their number calls for.")
    )
    with st.expander(_("More settings")):
        offered = [one for one in VARIANTS if shown.scorer == "linear" or not one.endswith("-additive")]
        segments(_("Classifiers to train"), {one: _(one) for one in offered}, shown, "variants", several=True)
        st.caption(
            _(
                "The transformer has self-attention in the LSTM's place. It reads the word vectors that fine-tuned "
                "learned."
            )
        )
        languages = {code: language_name(code, session.language()) for code in _LANGUAGES}
        spoken = replace(shown, language=shown.language or seen.language)
        dropdown(_("Language of the texts"), languages, spoken, "language", width=260)
        if (shown.language or seen.language) == "ko" and morphemes.installed():
            units = {"words": _("whole words"), "morphemes": _("morphemes")}
            hint = _(
                "Korean words carry particles and endings. kiwipiepy finds the morphemes in the rows, and from then on "
                "words are cut into those that it counted."
            )
            segments(_("What is read of Korean"), units, shown, "units")
            st.caption(hint)
        low, high = OFFERED["embedding_learning_rate"]
        st.number_input(
            _("Embedding rate"),
            low,
            high,
            value=None,
            placeholder=_("empty: {count}").format(
                count=f"{TrainingConfig(learning_rate=shown.learning_rate).embedding_rate:g}"
            ),
            step=0.0005,
            format="%.4f",
            help=_(
                "How far a step moves the word vectors of the fine-tuned one. Left empty, the learning rate says it. "
                "More of it parts opposites that FastText put side by side; too much, and words leave what they mean."
            ),
            width=260,
            **session.widget_args(shown, "embedding_learning_rate"),
        )
        low, high = OFFERED["language_model_epochs"]
        st.number_input(
            _("Epochs of a language model first"),
            low,
            high,
            help=_(
                "So often the LSTM reads the texts beforehand, to guess the next word from either side. "
                "It takes time, and where rows are few the classifiers gain by it."
            ),
            width=260,
            **session.widget_args(shown, "language_model_epochs"),
        )
    return shown


def _suited(seen: Preview) -> str:
    """Return the number of epochs that suits the rows, or that it will be found."""
    count = dict(seen.splits).get("train", 0)
    if not count:
        return _("auto")
    return _("empty: {count}").format(count=TrainingConfig().for_rows(count).epochs)


def _probes(shown: TrainView, seen: Preview) -> tuple[tuple[str, ...], list[AttnvizError]]:
    """Draw the box for the sentences to watch, and return them with what is wrong with them."""
    labels = {label for label, _count in seen.classes}
    ours = [one.text for one in examples(seen.language, labels)[:4] if len(one.text) <= 100][:3]
    if seen.rows and seen.text_column and not labels <= {"negative", "positive", "부정", "긍정"}:
        place = seen.columns.index(seen.text_column)
        ours = [_first_words(row[place].split("\n")[0]) for row in seen.rows[:2]]
    text = "\n".join(ours) if shown.probes is None else shown.probes
    st.text_area(
        _("Sentences to watch while it learns, one a line"),
        height=110,
        **session.widget_args(replace(shown, probes=text), "probes"),
    )
    lines = tuple(dict.fromkeys(line.strip() for line in text.splitlines() if words(line)))
    trouble = []
    if len(lines) > _MOST_WATCHED:
        trouble.append(
            AttnvizError(
                "{count} sentences are too many to watch: keep {limit}.", count=len(lines), limit=_MOST_WATCHED
            )
        )
    if any(len(line) > _LONGEST_WATCHED for line in lines):
        trouble.append(AttnvizError("A sentence to watch has at most {limit} characters.", limit=_LONGEST_WATCHED))
    return lines, trouble


def _first_words(line: str, most: int = 100) -> str:
    """Return as much of a line as has room, and no half of a word."""
    if len(line) <= most:
        return line
    return line[: most + 1].rpartition(" ")[0] or line[:most]


def _room() -> list[AttnvizError]:
    import shutil

    folder = next((path for path in (models(), *models().parents) if path.exists()), Path("/"))
    free = shutil.disk_usage(folder).free
    if free >= _ROOM:
        return []
    return [
        AttnvizError(
            "Only {free} MB are free on the disk, and a run may need {room}: make room first.",
            free=free // 1_000_000,
            room=_ROOM // 1_000_000,
        )
    ]


def _estimate(spec: JobSpec, rows: bytes | None, disabled: bool) -> None:
    """Draw how long it would take: measured when asked for, and counted up for other numbers of epochs."""
    digest = hashlib.sha256(rows or b"").hexdigest()
    epochs = None if spec.config.epochs is None else 1
    # whatever these are, it takes as long
    same = replace(
        spec.config, epochs=epochs, probes=(), seed=0, learning_rate=0.001, dropout=0.5, embedding_learning_rate=None
    )
    asked = (digest, replace(spec, name="", config=same))
    estimates: dict[tuple[str, JobSpec], Estimate] = session.kept("estimates", dict)
    if st.button(_("How long will it take?"), icon=":material/timer:", key="estimate", disabled=disabled):
        with st.spinner(_("Measuring a few steps …")):
            try:
                owner.require()
                estimates[asked] = jobs.estimate_duration(models(), spec, rows)
            except AttnvizError as error:
                say(translated(error, _), st.error)
    if found := estimates.get(asked):
        template = (
            _("About {total}: vectors {vectors}, language model {reading}, epochs {epochs} × {epoch}.")
            if spec.config.language_model_epochs
            else _("About {total}: vectors {vectors}, epochs {epochs} × {epoch}.")
        )
        found = replace(found, epochs=spec.config.epochs or found.epochs)
        told = template.format(
            total=duration(found.total),
            vectors=duration(found.vectors),
            reading=duration(found.language_model),
            epochs=found.epochs,
            epoch=duration(found.epoch),
        )
        say(told)
