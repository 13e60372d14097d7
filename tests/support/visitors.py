"""A visitor of a served dashboard, who speaks its websocket."""

from dataclasses import dataclass, field
from typing import Any

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import ClientConnection

SECONDS_TO_ANSWER = 60


@dataclass
class Visitor:
    """A session as a browser has it, without the browser.

    Attributes:
        line: The open connection.
        figures: The values of the page's figures, by their names.
        buttons: The ids of the page's buttons, by their labels.
        errors: What went wrong.
        sends_statistics: Whether the server tells the browser to send statistics.
    """

    line: ClientConnection
    figures: dict[str, str] = field(default_factory=dict)
    buttons: dict[str, str] = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)
    sends_statistics: bool | None = None

    def open(self, query: str, page: str = "") -> None:
        """Open a page by its link; without a name, the overview."""
        message = BackMsg()
        message.rerun_script.query_string = query
        message.rerun_script.page_name = page
        self._turn(message)

    def press(self, label: str) -> None:
        """Press a button."""
        message = BackMsg()
        state = message.rerun_script.widget_states.widgets.add()
        state.id, state.trigger_value = self.buttons[label], True
        self._turn(message)

    def _turn(self, message: BackMsg) -> None:
        self.figures.clear()
        self.line.send(message.SerializeToString())
        while True:
            answer = ForwardMsg()
            answer.ParseFromString(self.line.recv(SECONDS_TO_ANSWER, decode=False))
            if answer.WhichOneof("type") == "script_finished":
                return
            if answer.WhichOneof("type") == "new_session":
                told = answer.new_session.config.gather_usage_stats
                self.sends_statistics = told
            self._note(answer.delta.new_element)

    def _note(self, element: Any) -> None:
        kind = element.WhichOneof("type")
        if kind == "metric":
            self.figures[element.metric.label] = element.metric.body
        elif kind == "button":
            self.buttons[element.button.label] = element.button.id
        elif kind == "exception":
            self.errors.append(element.exception.message)
