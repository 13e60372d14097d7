"""Pictures of charts, for what shows a notebook without drawing its charts.

To draw one, a process needs a JavaScript engine, which takes 0.3 s to start. A run
therefore draws the charts of all its notebooks itself, after each notebook.
"""

import json
import os
from base64 import b64encode
from contextlib import suppress
from pathlib import Path
from typing import Any

from sparkify.files import write_atomic

# JupyterLab 4 draws nothing newer; the charts use what Vega-Lite 5 and 6 share.
VEGA_LITE = "application/vnd.vegalite.v5+json"
PNG = "image/png"
# The variable that is set for kernels whose charts a run draws, and its value.
DRAWN_LATER, IS_SET = "SPARKIFY_CHARTS_DRAWN_LATER", "true"


def draw(chart: dict[str, Any]) -> str:
    """Return a chart's picture: a PNG, in base64.

    Raises:
        ValueError: It is no chart of Vega-Lite.
    """
    import vl_convert

    return b64encode(vl_convert.vegalite_to_png(chart)).decode()


def start_engine() -> None:
    """Start the engine that draws, if it can be; this process keeps it."""
    with suppress(Exception):
        draw({"mark": "point", "data": {"values": []}})


def add_pictures(path: Path) -> None:
    """Add to each chart of an executed notebook the picture that it lacks.

    What cannot be drawn or written stays as it is: the notebook is whole without.
    """
    with suppress(Exception):
        text = path.read_text("utf-8")
        if VEGA_LITE not in text:
            return
        notebook = json.loads(text)
        outputs = (out for cell in notebook["cells"] for out in cell.get("outputs", ()))
        for data in (output.get("data", {}) for output in outputs):
            if VEGA_LITE in data and PNG not in data:
                with suppress(ValueError):
                    data[PNG] = draw(data[VEGA_LITE])
        written = json.dumps(notebook, ensure_ascii=False, indent=1, sort_keys=True)
        write_atomic(path, f"{written}\n", is_durable=False)


def is_drawn_later() -> bool:
    """Return whether this process is a kernel of a run, which draws its charts."""
    return os.environ.get(DRAWN_LATER) == IS_SET
