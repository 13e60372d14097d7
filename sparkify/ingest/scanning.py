"""Finds JSON objects in text that does not have one object a line.

Objects may follow one another in any layout: several on a line, over many lines, in an
array, as the only list or as the values of another object. White space, commas,
semicolons and the brackets of a top-level array are layout. What cannot be parsed is a
broken record; the scan resumes at the next object.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

LONGEST_TOKEN = 12  # characters of an escape or a literal that the end may cut off
PASSED = 64 * 1024  # characters before the text that is scanned
UNTERMINATED = "Unterminated"  # how the parser's message on an open text begins
LEAST_MEMBERS = 4  # of a record, which an object with one list may hold
TRIES = 20  # places in a broken record at which the next object may start

SPACE = re.compile(r"[\s,;\]\ufeff]*")
OPENING = re.compile(r"\[[\s\ufeff\[]*")  # layout if an object or the end follows
KEY = r'"(?:[^"\\]|\\.)*"\s*:\s*'
WRAPPER = re.compile(rf"\{{\s*{KEY}(?:\[\s*)?(?=\{{|\Z)")
NEXT_KEY = re.compile(rf",\s*{KEY}(?=\{{|\Z)")
ROW_END = re.compile(r"[ \t\r\f\v,;\]\ufeff]*(?:[\n{\[]|\Z)")
RESUME = re.compile(r"\n(?=\{)|(?<=\})[\s,;\ufeff]*(?=\{)")
# A line that goes on with a broken object: a member, the end or a comment.
CONTINUED = re.compile(r'\n[ \t]*(?:["}\]#]|//|/?\*)[^\n]*')

_decoder = json.JSONDecoder(parse_int=str, parse_float=str)


def skip_layout(text: str, position: int, limit: int) -> int:
    """Return the index of the first character, from a position, that is not layout."""
    while True:
        start = position
        if space := SPACE.match(text, start, limit):
            position = space.end()
        is_brace = text.startswith("}", position, limit)
        if is_brace and text[start:position].rstrip().endswith("]"):
            position += 1  # of the object around the list
            continue
        opening = OPENING.match(text, position, limit)
        if not opening:
            return position
        end = opening.end()
        if end < limit and text[end] not in "]{":
            return position
        position = end


@dataclass(frozen=True)
class Span:
    """A part of a text.

    Attributes:
        start: The index of its first character.
        end: The index after its last character.
    """

    start: int
    end: int


def is_layout(text: str) -> bool:
    """Return whether a text between records is layout, or part of wrappers."""
    if '"' in text or "}" in text:
        text = WRAPPER.sub("", NEXT_KEY.sub("", text)).replace("}", "")
    return skip_layout(text, 0, len(text)) == len(text)


def wrapper_length(start: bytes) -> int:
    """Return the bytes before the first record of an object that begins with a list."""
    wrapper = WRAPPER.match(start.decode(errors="replace"))
    return len(wrapper[0].encode()) if wrapper and "[" in wrapper[0] else 0


def _wrapped(value: dict[str, Any]) -> int:
    """Return how many records an object holds, in its only list or as its values."""
    items = list(value.values())
    if len(items) == 1 and isinstance(items[0], list):
        items = items[0]
    is_wrapper = all(
        isinstance(item, dict) and len(item) >= LEAST_MEMBERS for item in items
    )
    return len(items) if is_wrapper else 0


class Scanner:
    """Scans the start of a text; looks at the rest only for a record that continues.

    Args:
        text: The text.
        limit: Where to stop, at a line's end; a record that starts before is finished.
        is_final: Whether the text is complete, so that an open record is broken.

    Attributes:
        stop: After the scan, the index of the first character that it did not consume.
        is_done: Whether the scan reached the limit; else a record at `stop` goes on.
    """

    def __init__(self, text: str, limit: int, *, is_final: bool) -> None:
        self._text = text
        self._text_end = len(text.rstrip())
        self._limit = limit
        self._is_final = is_final
        self._dropped = 0  # characters at the start
        self._value: dict[str, Any] = {}  # the object that was parsed last
        self.stop = 0
        self.is_done = False

    def records(self) -> Iterator[Span]:
        """Yield the records in order, whole and broken; all else is layout."""
        position = self._skip_layout(0)
        while position < self._limit:
            if position > PASSED:
                position = self._drop(position)
            end = self._find_end(position)
            if end is None:
                self.stop = self._dropped + position
                return
            if end > self._limit:
                self._limit = min(self._line_end(end) + 1, len(self._text))
            for start, stop in self._unwrap(position, end):
                length = len(self._text[start:stop].rstrip())
                yield Span(self._dropped + start, self._dropped + start + length)
            position = self._skip_layout(end)
        self.stop = self._dropped + max(position, self._limit)
        self.is_done = True

    def _unwrap(self, start: int, end: int) -> list[tuple[int, int]]:
        """Return where the records of an object are: in a wrapper, or itself."""
        wrapper = WRAPPER.match(self._text, start, end)
        count = _wrapped(self._value) if wrapper else 0
        if not wrapper or not count:
            return [(start, end)]
        spans = []
        position = wrapper.end()
        for _ in range(count):
            _, stop = _decoder.raw_decode(self._text, position)
            spans.append((position, stop))
            comma = self._text.find(",", stop, end)
            key = NEXT_KEY.match(self._text, comma, end) if comma >= 0 else None
            position = key.end() if key else skip_layout(self._text, stop, end)
        return spans

    def _drop(self, position: int) -> int:
        """Drop the text before a position, and return the new position.

        Python's parser counts the lines before each error that it finds.
        """
        self._text = self._text[position:]
        self._text_end -= position
        self._limit -= position
        self._dropped += position
        return 0

    def _skip_layout(self, position: int) -> int:
        return skip_layout(self._text, position, self._limit)

    def _find_end(self, start: int) -> int | None:
        """Return the end of a record, or nothing if it may go on in later text."""
        line_end = self._line_end(start)
        self._value = {}
        if self._text[start] != "{":
            return self._end_of_rubbish(start, line_end)
        try:
            self._value, end = _decoder.raw_decode(self._text, start)
        except json.JSONDecodeError as error:
            if self._is_open(error):
                return None
            if error.pos <= line_end:
                return self._end_of_line(start, line_end)
            resume = self._find_resume(start, len(self._text))
            is_found = resume != len(self._text) or self._is_final
            return resume if is_found else None
        except RecursionError:
            return self._end_of_line(start, line_end)
        return end

    def _end_of_line(self, start: int, line_end: int) -> int | None:
        """Return the end of a broken object: with its line, before or soon after."""
        end = self._find_resume(start, line_end)
        if end is None or self._may_go_on(end):
            return None
        if end == line_end and self._text[end - 1] not in "},":
            while line := CONTINUED.match(self._text, end):
                end = line.end()
            is_known = end + 1 < len(self._text) or self._is_final
            return end if is_known else None
        return end

    def _end_of_rubbish(self, start: int, line_end: int) -> int | None:
        """Return the end of text that begins like no object, within its line."""
        position = start
        for _ in range(TRIES):
            position = self._text.find('{"', position + 1, line_end)
            if position < 0:
                break
            if (is_object := self._is_object(position)) is not False:
                return position if is_object else None
        return None if self._may_go_on(line_end) else line_end

    def _may_go_on(self, end: int) -> bool:
        """Return whether the text is cut off at an index, within a line."""
        is_cut = end == len(self._text) and not self._text.endswith("\n")
        return is_cut and not self._is_final

    def _is_open(self, error: json.JSONDecodeError) -> bool:
        """Return whether a record may become whole in later text."""
        is_at_end = error.pos >= self._text_end - LONGEST_TOKEN
        return not self._is_final and (is_at_end or error.msg.startswith(UNTERMINATED))

    def _find_resume(self, start: int, end: int) -> int | None:
        """Return where a broken object ends: before the next object, or at `end`.

        Nothing is returned if it depends on later text.
        """
        for number, match in enumerate(RESUME.finditer(self._text, start + 1, end)):
            is_last = number == TRIES  # the scan goes on there in any case
            if is_last or match[0] == "\n":
                return match.start()
            if (is_object := self._is_object(match.end())) is not False:
                return match.start() if is_object else None
        return end

    def _is_object(self, position: int) -> bool | None:
        """Return whether a record may begin here; nothing if it may in later text."""
        try:
            value, end = _decoder.raw_decode(self._text, position)
        except json.JSONDecodeError as error:
            return None if self._is_open(error) else False
        except RecursionError:
            return False
        if len(value) >= LEAST_MEMBERS:
            return True
        rest = ROW_END.match(self._text, end)
        if rest and self._may_go_on(rest.end()):
            return None
        return rest is not None

    def _line_end(self, position: int) -> int:
        end = self._text.find("\n", position)
        return end if end >= 0 else len(self._text)
