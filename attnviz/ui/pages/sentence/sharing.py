"""“I fooled the classifier”: a sentence that broke one, in a line, a link and a picture to send to somebody."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from attnviz.heatmap import svg
from attnviz.heatmap.display import Translate, visible
from attnviz.heatmap.rounding import chance
from attnviz.ui import session
from attnviz.ui.components.copy_text.copy_text import copy_text
from attnviz.ui.components.heatmap.heatmap import Ablation
from attnviz.ui.components.picture.picture import picture
from attnviz.ui.session import _
from attnviz.ui.views import SentenceView

_LONGEST = 120  # characters of a text in the line: a message is read at a glance


def fooled(shown: SentenceView, judgements: Sequence[Ablation]) -> None:
    """Draw the button and, once it is pressed, its box."""
    translate = session.translation()
    with st.popover(
        _("I fooled the classifier"), icon=":material/celebration:", on_change="rerun", key="fooled"
    ) as box:
        if not box.open:
            return
        st.caption(_("Send it to somebody: the link opens this very sentence."))
        told = line(judgements, translate)
        copy_text(f"{told}\n{session.link(shown)}", key="fooled_text", translate=translate)
        drawn = svg.sheet([one.now.heatmap(shown.shade, translate) for one in judgements])
        picture(drawn, told, "attnviz-fooled", key="fooled_picture", translate=translate)


def line(judgements: Sequence[Ablation], translate: Translate) -> str:
    """Return in a line what each classifier made of the sentence."""
    _ = translate
    said = _("{label} at {share} ({variant})")
    answers = []
    for now in (one.now for one in judgements):
        share = chance(now.rounded.probabilities.max(), now.probabilities.max())
        answers.append(said.format(label=_(now.prediction), share=share, variant=_(now.variant)))
    whole, left = judgements[0].whole, {token.start for token in judgements[0].now.tokens}
    text = visible(" ".join(whole.text.split()))
    text = text if len(text) <= _LONGEST else f"{text[:_LONGEST].rstrip()} …"
    told = _("I fooled the classifier: “{text}” was judged {answers}.").format(text=text, answers=", ".join(answers))
    if struck := [token.text for token in whole.tokens if token.start not in left]:
        told += f" ({_('Judged without: {words}').format(words=', '.join(struck))})"
    return told
