"""A model from elsewhere on the Train page: its files, its labels and how it reads become an experiment."""

from __future__ import annotations

import tempfile
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Any

import streamlit as st

from attnviz.errors import AttnvizError
from attnviz.model.about import MOST_POSITIONS
from attnviz.model.names import available_name
from attnviz.training import jobs
from attnviz.ui import owner, session
from attnviz.ui.cache import experiments, models_folder
from attnviz.ui.i18n import translated
from attnviz.ui.markdown import say
from attnviz.ui.pages.train.runs import models
from attnviz.ui.session import _

if TYPE_CHECKING:
    from streamlit.runtime.uploaded_file_manager import UploadedFile

_STATES, _WORDS = ["pt", "pth", "bin", "safetensors"], ["txt", "json", "tsv"]


def adoption_form() -> None:
    """Draw the form for a model that was trained elsewhere, and a button that imports it."""
    session.show_notices("adoption")
    st.caption(
        _(
            "A model of the course's class (embedding, lstm, attention, fc) that you trained in a notebook: save "
            "model.state_dict() with torch.save, and the vocabulary as JSON or lines. It answers here as it does "
            "there. The files are only read, nothing in them is run."
        )
    )
    turn = len(_adopted())  # empty boxes again after each
    left, right = st.columns(2)
    model = left.file_uploader(_("The model's file"), type=_STATES, key=f"adopt_model_{turn}")
    words = right.file_uploader(_("Its vocabulary"), type=_WORDS, key=f"adopt_words_{turn}")
    second = left.file_uploader(
        _("Its fine-tuned twin, if there is one: the first is then the frozen one"),
        type=_STATES,
        key=f"adopt_second_{turn}",
    )
    labels = right.text_input(_("Its classes, in the order of fc, with commas between"), key="adopt_labels")
    options = _options(right)
    if model is None or words is None:
        return
    typed = st.text_input(_("Name"), PurePath(model.name).stem, key=f"adopt_name_{model.file_id}", width=380)
    taken = {*experiments.names(), *(job.name for job in jobs.jobs(models()))}
    name = available_name(typed, taken, PurePath(model.name).stem)
    told = _("The experiment will be called “{name}”.").format(name=name.name)
    say(" ".join([told, *(translated(reason, _) for reason in name.reasons)]))
    st.button(
        _("Import the model"),
        icon=":material/upload:",
        key="adopt",
        disabled=not labels.strip(),
        on_click=_adopt,
        args=(model, words, second, name.name, options),
    )


def _options(place: Any) -> dict[str, Any]:
    """Draw how the model reads, and return it as the fields of `Reads` and `vectors`."""
    automatic = _("what fits the vocabulary")
    cuts = {
        "": automatic,
        "spaces": _("at blanks"),
        "letters": _("letters and digits"),
        "words": _("words and marks"),
    }
    cases = {"": automatic, "lower": _("in lower case"), "written": _("as written")}
    lenders = {"": _("none: unknown words are <unk>"), **{name: name for name in experiments.names()}}

    def choice(label: str, names: dict[str, str], key: str) -> str:
        return str(st.selectbox(label, list(names), format_func=names.__getitem__, key=key))

    with place.popover(_("How it reads"), icon=":material/tune:", key="adopt_options"):
        length = st.number_input(
            _("Tokens of a text, and what it is filled up to"), 1, MOST_POSITIONS, 200, key="adopt_length"
        )
        masked = st.toggle(_("It was trained with a mask: padding takes no part"), key="adopt_masked")
        cut = choice(_("Texts are cut"), cuts, "adopt_cut")
        case = choice(_("Words are read"), cases, "adopt_case")
        lender = choice(_("Vectors that it started from"), lenders, "adopt_vectors")
    return {
        "max_len": int(length),
        "masked": masked,
        "cut": cut or None,
        "lower": None if not case else case == "lower",
        "vectors": lender or None,
    }


def _adopted() -> list[str]:
    return session.kept("adopted", list)


def _adopt(
    model: UploadedFile,
    words: UploadedFile,
    second: UploadedFile | None,
    name: str,
    options: dict[str, Any],
) -> None:
    """Import a model; how it went is said on the next run."""
    from attnviz.model.adoption.adopt import Reads, adoption
    from attnviz.model.folder import add

    labels = str(st.session_state.get("adopt_labels", ""))  # what the box says now: it may be quicker than the last run
    reads = Reads(**{key: value for key, value in options.items() if key != "vectors"})
    try:
        owner.require()
        with tempfile.TemporaryDirectory() as scratch:
            files = [_laid_out(Path(scratch, str(at)), one) for at, one in enumerate((model, words, second)) if one]
            made = adoption(
                files[0],
                files[1],
                [label.strip() for label in labels.split(",")],
                name=name,
                fine_tuned=files[2] if second else None,
                vectors=options["vectors"],
                reads=reads,
            )
        add(models(), made.experiment)
    except (AttnvizError, OSError) as error:
        told = translated(error, _) if isinstance(error, AttnvizError) else str(error)
        session.notify("adoption", told, "error")
        return
    finally:
        models_folder.forget()
    session.notify("adoption", _("“{name}” is there.").format(name=name))
    for remark in made.remarks:
        session.notify("adoption", translated(remark, _), "warning")
    _adopted().append(name)


def _laid_out(folder: Path, file: UploadedFile) -> Path:
    """Write an uploaded file into a folder of its own, under its name, which errors say."""
    folder.mkdir()
    path = folder / (PurePath(file.name.replace("\\", "/").replace("\0", "")).name or "file")
    path.write_bytes(file.getvalue())
    return path
