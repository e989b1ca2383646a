"""The numbers behind the picture of a word: a table of its n-grams, and that as a file."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import streamlit as st

from attnviz.analysis.subwords import Dissection
from attnviz.data.csv_export import csv
from attnviz.heatmap.display import visible
from attnviz.ui import session
from attnviz.ui.downloads import save
from attnviz.ui.session import _
from attnviz.ui.views import SubwordsView

if TYPE_CHECKING:
    import pandas as pd


def ngrams(shown: SubwordsView, words: Sequence[Dissection]) -> None:
    """Draw an expander that makes what it holds only when it is open."""
    label = _("Numbers to look at and to take away: every n-gram, CSV")
    with st.expander(label, icon=":material/table:", **session.widget_args(shown, "ngrams")) as expander:
        if not expander.open:
            return
        rows = table(words)
        save("CSV", lambda: csv(rows), "text/csv")
        heads = {
            "word": _("word"),
            "part": _("n-gram, or the word for its own row"),
            "start": _("from"),
            "length": _("length of its vector"),
            "cosine": _("cosine with the vector"),
            "share": _("share"),
            "shared": _("in both words"),
        }
        st.dataframe(rows, hide_index=True, width="stretch", column_config=heads)


def table(words: Sequence[Dissection]) -> pd.DataFrame:
    """Return one row a part of each word's vector, with lengths and shares to 4 places."""
    import pandas as pd

    both = set.intersection(*({part.text for part in word.ngrams} for word in words))
    return pd.DataFrame(
        [
            {
                "word": visible(word.word),
                "part": visible(part.text),
                "start": part.start,
                "length": round(part.length, 4),
                "cosine": round(part.cosine, 4),
                "share": round(part.share, 4),
                "shared": len(words) > 1 and part is not word.own and part.text in both,
            }
            for word in words
            for part in word.parts
        ]
    )
