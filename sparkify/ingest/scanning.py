"""Finds JSON objects in text that does not have one object a line.

Objects may follow one another in any layout: several on a line, over many lines, in an
array. White space, commas and the brackets of a top-level array are layout. What cannot
be parsed is a broken record; the scan resumes at the next object.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

LONGEST_TOKEN = 12  # characters of an escape or a literal that the end may cut off
TRIES = 20  # places in a broken record at which the next object may start

LAYOUT = re.compile(r"(?:[\s,\]\ufeff]|\[(?=[\s\ufeff\[]*(?:[\]{]|\Z)))*")
ROW_END = re.compile(r"[ \t\r\f\v,\]\ufeff]*(?:[\n{\[]|\Z)")
RESUME = re.compile(r"\n(?=\{)|(?<=\})[\s,\ufeff]*(?=\{)")

_decoder = json.JSONDecoder(parse_int=str, parse_float=str)


@dataclass(frozen=True)
class Span:
    """A part of a text.

    Attributes:
        start: The index of its first character.
        end: The index after its last character.
    """

    start: int
    end: int


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
        self._limit = limit
        self._is_final = is_final
        self.stop = 0
        self.is_done = False

    def records(self) -> Iterator[Span]:
        """Yield the records in order, whole and broken; all else is layout."""
        position = self._skip_layout(0)
        while position < self._limit:
            end = self._find_end(position)
            if end is None:
                self.stop = position
                return
            if end > self._limit:
                self._limit = min(self._line_end(end) + 1, len(self._text))
            yield Span(position, position + len(self._text[position:end].rstrip()))
            position = self._skip_layout(end)
        self.stop = max(position, self._limit)
        self.is_done = True

    def _skip_layout(self, position: int) -> int:
        match = LAYOUT.match(self._text, position, self._limit)
        return match.end() if match else position

    def _find_end(self, start: int) -> int | None:
        """Return the end of a record, or nothing if it may go on in later text."""
        if self._text[start] != "{":
            end = self._find_resume(start, self._line_end(start), by_line=False)
            return None if self._may_go_on(end) else end
        try:
            _, end = _decoder.raw_decode(self._text, start)
        except json.JSONDecodeError as error:
            is_open = error.msg.startswith("Unterminated") or (
                error.pos >= len(self._text.rstrip()) - LONGEST_TOKEN
            )
            if is_open and not self._is_final:
                return None
            line_end = self._line_end(start)
            is_in_line = error.pos <= line_end
            return self._find_resume(
                start, line_end if is_in_line else max(line_end, self._limit)
            )
        except RecursionError:
            end = self._find_resume(start, self._line_end(start))
            return None if self._may_go_on(end) else end
        rest = ROW_END.match(self._text, end)
        end_of_row = rest.end() if rest else self._line_end(end)
        if self._may_go_on(end_of_row):
            return None
        return end if rest else end_of_row

    def _may_go_on(self, end: int) -> bool:
        """Return whether the text is cut off at an index, within a line."""
        is_cut = end == len(self._text) and not self._text.endswith("\n")
        return is_cut and not self._is_final

    def _find_resume(self, start: int, end: int, *, by_line: bool = True) -> int:
        """Return where a broken record ends: before the next object, or at `end`."""
        for number, match in enumerate(RESUME.finditer(self._text, start + 1, end)):
            if number == TRIES:
                break
            if match[0] == "\n" or self._is_object(match.end()):
                return match.start()
        if not by_line:
            position = start
            for _ in range(TRIES):
                position = self._text.find('{"', position + 1, end)
                if position < 0:
                    break
                if self._is_object(position):
                    return position
        return end

    def _is_object(self, position: int) -> bool:
        try:
            _, end = _decoder.raw_decode(self._text, position)
        except (ValueError, RecursionError):
            return False
        return ROW_END.match(self._text, end) is not None

    def _line_end(self, position: int) -> int:
        end = self._text.find("\n", position)
        return end if end >= 0 else len(self._text)
