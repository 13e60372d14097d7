"""Draws boxes with rows, and arrows between them, as SVG.

The colours have enough contrast on their own white ground, in a light and in a dark
JupyterLab.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape

ROW = 18  # pixels, as are all lengths here
HEAD = 24
PADDING = 8
FONT = "font-family='Helvetica, Arial, sans-serif' font-size='12'"
INK, LINE, GROUND = "#1a1a1a", "#555555", "#ffffff"
BLUE, GREY = "#cfe3f3", "#eeeeee"


@dataclass(frozen=True)
class Box:
    """A box with a head and rows.

    Attributes:
        name: The text of the head.
        rows: The texts of the rows.
        x: The left edge.
        y: The upper edge.
        width: The width.
        fill: The colour of the head.
    """

    name: str
    rows: tuple[str, ...]
    x: int
    y: int
    width: int = 170
    fill: str = GREY

    @property
    def height(self) -> int:
        """The height."""
        return HEAD + ROW * len(self.rows) + (PADDING // 2 if self.rows else 0)

    @property
    def right(self) -> int:
        """The right edge."""
        return self.x + self.width

    def row_y(self, number: int) -> int:
        """Return the middle of a row."""
        return self.y + HEAD + ROW * number + 9

    def svg(self) -> str:
        """Return the box as SVG."""
        parts = [
            f"<rect x='{self.x}' y='{self.y}' width='{self.width}' "
            f"height='{self.height}' rx='4' fill='{GROUND}' stroke='{LINE}'/>",
            f"<rect x='{self.x}' y='{self.y}' width='{self.width}' height='{HEAD}' "
            f"rx='4' fill='{self.fill}' stroke='{LINE}'/>",
            _text(self.x + PADDING, self.y + 16, self.name, "font-weight='bold'"),
        ]
        parts += [
            _text(self.x + PADDING, self.row_y(number) + 4, row)
            for number, row in enumerate(self.rows)
        ]
        return "\n".join(parts)


def arrow(points: Sequence[tuple[int, int]]) -> str:
    """Return an arrow along points."""
    path = " ".join(f"{x},{y}" for x, y in points)
    return (
        f"<polyline points='{path}' fill='none' stroke='{LINE}' stroke-width='1.5' "
        "marker-end='url(#tip)'/>"
    )


def drawing(width: int, height: int, parts: Iterable[str], title: str) -> str:
    """Return a whole drawing.

    Args:
        width: The width.
        height: The height.
        parts: The boxes and arrows as SVG, the lowest first.
        title: What it shows, for screen readers.
    """
    tip = (
        "<marker id='tip' viewBox='0 0 10 10' refX='9' refY='5' markerWidth='7' "
        f"markerHeight='7' orient='auto'><path d='M0,0 L10,5 L0,10 z' fill='{LINE}'/>"
        "</marker>"
    )
    body = "\n".join(parts)
    return (
        f"<svg xmlns='http://www.w3.org/2000/svg' width='{width}' height='{height}' "
        f"viewBox='0 0 {width} {height}' role='img'>\n<title>{escape(title)}</title>\n"
        f"<defs>{tip}</defs>\n"
        f"<rect width='{width}' height='{height}' fill='{GROUND}'/>\n{body}\n</svg>"
    )


def _text(x: int, y: int, text: str, more: str = "") -> str:
    return f"<text x='{x}' y='{y}' {FONT} fill='{INK}' {more}>{escape(text)}</text>"
