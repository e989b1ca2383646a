"""A hub on the Train page: an experiment that lies there is brought, and one of here is sent."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from attnviz.model.names import available_name
from attnviz.training import jobs
from attnviz.ui import session
from attnviz.ui.cache import experiments
from attnviz.ui.markdown import say
from attnviz.ui.pages.train.runs import models
from attnviz.ui.session import _

Attempt = Callable[[Callable[[], object], str], bool]


def fetch_box(attempt: Attempt) -> None:
    """Draw the box for the address of an experiment at a hub."""
    with st.popover(_("Bring one from a hub"), icon=":material/cloud_download:", key="hub_fetch"):
        typed = st.text_input(_("Its address, as in hf://owner/name"), key="hub_address")
        address = typed.replace("\u2060", "").strip()  # which the page itself puts in, lest an address be a link
        taken = {*experiments.names(), *(job.name for job in jobs.jobs(models()))}
        name = available_name(address.rpartition("/")[2].partition("@")[0], taken).name
        if address:
            say(_("The experiment will be called “{name}”.").format(name=name))
        st.caption(_("Only an experiment's own files are fetched, and they are checked like a zip's."))
        st.button(_("Bring it"), key="hub_bring", disabled=not address, on_click=_bring, args=(attempt, address, name))


def _bring(attempt: Attempt, address: str, name: str) -> None:
    from attnviz.model.experiment import load
    from attnviz.model.folder import add

    def act() -> None:
        found = load(address if address.startswith("hf://") else f"hf://{address}")
        found.name = name
        add(models(), found)

    if attempt(act, _("“{name}” is there.").format(name=name)):
        session.set_widget("hub_address", "")


def send_box(name: str, attempt: Attempt) -> None:
    """Draw the box that sends an experiment to a hub."""
    with st.popover(_("Send to a hub"), icon=":material/cloud_upload:", key=f"hub_send_{name}"):
        st.caption(
            _("Whoever runs this server has to be logged in there: hf auth login, or HF_TOKEN in its environment.")
        )
        place = st.text_input(_("Where to, as in owner/name"), key=f"hub_place_{name}").strip()
        private = st.toggle(_("Only for me"), True, key=f"hub_private_{name}")
        st.button(
            _("Send it"),
            key=f"hub_sent_{name}",
            disabled=not place,
            on_click=_send,
            args=(attempt, name, place.removeprefix("hf://"), private),
        )


def _send(attempt: Attempt, name: str, place: str, private: bool) -> None:
    def act() -> None:
        experiments.opened(name).push_to_hub(place, private=private)

    attempt(act, _("“{name}” is at {address}.").format(name=name, address=f"hf://{place}"))
