"""Puts text that is not ours into Markdown, CSV and SQL, as text and nothing else."""

import re
from collections.abc import Iterable
from string import punctuation

import pandas as pd
import streamlit as st
from pandas.api.types import is_float_dtype

JOINER = "\u2060"  # has no width
# What is read after Markdown's own escapes: icons and emoji (:name:), addresses without
# brackets (http:, www., name@host) and arrows.
JOINTS = re.compile(r"(?<=[:@])(?=\S)|(?<=www)(?=\.)|(?<=[<>~-])(?=[>=-])", re.I)
MARKS = re.compile(f"([{re.escape(punctuation)}])")
SPACES = re.compile(r"[^\S\N{NO-BREAK SPACE}]+")  # a unit stays with its number
FORMULA = re.compile(r"[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]")


def literal(text: str) -> str:
    """Return Markdown that shows a text as it is, on one line.

    Use it wherever a name, a place or an error is put into an element of Streamlit that
    reads Markdown: titles, captions, notes, labels, tooltips.
    """
    return MARKS.sub(r"\\\1", JOINTS.sub(JOINER, SPACES.sub(" ", text).strip()))


def caption(markdown: str) -> None:
    """Show a caption, in a gray that has enough contrast in light and dark."""
    st.markdown(f":small[:gray[{markdown}]]")


def spreadsheet(rows: pd.DataFrame) -> bytes:
    """Return CSV in UTF-8 that a spreadsheet reads right, and finds no formula in.

    It begins with a byte order mark, without which a spreadsheet takes UTF-8 for
    something else. A text that would be taken for a formula begins with an apostrophe.
    Whole numbers with gaps have no decimal point.
    """
    cells = {
        name: column.convert_dtypes(convert_floating=False)
        if is_float_dtype(column)
        else column.map(_guard)
        for name, column in rows.items()
    }
    return pd.DataFrame(cells).to_csv(index=False).encode("utf-8-sig")


def sql_items(items: Iterable[str]) -> str:
    """Return texts as SQL of Redshift to be pasted between the brackets of `in (…)`.

    A backslash begins an escape there.
    """
    escaped = (item.replace("\\", "\\\\").replace("'", "''") for item in items)
    return ", ".join(f"'{item}'" for item in escaped)


def _guard(cell: object) -> object:
    if isinstance(cell, str) and FORMULA.match(cell):
        return f"'{cell}"
    return cell
