"""An experiment -> its model card, the README.md beside it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from attnviz.model.about import to_json
from attnviz.model.experiment import Experiment
from attnviz.model.remarks import remarks

_LANGUAGES = {"en": "English", "ko": "Korean"}


def card(experiment: Experiment) -> str:
    """Return the card in Markdown: what it is, data and licence, how it was made, what it reached."""
    from huggingface_hub import ModelCard, ModelCardData  # imported where it is used: a run's last second

    about = experiment.about
    vectors = {key: value for key, value in to_json(about.vectors).items() if key != "from"}
    body: str = ModelCard.from_template(
        ModelCardData(),
        template_path=str(Path(__file__).with_suffix(".md.j2")),
        name=experiment.name,
        about=about,
        language=_LANGUAGES.get(about.language, about.language),
        words=len(experiment.vocabulary.words),
        figures=experiment.figures,
        belief=experiment.belief_figures,
        remarks=[remark.text for remark in remarks(experiment.standings, after_training=True)],
        vectors=_listed(vectors),
        behaviour=experiment.behaviour,
        training=_listed(to_json(about.training)),
    ).text  # without the metadata, which is empty: no hub reads it
    return body


def _listed(values: dict[str, Any]) -> str:
    return ", ".join(f"{key} {value}" for key, value in values.items())
