"""Repairs text that was encoded twice."""

import re
from functools import lru_cache

from ftfy import fix_encoding

OCTAL_ESCAPES = re.compile(r"(?:\\[23][0-7]{2})+")  # of bytes that are not ASCII


@lru_cache(maxsize=65_536)
def repair(text: str) -> str:
    r"""Return a text with its encoding mistakes undone, by ftfy's encoding fix.

    The activity logs were written as UTF-8, read in another encoding and written
    again, some of them several times. eventsim also writes bytes as octal escapes, such
    as `Bj\303\266rk`. Other text is returned unchanged.
    """
    return fix_encoding(OCTAL_ESCAPES.sub(_decode_octal, text))


def _decode_octal(escapes: re.Match[str]) -> str:
    """Return the text that octal escapes write as UTF-8, or the escapes themselves."""
    codes = escapes[0].split("\\")[1:]
    try:
        return bytes(int(code, 8) for code in codes).decode()
    except UnicodeDecodeError:
        return escapes[0]
