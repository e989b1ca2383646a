"""The front door: `streamlit run app.py`."""

from __future__ import annotations

from pathlib import Path

import streamlit as st
from starlette.middleware import Middleware

from attnviz.ui import header, owner, pages, phones, session, stale_elements, turns
from attnviz.ui.lifespan import lifespan
from attnviz.ui.pages import PAGES
from attnviz.ui.security_headers import Headers
from attnviz.ui.session import _
from attnviz.ui.views import SentenceView


def draw() -> None:
    """Draw the page that a browser is on."""
    icon = Path(header.__file__).with_name("icon.svg")
    st.set_page_config(page_title="attnviz", page_icon=icon, layout="wide")
    session.begin()
    shown = {
        kind: st.Page(
            pages.file(kind),
            url_path=page.folder,
            title=_(page.title),
            icon=f":material/{page.icon}:",
            default=kind is SentenceView,
        )
        for kind, page in PAGES.items()
    }
    kinds = {page: kind for kind, page in shown.items()}
    # the header has a menu whose links keep every page's view
    opened = st.navigation(list(kinds), position="hidden")
    session.current_view(kinds[opened])  # a new link is followed before the menu tells of it
    with st.container(horizontal_alignment="center"), st.container(width=1240):
        header.menu(shown, kinds[opened])
        header.header(_(PAGES[kinds[opened]].question), kinds[opened])
        faults = st.container(key="faults")
        opened.run()
        with faults:  # looked for last: opening every experiment takes longer than the first picture may
            header.faults(kinds[opened])
        session.warm()
        session.give_way()


if __name__ == "__main__":  # for a browser
    with turns.runs.turn():
        draw()
else:  # `streamlit run` imports this before it listens, so that no browser waits for torch
    stale_elements.mend()
    app = st.App(
        __file__, routes=[*owner.routes(), *phones.routes()], middleware=[Middleware(Headers)], lifespan=lifespan
    )
