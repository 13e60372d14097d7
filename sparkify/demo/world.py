"""The songs that listeners play; the catalogue holds only some of them.

Two of every five songs are catalogued, popular or not, so about 40 % of the plays are
of catalogued songs.
"""

from dataclasses import dataclass

import numpy as np
from numpy.random import Generator

from sparkify.demo.chance import Integers, draw, happens, zipf_weights
from sparkify.demo.names import artist_names, number_titles, song_titles

LENGTH_UNIT = 100_000
"""Lengths are whole numbers of 1/100,000 s, the precision of the logs."""

_SONGS_AN_ARTIST = 4
_SONG_OFFSET = 22
_ARTIST_OFFSET = 25
_SONGS_A_TWIN = 250


@dataclass(frozen=True)
class World:
    """All songs that are played, the most popular first.

    Attributes:
        titles: Title of each song.
        artists: Artist of each song, as the song's label names it.
        artist_numbers: The position of the song's artist among all artists.
        lengths: In 1/100,000 s.
        other_lengths: The same, of another recording that is played at times.
        popularity: Whole-number weights.
        catalogued: Positions of the songs in the catalogue, in rising order.
        twinned: Positions of the songs whose other recording is catalogued too.
    """

    titles: list[str]
    artists: list[str]
    artist_numbers: Integers
    lengths: Integers
    other_lengths: Integers
    popularity: Integers
    catalogued: Integers
    twinned: Integers

    def __len__(self) -> int:
        return len(self.titles)


def make_world(random: Generator, songs: int) -> World:
    """Invent a world whose catalogue has exactly `songs` rows."""
    twins = songs // _SONGS_A_TWIN
    catalogued = _two_of_five(random, songs - twins)
    size = -(-(songs - twins) // 2) * 5

    names = artist_names(random, size // _SONGS_AN_ARTIST + 1)
    artist_numbers = draw(random, zipf_weights(len(names), _ARTIST_OFFSET), size)
    artists = _labels(names, artist_numbers)
    titles = song_titles(random, artists)
    numbered = catalogued[40::900].tolist()
    for index, title in zip(numbered, number_titles(len(numbered)), strict=True):
        titles[index] = title

    lengths = _lengths(random, size)
    differences = random.integers(20_000, 5 * LENGTH_UNIT, size, dtype=np.int64)
    weights = zipf_weights(size, _SONG_OFFSET) // 100
    return World(
        titles=titles,
        artists=artists,
        artist_numbers=artist_numbers,
        lengths=lengths,
        other_lengths=lengths - differences,
        popularity=weights * random.integers(80, 121, size, dtype=np.int64),
        catalogued=catalogued,
        twinned=np.sort(random.permutation(catalogued)[:twins]),
    )


def _two_of_five(random: Generator, count: int) -> Integers:
    """Choose `count` positions: two of the first five, two of the next five, ..."""
    blocks = -(-count // 2)
    order = random.random((blocks, 5)).argsort(axis=1, kind="stable")
    positions = order[:, :2] + 5 * np.arange(blocks)[:, np.newaxis]
    return np.sort(positions.ravel()).astype(np.int64)[:count]


def _labels(names: list[str], artist_numbers: Integers) -> list[str]:
    """Name each song's artist; a few share every second song with somebody else."""
    songs_so_far = [0] * len(names)
    labels = []
    for number in artist_numbers.tolist():
        label = names[number]
        if number % 60 == 4 and songs_so_far[number] % 2:
            label = f"{label} / {names[(number + 7) % len(names)]}"
        songs_so_far[number] += 1
        labels.append(label)
    return labels


def _lengths(random: Generator, size: int) -> Integers:
    """Draw lengths of one to ten minutes, mostly around four."""
    thirds = random.integers(0, 120 * LENGTH_UNIT, (3, size), dtype=np.int64)
    extras = random.integers(0, 180 * LENGTH_UNIT, size, dtype=np.int64)
    extras[~happens(random, 0.04, size)] = 0
    lengths: Integers = 60 * LENGTH_UNIT + thirds.sum(axis=0) + extras
    return lengths
