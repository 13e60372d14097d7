"""Writes a few flawed lines into the demo data, as every real log has some.

Lines are repaired when they are read, repeat an earlier one, or cannot be used. They
stand in the last log file. All its events stay: repeated and unusable lines are added.
"""

from pathlib import Path

LINES_A_FLAW = 100  # so that flaws stay below 1 % of the lines of each kind
PLAY = '"page":"NextSong"'
REPEATED = 3

# What is written otherwise in a line that can still be understood.
REPAIRABLE = (
    ('"status":200', '"status":"200"'),
    ('"status":200', '"status":200.0'),
    (PLAY, '"page":" NextSong "'),
)
# What is written otherwise in a line that cannot be used.
UNUSABLE = (
    ('"ts":', '"time":'),
    ('"sessionId":', '"sessionId":-'),
    ('"ts":', '"ts":"yesterday","was":'),
    ('"status":200', '"status":404'),  # it contradicts the line that it repeats
)
FOREIGN = "<html><body>502 Bad Gateway</body></html>"


def add_flaws(log: Path, events: int) -> None:
    """Rewrite a log file with a few flawed lines; a tiny one stays as it is.

    Args:
        log: A log file of the demo data.
        events: The events of all log files.
    """
    most = events // LINES_A_FLAW
    lines = log.read_text(encoding="ascii").split("\n")
    plays = [place for place, line in enumerate(lines) if PLAY in line]
    for place, (good, flawed) in zip(plays, REPAIRABLE[:most], strict=False):
        lines[place] = lines[place].replace(good, flawed, 1)
    if not most or not plays:
        return
    whole = [lines[place] for place in plays[len(REPAIRABLE) :]] or [lines[plays[-1]]]
    bad = [
        whole[number % len(whole)].replace(good, flawed, 1)
        for number, (good, flawed) in enumerate(UNUSABLE)
    ]
    bad += [FOREIGN, whole[-1][: len(whole[-1]) // 2]]
    more = [*whole[:REPEATED][:most], "", *bad[:most]]
    log.write_text("\n".join([*lines, *more]), encoding="ascii", newline="\n")
