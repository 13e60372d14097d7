"""Shows tables, text, drawings and charts in a notebook, without decoration.

The output depends only on the data. JupyterLab shows what is sharp or interactive;
everything else that opens a notebook finds a picture.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from sparkify.pictures import PNG, VEGA_LITE, draw, is_drawn_later
from sparkify.terminal import escape_controls

if TYPE_CHECKING:
    import altair as alt

VEGA_LITE_SCHEMA = "https://vega.github.io/schema/vega-lite/v5.json"
LEFT, RIGHT = "text-align: left", "text-align: right"
WRAPPED = "text-align: left; white-space: pre-wrap; overflow-wrap: anywhere"
NOTHING = "There is nothing to show."


class Rows:
    """A small table in a notebook.

    Args:
        frame: The rows; the index is not shown.
        warning: What is wrong with them, shown before them; may be empty.
        reason: What is shown instead where there are no rows.
    """

    def __init__(
        self, frame: pd.DataFrame, warning: str = "", reason: str = NOTHING
    ) -> None:
        self._frame = frame
        self._warning = warning
        self._reason = reason

    def _repr_html_(self) -> str:
        warning = f"<p><b>{escape(self._warning)}</b></p>\n" if self._warning else ""
        if self._frame.empty:
            return f"{warning}<p>{escape(self._reason)}</p>"
        columns = [self._frame[name].tolist() for name in self._frame]
        styles = [RIGHT if _is_numeric(values) else LEFT for values in columns]
        heads = _row("th", map(str, self._frame), styles)
        body = "\n".join(
            _row("td", map(_cell, row), styles) for row in zip(*columns, strict=True)
        )
        return (
            f"{warning}<table>\n<thead>\n{heads}\n</thead>\n<tbody>\n{body}\n"
            "</tbody>\n</table>"
        )

    def __repr__(self) -> str:
        cells = self._frame.map(_cell)
        rows = self._reason if cells.empty else cells.to_string(index=False)
        return f"{self._warning}\n{rows}" if self._warning else rows


def _row(tag: str, cells: Iterable[str], styles: Sequence[str]) -> str:
    shown = (
        f'<{tag} style="{style}">{escape(cell)}</{tag}>'
        for cell, style in zip(cells, styles, strict=True)
    )
    return f"<tr>{''.join(shown)}</tr>"


def _is_numeric(values: Sequence[object]) -> bool:
    return any(_is_number(value) for value in values)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _cell(value: object) -> str:
    """Return a value as text, with separators between the thousands."""
    if value is None or value is pd.NaT or value != value:
        return "NULL"
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float):
        return f"{value:,.3f}"
    if isinstance(value, int) and not isinstance(value, bool):
        return f"{value:,}"
    return escape_controls(str(value), keep="\n")


class Text:
    """Text as it is, such as a raw line or a statement, that wraps where it is long.

    Args:
        text: The text.
    """

    def __init__(self, text: str) -> None:
        self._text = escape_controls(text, keep="\n")

    def _repr_html_(self) -> str:
        return f'<pre style="{WRAPPED}">{escape(self._text)}</pre>'

    def __repr__(self) -> str:
        return self._text


class Drawing:
    """A drawing in a notebook: lines that stay sharp, and a picture elsewhere.

    Args:
        svg: The drawing.
        description: What it shows, for those who do not see it.
    """

    def __init__(self, svg: str, description: str) -> None:
        self._svg, self._description = svg, description

    def _repr_mimebundle_(self, **_: object) -> dict[str, Any]:
        import vl_convert

        png = vl_convert.svg_to_png(self._svg, scale=1.5)
        return {
            "image/svg+xml": self._svg,
            PNG: b64encode(png).decode(),
            "text/plain": self._description,
        }


class Picture:
    """A chart in a notebook: interactive in JupyterLab, a picture elsewhere.

    Args:
        chart: The chart.
    """

    def __init__(self, chart: alt.TopLevelMixin) -> None:
        self._spec: dict[str, Any] = chart.to_dict()

    def _repr_mimebundle_(self, **_: object) -> dict[str, Any]:
        bundle = {
            VEGA_LITE: {**self._spec, "$schema": VEGA_LITE_SCHEMA},
            "text/plain": self._spec["description"],
        }
        return bundle if is_drawn_later() else bundle | {PNG: draw(self._spec)}


class Sentence:
    """A sentence in a notebook, such as a finding that was computed.

    Args:
        text: The sentence.
        link: An address that it leads to; may be empty.
        label: The words of the link.
    """

    def __init__(self, text: str, link: str = "", label: str = "") -> None:
        self._text = escape_controls(text)
        self._link, self._label = link, label

    def _repr_html_(self) -> str:
        link = f' <a href="{escape(self._link)}">{escape(self._label)}</a>'
        return f"<p>{escape(self._text)}{link if self._link else ''}</p>"

    def __repr__(self) -> str:
        return f"{self._text} {self._label} {self._link}".strip()


class Folded:
    """Something that is shown when a person opens it.

    Args:
        title: What it is, which is always shown.
        content: What is folded.
    """

    def __init__(self, title: str, content: Rows) -> None:
        self._title, self._content = title, content

    def _repr_html_(self) -> str:
        title = f"<summary>{escape(self._title)}</summary>"
        return f"<details>{title}\n{self._content._repr_html_()}\n</details>"

    def __repr__(self) -> str:
        return f"{self._title}\n{self._content!r}"


class Beside:
    """Texts side by side, each under its heading.

    Args:
        texts: The texts, by heading.
    """

    def __init__(self, texts: Mapping[str, str]) -> None:
        self._texts = texts

    def _repr_html_(self) -> str:
        heads = _row("th", self._texts, [LEFT] * len(self._texts))
        cells = "".join(
            f'<td style="{LEFT}; vertical-align: top"><pre style="{LEFT}">'
            f"{escape(text)}</pre></td>"
            for text in self._texts.values()
        )
        return f"<table>\n{heads}\n<tr>{cells}</tr>\n</table>"

    def __repr__(self) -> str:
        return "\n\n".join(f"{name}\n{text}" for name, text in self._texts.items())
