"""Shows text that is not ours on a terminal, which would act on some characters."""

import unicodedata

CATEGORIES = {"Cc", "Zl", "Zp"}  # control characters and line separators
# What turns the direction of the text around it.
BIDIRECTIONAL = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e")
ISOLATES = frozenset("\u2066\u2067\u2068\u2069")


def escape_controls(text: str, keep: str = "") -> str:
    r"""Return a text whose control characters are written as escapes, such as `\x1b`.

    Args:
        text: Any text.
        keep: Control characters that stay, such as a line break.
    """
    return "".join(
        ascii(character)[1:-1]
        if character not in keep and _is_control(character)
        else character
        for character in text
    )


def _is_control(character: str) -> bool:
    if character.isascii():
        return not character.isprintable()
    is_turning = character in BIDIRECTIONAL or character in ISOLATES
    return is_turning or unicodedata.category(character) in CATEGORIES
