"""The catalogue: one row for each song for which the company has metadata."""

from collections import Counter
from dataclasses import dataclass

import numpy as np
from numpy.random import Generator

from sparkify.demo.chance import Integers
from sparkify.demo.places import HOME_TOWNS
from sparkify.demo.world import LENGTH_UNIT, World

_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_SONGS_A_FIRST_LETTER = 15_000
_LAST_YEAR = 2018
_EARLIEST_YEARS_AGO = 58


@dataclass(frozen=True)
class Home:
    """Where an artist comes from, as far as the catalogue knows."""

    location: str
    latitude: float | None
    longitude: float | None


@dataclass(frozen=True)
class CatalogueSong:
    """One row of the catalogue, and the track id that names its file."""

    track_id: str
    artist_id: str
    artist_name: str
    home: Home
    song_id: str
    title: str
    duration: float
    year: int


def make_catalogue(random: Generator, world: World) -> list[CatalogueSong]:
    """Return the catalogue's rows.

    Some names of artists have two ids, and some ids have two names.
    """
    rows = np.concatenate([world.catalogued, world.twinned])
    is_twin = np.arange(len(rows)) >= len(world.catalogued)
    lengths = np.where(is_twin, world.other_lengths[rows], world.lengths[rows])
    artist_of = world.artist_numbers[rows].tolist()
    artist_count = int(world.artist_numbers.max()) + 1

    track_ids = _track_ids(random, len(rows))
    song_ids = _identifiers(random, len(rows), "SO", "12", 9)
    artist_ids = _identifiers(random, 2 * artist_count, "AR", "1187B", 6)
    homes = _homes(random, 2 * artist_count)
    years = _years(random, len(rows))

    songs = []
    songs_so_far: Counter[int] = Counter()
    for place, index in enumerate(rows.tolist()):
        artist = artist_of[place]
        songs_so_far[artist] += 1
        has_second_id = artist % 50 == 9 and songs_so_far[artist] % 2 == 0
        identity = artist + artist_count if has_second_id else artist
        songs.append(
            CatalogueSong(
                track_id=track_ids[place],
                artist_id=artist_ids[identity],
                artist_name=world.artists[index],
                home=homes[identity],
                song_id=song_ids[place],
                title=world.titles[index],
                duration=int(lengths[place]) / LENGTH_UNIT,
                year=years[place],
            )
        )
    return songs


def _track_ids(random: Generator, count: int) -> list[str]:
    """Make track ids; about twenty share the first letters, which name the folder."""
    first_letters = _LETTERS[: count // _SONGS_A_FIRST_LETTER + 1]
    return [
        f"TR{first_letters[place % len(first_letters)]}{identifier[3:]}"
        for place, identifier in enumerate(_identifiers(random, count, "TR", "128F", 7))
    ]


def _identifiers(
    random: Generator, count: int, kind: str, middle: str, digits: int
) -> list[str]:
    """Make distinct ids: the kind, five letters, the middle, hexadecimal digits.

    An odd factor maps the numbers below a power of two onto themselves, so the digits
    alone are distinct.
    """
    letters = random.integers(0, len(_LETTERS), (count, 5), dtype=np.int64).tolist()
    offset = int(random.integers(0, 16**digits))
    return [
        f"{kind}{''.join(_LETTERS[letter] for letter in word)}{middle}"
        f"{(offset + index * 0x9E3779B1) % 16**digits:0{digits}X}"
        for index, word in enumerate(letters)
    ]


def _homes(random: Generator, count: int) -> list[Home]:
    """Place a third of the artists on the map, and name the town of some others."""
    towns = list(HOME_TOWNS.items())
    town_of = random.integers(0, len(towns), count).tolist()
    knowledge = random.random(count).tolist()
    homes = []
    for number, known in zip(town_of, knowledge, strict=True):
        location, (latitude, longitude) = towns[number]
        if known < 0.34:
            homes.append(Home(location, latitude, longitude))
        else:
            homes.append(Home(location if known < 0.5 else "", None, None))
    return homes


def _years(random: Generator, count: int) -> list[int]:
    """Draw years of release, more of them recent; a third is unknown (0)."""
    ages = _EARLIEST_YEARS_AGO * random.random(count) * random.random(count)
    years: Integers = _LAST_YEAR - ages.astype(np.int64)
    years[random.random(count) < 0.33] = 0
    return list(map(int, years))
