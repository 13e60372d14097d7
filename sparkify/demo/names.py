"""Invents names of artists and titles of songs from patterns and word lists."""

import re
from collections.abc import Sequence
from itertools import cycle, islice

import numpy as np
from numpy.random import Generator

from sparkify.demo import words
from sparkify.demo.chance import draw

_WORDS = {
    "adjective": words.ADJECTIVES,
    "noun": words.NOUNS,
    "plural": words.PLURALS,
    "ensemble": words.ENSEMBLES,
    "place": words.PLACES,
    "verb": words.VERBS,
    "gerund": words.GERUNDS,
    "time": words.TIMES,
    "person": words.WOMEN + words.MEN,
    "surname": words.SURNAMES,
    "start": words.SYLLABLES_FIRST,
    "middle": words.SYLLABLES_MIDDLE,
    "end": words.SYLLABLES_LAST,
    "foreign_person": words.ACCENTED_FIRST_NAMES,
    "foreign_surname": words.ACCENTED_SURNAMES,
    "foreign_group": words.ACCENTED_GROUPS,
    "foreign_title": words.ACCENTED_TITLES,
}

_ARTISTS = {
    "The {adjective} {plural}": 16,
    "{adjective} {noun}": 14,
    "{person} {surname}": 26,
    "{noun} {ensemble}": 14,
    "{person} & The {plural}": 6,
    "{adjective} {noun} {ensemble}": 6,
    "{place} {noun} {ensemble}": 5,
    "{start}{middle}{end}": 9,
    "{plural} of {place}": 4,
    "DJ {start}{middle}{end}": 2,
    "{person} {surname} & The {adjective} {plural}": 3,
}

_FOREIGN_ARTISTS = {
    "{foreign_group}": 4,
    "{foreign_person} {foreign_surname}": 10,
    "{person} {foreign_surname}": 4,
    "{foreign_person} {surname}": 3,
    "{foreign_person} & The {plural}": 2,
    "{foreign_surname} {ensemble}": 2,
    "{foreign_person} {foreign_surname} {ensemble}": 1,
    "{foreign_person} {foreign_surname} & The {adjective} {plural}": 1,
}

_TITLES = {
    "{adjective} {noun}": 14,
    "{adjective} {plural}": 7,
    "{noun} in {place}": 6,
    "{time} in {place}": 5,
    "The {noun} and the {noun}": 4,
    "{gerund} Past the {noun}": 8,
    "{gerund} Until {time}": 5,
    "{gerund} with {plural}": 5,
    "Don't {verb} the {noun}": 5,
    "{verb} Me Before {time}": 5,
    "{verb} Your {noun}": 6,
    "{noun} for {person}": 4,
    "Letters to {person}": 2,
    "{person}'s {noun}": 4,
    "Last {noun} to {place}": 4,
    "All My {plural}": 4,
    "{plural} at the {noun}": 4,
    "No More {plural}": 3,
    "{time} {noun}": 6,
    "If You {verb} the {noun}": 3,
    "{place}, {place}": 2,
    "{verb} or {verb}": 2,
    "Where the {plural} Go": 3,
    "Before the {noun}": 3,
}

_FOREIGN_TITLES = {"{foreign_title}": 1}

_EDITIONS = {
    "": 880,
    " (Album Version)": 30,
    " (Live)": 30,
    " (Radio Edit)": 20,
    " (Acoustic)": 15,
    " (2006 Digital Remaster)": 10,
    " - Instrumental": 10,
    " / Reprise": 5,
}

_NUMBER_ARTISTS = ("4702", "88", "606", "1131", "54", "3030", "27", "9400")

_NUMBER_TITLES = ("1974", "365", "7.5", "2046", "818", "1887", "1999", "212", "93")


def artist_names(random: Generator, count: int) -> list[str]:
    """Invent `count` distinct artist names.

    Every 30th has letters outside ASCII, and a few are numbers.
    """
    plain = _distinct(random, _ARTISTS, count)
    foreign = iter(_distinct(random, _FOREIGN_ARTISTS, count // 30 + 1))
    for index in range(2, count, 30):
        plain[index] = next(foreign)
    for index, number in zip(range(100, count, 700), _NUMBER_ARTISTS, strict=False):
        plain[index] = number
    return plain


def song_titles(random: Generator, artists: Sequence[str]) -> list[str]:
    """Invent a title for each song, distinct within the songs of its artist.

    A few titles have letters outside ASCII, and half of the titles by artists whose
    own names have them.
    """
    count = len(artists)
    plain = _compose(random, _TITLES, count)
    foreign = _compose(random, _FOREIGN_TITLES, count)
    editions = list(_EDITIONS)
    edition_of = draw(random, list(_EDITIONS.values()), count).tolist()
    taste = random.random(count).tolist()
    taken: set[tuple[str, str]] = set()
    titles = []
    for index, artist in enumerate(artists):
        is_foreign = taste[index] < (0.01 if artist.isascii() else 0.5)
        stem = foreign[index] if is_foreign else plain[index]
        title = stem + editions[edition_of[index]]
        part = 2
        while (artist, title) in taken:
            title = f"{stem} (Part {part})"
            part += 1
        taken.add((artist, title))
        titles.append(title)
    return titles


def number_titles(count: int) -> list[str]:
    """Return `count` titles that are only a number."""
    return list(islice(cycle(_NUMBER_TITLES), count))


def _distinct(random: Generator, patterns: dict[str, int], count: int) -> list[str]:
    """Compose texts until `count` are distinct; return them in the drawn order."""
    texts: dict[str, None] = {}
    while len(texts) < count:
        missing = count - len(texts)
        texts.update(dict.fromkeys(_compose(random, patterns, missing)))
    return list(texts)


def _compose(random: Generator, patterns: dict[str, int], count: int) -> list[str]:
    """Fill `count` patterns, drawn by their weights, with random words."""
    parts = [_parts(pattern) for pattern in patterns]
    slots = max(sum(not isinstance(part, str) for part in each) for each in parts)
    pattern_of = draw(random, list(patterns.values()), count).tolist()
    numbers = random.integers(0, 2**31, (count, slots), dtype=np.int64).tolist()
    texts = []
    for pattern, row in zip(pattern_of, numbers, strict=True):
        choice = iter(row)
        texts.append(
            "".join(
                part if isinstance(part, str) else part[next(choice) % len(part)]
                for part in parts[pattern]
            )
        )
    return texts


def _parts(pattern: str) -> list[str | tuple[str, ...]]:
    """Split a pattern at its `{slots}` into fixed text and lists of words."""
    pieces = re.split(r"\{(\w+)\}", pattern)
    return [
        _WORDS[piece] if is_slot else piece
        for piece, is_slot in zip(pieces, cycle((False, True)), strict=False)
    ]
