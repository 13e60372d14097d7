"""Takes out of a notebook what a run on another machine, or a second run, changes.

As a filter of git it reads a notebook and writes it; with paths it rewrites files:

    git config filter.notebooks.clean "python -m sparkify.evidence.scrub"
    python -m sparkify.evidence.scrub notebooks/*.ipynb
"""

import json
import sys
from pathlib import Path
from typing import Any

VARIES = "nbval-ignore-output"  # the tag of cells whose outputs differ from run to run
PLACEHOLDER = (
    "This differs from run to run, so the committed notebook leaves it out: run the "
    "notebook to see it."
)
KERNEL = {
    "display_name": "Python 3 (ipykernel)",
    "language": "python",
    "name": "python3",
}


def scrub(text: str) -> str:
    """Return a notebook as it is committed.

    Args:
        text: The notebook as JSON.

    Returns:
        The notebook with the tags and the kernel as its only metadata, with cells that
        are numbered in their order, and without outputs that differ from run to run. A
        cell that has not been executed stays so.

    Raises:
        ValueError: The text is no notebook.
    """
    notebook = json.loads(text)
    notebook["metadata"] = {"kernelspec": KERNEL}
    notebook["nbformat"], notebook["nbformat_minor"] = 4, 5
    number = 0
    for cell in notebook["cells"]:
        tags = cell["metadata"].get("tags", [])
        cell["metadata"] = {"tags": tags} if tags else {}
        if cell["cell_type"] == "code" and cell["execution_count"] is not None:
            number += 1
            cell["execution_count"] = number
            cell["outputs"] = _outputs(cell["outputs"], number, VARIES in tags)
    return (
        json.dumps(notebook, ensure_ascii=False, indent=1, sort_keys=True).strip()
        + "\n"
    )


def _outputs(
    outputs: list[dict[str, Any]], number: int, varies: bool
) -> list[dict[str, Any]]:
    """Return the outputs of a cell, without what the front end adds."""
    if varies and outputs:
        data = {
            "text/html": [f"<p><i>{PLACEHOLDER}</i></p>"],
            "text/plain": [PLACEHOLDER],
        }
        return [{"data": data, "metadata": {}, "output_type": "display_data"}]
    for output in outputs:
        if "execution_count" in output:
            output["execution_count"] = number
        if "metadata" in output:
            output["metadata"] = {}
    return outputs


def main(paths: list[str]) -> None:
    """Scrub files in place; without paths, standard input to standard output."""
    for path in map(Path, paths):
        scrubbed = scrub(path.read_text(encoding="utf-8"))
        path.write_text(scrubbed, encoding="utf-8", newline="\n")
    if not paths:
        text = sys.stdin.buffer.read().decode()
        sys.stdout.buffer.write(scrub(text).encode())


if __name__ == "__main__":
    main(sys.argv[1:])
