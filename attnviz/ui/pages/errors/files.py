"""The list of the Errors page as files to take away: a table of it, and a report on a few sentences of it."""

from __future__ import annotations

import numpy as np
import streamlit as st

from attnviz.analysis.evaluation.error_list import table
from attnviz.analysis.evaluation.report import MOST, report
from attnviz.data.csv_export import csv
from attnviz.model.experiment import Experiment
from attnviz.ui import session
from attnviz.ui.downloads import save
from attnviz.ui.pages.errors import nearest
from attnviz.ui.pages.errors.against import beside
from attnviz.ui.pages.errors.results import Pair, Results
from attnviz.ui.session import _
from attnviz.ui.views import ErrorsView


def take(
    shown: ErrorsView, experiment: Experiment, results: Results, found: np.ndarray, pair: Pair | None = None
) -> None:
    """Offer the list as CSV and the marked sentences as a report."""
    predictions = results.predictions
    places_of = map(predictions.origin.place, shown.marked)
    marked = [row for row in places_of if 0 <= row < len(predictions)]
    reported = marked or found[:20].tolist()
    variants = predictions.twins_and(shown.judged)
    evaluation = results.evaluation if predictions.truth is not None else None
    translate = session.translation()
    near = nearest.learned(experiment) if shown.near else None
    among_listed = None if marked else len(found)  # a filter may have gone by since they were marked
    with st.container(horizontal=True, key="take_errors"):
        label = _("The sentences listed ({count}) with their weights: CSV").format(count=f"{len(found):,}")
        save(
            "CSV",
            lambda: csv(table(predictions, results.wordings, found, pair.paired if pair else None)),
            "text/csv",
            label,
            "attnviz-errors",
        )
        if marked:
            label = _("The {count} marked: HTML report").format(count=f"{min(len(marked), MOST):,}")
        else:
            label = _("The first {count}: HTML report").format(count=f"{len(reported):,}")
        save(
            "HTML",
            lambda: report(
                experiment,
                predictions,
                reported,
                variants,
                evaluation,
                shown.shade,
                translate,
                near,
                listed=among_listed,
                beside=beside(pair),
            ),
            "text/html",
            label,
            "attnviz-errors",
        )
