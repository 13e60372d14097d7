"""The figures of a source and its star."""

from collections import Counter

from .records import Record, get_user_id, is_play
from .rows import Star


def top_songs(tables: Star, count: int) -> list[tuple[str, str, int]]:
    """Return the most played songs: title, name of the star's artist, plays."""
    titles = {song.song_id: song.title for song in tables["songs"]}
    names = {artist.artist_id: artist.name for artist in tables["artists"]}
    plays = Counter(
        (titles[play.song_id], names[play.artist_id]) for play in tables["songplays"]
    )
    ranked = sorted(plays.items(), key=lambda item: (-item[1], item[0]))
    return [(title, name, number) for (title, name), number in ranked[:count]]


def top_artists(tables: Star, count: int) -> list[tuple[str, int]]:
    """Return the most played artists: name of the star's artist, plays."""
    names = {artist.artist_id: artist.name for artist in tables["artists"]}
    plays = Counter(names[play.artist_id] for play in tables["songplays"])
    return sorted(plays.items(), key=lambda item: (-item[1], item[0]))[:count]


def figures(events: list[Record], songs: list[Record], tables: Star) -> dict[str, int]:
    """Count what can be counted in a source and its star."""
    songplays, users = tables["songplays"], tables["users"]
    inferred_songs = {song.song_id for song in tables["songs"] if song.is_inferred}
    inferred_artists = [row for row in tables["artists"] if row.is_inferred]
    return {
        "events": len(events),
        "plays": len(songplays),
        "events_without_user": sum(not get_user_id(event) for event in events),
        "users": len(users),
        "users_with_play": len({play.user_id for play in songplays}),
        "distinct_play_times": len(tables["time"]),
        "distinct_event_times": len({event["ts"] for event in events}),
        "sessions_with_play": len({(row.user_id, row.session_id) for row in songplays}),
        "paid_plays": sum(play.level == "paid" for play in songplays),
        "free_plays": sum(play.level == "free" for play in songplays),
        "paid_users": sum(user.level == "paid" for user in users),
        "catalogue_songs": len(tables["songs"]) - len(inferred_songs),
        "catalogue_artists": len(tables["artists"]) - len(inferred_artists),
        "plays_matched": sum(row.song_id not in inferred_songs for row in songplays),
        "inferred_songs": len(inferred_songs),
        "inferred_artists": len(inferred_artists),
    } | _figures_as_written(events, songs)


def _figures_as_written(events: list[Record], songs: list[Record]) -> dict[str, int]:
    """Count what can be counted before any text is repaired."""
    artist_keys = [
        "artist_id",
        "artist_name",
        "artist_location",
        "artist_latitude",
        "artist_longitude",
    ]
    artists = {tuple(song.get(key) for key in artist_keys) for song in songs}
    catalogue = [
        (song["title"], song["artist_name"], song.get("duration")) for song in songs
    ]
    plays = [
        (play["song"], play["artist"], play.get("length"))
        for play in events
        if is_play(play)
    ]
    pairs, triples = {song[:2] for song in catalogue}, set(catalogue)
    return {
        "artist_rows_as_written": len(artists),
        "plays_matched_as_written": sum(play[:2] in pairs for play in plays),
        "plays_matched_as_written_with_length": sum(play in triples for play in plays),
    }
