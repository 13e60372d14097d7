"""Repairs text that was encoded twice."""

from functools import lru_cache

from ftfy import fix_encoding


@lru_cache(maxsize=65_536)
def repair(text: str) -> str:
    """Return a text with its encoding mistakes undone, by ftfy's encoding fix.

    The activity logs were written as UTF-8, read in another encoding and written
    again, some of them several times. Other text is returned unchanged.
    """
    return fix_encoding(text)
