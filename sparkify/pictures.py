"""Pictures of charts, for what shows a notebook without drawing its charts.

To draw one, a process needs a JavaScript engine, which takes 0.3 s to start. A run
therefore draws the charts of all its notebooks itself, after each notebook.
"""

from base64 import b64encode
from contextlib import suppress
from pathlib import Path
from typing import Any

from sparkify.files import write_atomic

# JupyterLab 4 draws nothing newer; the charts use what Vega-Lite 5 and 6 share.
VEGA_LITE = "application/vnd.vegalite.v5+json"
PNG = "image/png"
DRAWN_LATER = "SPARKIFY_CHARTS_DRAWN_LATER"  # set for kernels whose charts a run draws


def draw(chart: dict[str, Any]) -> str:
    """Return a chart's picture: a PNG, in base64.

    Raises:
        ValueError: It is no chart of Vega-Lite.
    """
    import vl_convert

    return b64encode(vl_convert.vegalite_to_png(chart)).decode()


def start_engine() -> None:
    """Start the engine that draws; this process keeps it."""
    draw({"mark": "point", "data": {"values": []}})


def add_pictures(path: Path) -> None:
    """Add its picture to each chart in an executed notebook, if there is one.

    A chart that cannot be drawn stays as it is.
    """
    import nbformat

    if not path.is_file():
        return
    notebook = nbformat.read(path, nbformat.NO_CONVERT)  # type: ignore[no-untyped-call]
    outputs = (each for cell in notebook.cells for each in cell.get("outputs", ()))
    charts = [each.data for each in outputs if VEGA_LITE in each.get("data", {})]
    for data in charts:
        with suppress(ValueError):
            data[PNG] = draw(data[VEGA_LITE])
    if charts:
        text: str = nbformat.writes(notebook)  # type: ignore[no-untyped-call]
        write_atomic(path, text, is_durable=False)
