"""Repairs text that was encoded twice."""

from functools import lru_cache

from ftfy import fix_encoding


@lru_cache(maxsize=65_536)
def repair(text: str) -> str:
    """Undoes encoding mistakes, and nothing else, by ftfy's encoding fix.

    The activity logs were written as UTF-8, read as another encoding and written
    again, up to several times. Text that does not look so comes back as it is.
    """
    return fix_encoding(text)
