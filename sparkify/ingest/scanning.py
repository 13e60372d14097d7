"""Finds JSON objects in text that does not have one object a line.

Objects may follow one another in any layout: several on a line, over many lines, in an
array, or at any level of an object that is no record itself. White space, commas,
semicolons and the brackets of a top-level array are layout; within an object that holds
records, its braces and the keys of objects and lists are too. What cannot be parsed is
a broken record; the scan resumes at the next object.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

from sparkify.ingest.wrappers import decoder, holds_records, is_record, records_in

LONGEST_TOKEN = 12  # characters of an escape or a literal that the end may cut off
PASSED = 64 * 1024  # characters before the text that is scanned
UNTERMINATED = "Unterminated"  # how the parser's message on an open text begins
SHALLOW = 200  # records after one that is nested too deeply
TRIES = 20  # places in a broken record at which the next object may start

SPACE = re.compile(r"[\s,;\]\ufeff]*")
OPENING = re.compile(r"\[[\s\ufeff\[]*")  # layout if an object or the end follows
KEY = r'"(?:[^"\\]|\\.)*"\s*:\s*'
INSIDE = re.compile(rf"(?:[\s,;\[\]}}\ufeff]|{KEY}(?=[\[{{]))*")
START = re.compile(rf"\{{\s*{KEY}(?:\[\s*)?(?=\{{)")  # of an object that holds records
KEY_OF_RECORDS = re.compile(rf"{KEY}(?=[\[{{]|\Z)")
BRACES = str.maketrans("", "", "{}")
ROW_END = re.compile(r"[ \t\r\f\v,;\]\ufeff]*(?:[\n{\[]|\Z)")
RESUME = re.compile(r"\n(?=\{|\[\s*\{)|(?<=\})[\s,;\ufeff]*(?=\{)")
# A line that goes on with a broken object: a member, the end or a comment.
CONTINUED = re.compile(r'\n[ \t]*(?:["}\]#]|//|/?\*)[^\n]*')


def skip_layout(text: str, position: int, limit: int) -> int:
    """Return the index of the first character, from a position, that is not layout."""
    while True:
        space = SPACE.match(text, position, limit)
        position = space.end() if space else position
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
    """Return whether a text between records is layout, of any kind."""
    if '"' in text or "{" in text or "}" in text:
        text = KEY_OF_RECORDS.sub("", text).translate(BRACES)
    return skip_layout(text, 0, len(text)) == len(text)


def opening_length(start: bytes) -> int:
    """Return the bytes before the first record of an object that begins with records.

    Args:
        start: The start of the object.

    Returns:
        Their number; 0 if the object does not begin with a list or an object of them.
    """
    text = start.decode(errors="replace")
    opening = START.match(text)
    if not opening or not _is_record_at(text, opening.end()):
        return 0
    return len(opening[0].encode())


def _is_record_at(text: str, position: int) -> bool:
    """Return whether a whole object here is a record or holds some."""
    try:
        value, _ = decoder.raw_decode(text, position)
    except (ValueError, RecursionError):
        return False
    return any(records_in(value))


class Scanner:
    """Scans the start of a text; looks at the rest only for a record that continues.

    Args:
        text: The text.
        limit: Where to stop, at a line's end; a record that starts before is finished.
        is_final: Whether the text is complete, so that an open record is broken.
        is_inside: Whether the text is within an object that holds records.

    Attributes:
        stop: After the scan, the index of the first character that it did not consume.
        is_done: Whether the scan reached the limit; else a record at `stop` goes on.
    """

    def __init__(
        self, text: str, limit: int, *, is_final: bool, is_inside: bool = False
    ) -> None:
        self._text = text
        self._text_end = len(text.rstrip())
        self._limit = limit
        self._is_final = is_final
        self._dropped = 0  # characters at the start
        self._inside_end = len(text) if is_inside else 0
        self._shallow = 0  # records of which only a line is tried
        self._line = (1, 0)  # where a line's end was looked for last, and found
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
            if end == position:  # the scan goes on within the object
                end += 1
            else:
                length = len(self._text[position:end].rstrip())
                start = self._dropped + position
                yield Span(start, start + length)
            position = self._skip_layout(end)
        self.stop = self._dropped + max(position, self._limit)
        self.is_done = True

    def _drop(self, position: int) -> int:
        """Drop the text before a position, and return the new position.

        Python's parser counts the lines before each error that it finds.
        """
        self._text = self._text[position:]
        self._text_end -= position
        self._limit -= position
        self._inside_end -= position
        self._line = (1, 0)
        self._dropped += position
        return 0

    def _skip_layout(self, position: int) -> int:
        inside_end = min(self._inside_end, self._limit)
        if position < inside_end:
            layout = INSIDE.match(self._text, position, inside_end)
            position = layout.end() if layout else position
            if position < inside_end:
                return position
        return skip_layout(self._text, position, self._limit)

    def _step_inside(self, start: int, end: int) -> int:
        """Go on within an object that holds records."""
        self._inside_end = max(self._inside_end, end)
        self._limit = max(self._limit, min(self._line_end(end) + 1, len(self._text)))
        return start

    def _find_end(self, start: int) -> int | None:
        """Return the end of a record, or nothing if it may go on in later text.

        Its start is returned if it is an object that holds records.
        """
        line_end = self._line_end(start)
        if self._text[start] != "{":
            return self._end_of_rubbish(start, line_end)
        text = self._text
        if self._shallow:  # the rest of it is open too, and was tried
            self._shallow -= 1
            text = text[: line_end + 1]
        try:
            value, end = decoder.raw_decode(text, start)
        except json.JSONDecodeError as error:
            if text is not self._text:
                return self._end_of_line(start, line_end)
            if self._is_open(error):
                return None
            return self._end_of_broken(start, line_end, error.pos)
        except RecursionError:
            self._shallow = SHALLOW
            return self._end_of_line(start, line_end)
        return self._step_inside(start, end) if holds_records(value) else end

    def _end_of_broken(self, start: int, line_end: int, fault: int) -> int | None:
        """Return the end of a broken object, by the place of the fault in it."""
        opening = START.match(self._text, start)
        if (
            opening
            and opening.end() <= fault
            and _is_record_at(self._text, opening.end())
        ):
            return self._step_inside(start, len(self._text))
        if fault <= line_end:
            return self._end_of_line(start, line_end)
        resume = self._find_resume(start, len(self._text))
        is_found = resume != len(self._text) or self._is_final
        return resume if is_found else None

    def _end_of_line(self, start: int, line_end: int) -> int | None:
        """Return the end of a broken object: with its line, before or soon after."""
        end = self._find_resume(start, line_end)
        if end is None or self._may_go_on(end):
            return None
        if end < line_end:
            return end
        for position in self._openings(start, line_end):
            if _is_record_at(self._text[position:line_end], 0):
                return position
        if self._text[end - 1] not in "},":
            while line := CONTINUED.match(self._text, end):
                end = line.end()
            is_known = end + 1 < len(self._text) or self._is_final
            return end if is_known else None
        return end

    def _end_of_rubbish(self, start: int, line_end: int) -> int | None:
        """Return the end of text that begins like no object, within its line."""
        for position in self._openings(start, line_end):
            if (is_object := self._is_object(position)) is not False:
                return position if is_object else None
        return None if self._may_go_on(line_end) else line_end

    def _openings(self, start: int, end: int) -> Iterator[int]:
        """Yield the first places at which an object with members may begin."""
        position = start
        for _ in range(TRIES):
            position = self._text.find('{"', position + 1, end)
            if position < 0:
                return
            yield position

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
            value, end = decoder.raw_decode(self._text, position)
        except json.JSONDecodeError as error:
            return None if self._is_open(error) else False
        except RecursionError:
            return False
        if is_record(value):
            return True
        rest = ROW_END.match(self._text, end)
        if rest and self._may_go_on(rest.end()):
            return None
        return rest is not None

    def _line_end(self, position: int) -> int:
        start, end = self._line
        if not start <= position <= end:  # else it would be looked for again and again
            end = self._text.find("\n", position)
            end = end if end >= 0 else len(self._text)
            self._line = (position, end)
        return end
