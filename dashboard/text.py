"""Puts text that is not ours into Markdown and into CSV, as text and nothing else."""

import re
from string import punctuation

import pandas as pd

JOINER = "\u2060"  # has no width
# What is read after Markdown's own escapes: icons and emoji (:name:), addresses without
# brackets (http:, www., name@host) and arrows.
JOINTS = re.compile(r"(?<=[:@])(?=\S)|(?<=www)(?=\.)|(?<=[<>~-])(?=[>=-])", re.I)
MARKS = re.compile(f"([{re.escape(punctuation)}])")
FORMULA = re.compile(r"[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]")


def literal(text: str) -> str:
    """Return Markdown that shows a text as it is, on one line.

    Use it wherever a name, a place or an error is put into an element of Streamlit that
    reads Markdown: titles, captions, notes, labels, tooltips.
    """
    return MARKS.sub(r"\\\1", JOINTS.sub(JOINER, " ".join(text.split())))


def spreadsheet(rows: pd.DataFrame) -> str:
    """Return CSV in which a spreadsheet finds no formula.

    A text that a spreadsheet would take for one begins with an apostrophe there.
    """
    return rows.map(_guard).to_csv(index=False)


def _guard(cell: object) -> object:
    if isinstance(cell, str) and FORMULA.match(cell):
        return f"'{cell}"
    return cell
