"""A fault of Streamlit 1.67 mended: what a fragment's run left undrawn stays if another run is close behind.

The browser takes old elements away when it hears that the run has ended well. If the next one begins before that is
sent, the server says “ended early” instead, for elements that the next run draws anew may have been dropped on the way;
and then the list of one sentence stands below the words of another, until the whole page is drawn. Here those fragments
of a run that the next one does not run again have ended well all the same.
"""

from __future__ import annotations

from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.runtime.forward_msg_queue import ForwardMsgQueue

_clear = ForwardMsgQueue.clear


def _ended_well(message: ForwardMsg) -> bool:
    return (
        message.WhichOneof("type") == "script_finished"
        and message.script_finished == ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY
    )


def clear(
    self: ForwardMsgQueue, retain_lifecycle_msgs: bool = False, fragment_ids_this_run: list[str] | None = None
) -> None:
    """Clear the queue as Streamlit does, but let what is not run again have ended well."""
    again = fragment_ids_this_run or []
    ended = list(filter(_ended_well, self._queue)) if retain_lifecycle_msgs and again else []
    _clear(self, retain_lifecycle_msgs, fragment_ids_this_run)
    for message in ended:
        about = message.metadata.run
        if rest := [one for one in about.fragment_ids if one not in again]:
            message.script_finished = ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY
            about.fragment_ids[:] = rest


def mend() -> None:
    """Put it in the place of Streamlit's own."""
    ForwardMsgQueue.clear = clear  # type: ignore[method-assign]
