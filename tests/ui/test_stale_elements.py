"""What has ended well although Streamlit's queue is cleared; tests/browser/test_labels.py sees it in Chromium."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.runtime.forward_msg_queue import ForwardMsgQueue

from attnviz.ui import stale_elements

WELL, EARLY = ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY, ForwardMsg.FINISHED_EARLY_FOR_RERUN


@pytest.fixture(autouse=True)
def mended() -> Iterator[None]:
    stale_elements.mend()
    yield
    ForwardMsgQueue.clear = stale_elements._clear  # type: ignore[method-assign]


def after(ended: list[str], then: list[str] | None) -> ForwardMsg:
    """Return what the browser is told of a run of fragments that has ended as another run begins."""
    queue, message = ForwardMsgQueue(), ForwardMsg()
    message.script_finished = WELL if ended else ForwardMsg.FINISHED_SUCCESSFULLY
    message.metadata.run.fragment_ids.extend(ended)
    queue.enqueue(message)
    queue.clear(True, then)
    [found] = queue.flush()
    return found


@pytest.mark.parametrize(
    ("ended", "then", "status", "left"),
    [
        (["rows"], ["watch"], WELL, ["rows"]),
        (["rows", "lines"], ["lines", "watch"], WELL, ["rows"]),
        (["rows"], ["rows"], EARLY, ["rows"]),  # it is drawn anew
        (["rows"], None, EARLY, ["rows"]),  # all is
        ([], ["rows"], ForwardMsg.FINISHED_SUCCESSFULLY, []),
    ],
)
def test_what_is_not_run_again_has_ended_well(
    ended: list[str], then: list[str] | None, status: int, left: list[str]
) -> None:
    found = after(ended, then)
    assert found.script_finished == status and list(found.metadata.run.fragment_ids) == left


def test_a_queue_that_is_flushed_is_empty() -> None:
    queue = ForwardMsgQueue()
    queue.enqueue(ForwardMsg())
    assert len(queue.flush()) == 1 and not queue.flush()
