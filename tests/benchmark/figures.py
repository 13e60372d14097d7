"""From measurements to figures: rounds, medians and ratios."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from statistics import median

from tests.benchmark.contenders import OURS, Contender, Measured
from tests.benchmark.process import BenchmarkError


@dataclass(frozen=True)
class Figure:
    """What the rounds of one contender come to.

    Attributes:
        words: What it does.
        files: The files that it reads.
        seconds: Its time in each round that it took part in.
        shortest: The shortest of them.
        median: Their median.
        ratios: How many times as long it takes as each step of ours: the ratio of
            the medians over the rounds that both took part in.
    """

    words: str
    files: int
    seconds: list[float]
    shortest: float
    median: float
    ratios: dict[str, float]

    def to_json(self) -> dict[str, object]:
        """Return the figure as JSON would have it."""
        return asdict(self)


def interleaved(
    contenders: Sequence[Contender], rounds: int
) -> Iterator[tuple[int, Contender]]:
    """Return each round's number, from 1, with each contender that takes part in it."""
    for number in range(1, rounds + 1):
        for contender in contenders:
            if number <= contender.most_rounds:
                yield number, contender


def measure(
    contenders: Sequence[Contender],
    rounds: int,
    once: Callable[[int, Contender], Measured],
) -> dict[str, Figure]:
    """Measure all contenders round by round: the machine's speed may change.

    Args:
        contenders: Who takes part.
        rounds: How many rounds.
        once: Measures a contender once, in the round given.

    Returns:
        The figures by the contenders' names.

    Raises:
        BenchmarkError: They did not all read the same files.
    """
    taken: dict[str, list[Measured]] = {contender.name: [] for contender in contenders}
    for number, contender in interleaved(contenders, rounds):
        taken[contender.name].append(once(number, contender))
        _check_files(taken)
    seconds = {name: [each.seconds for each in taken[name]] for name in taken}
    return {
        contender.name: Figure(
            words=contender.words,
            files=taken[contender.name][0].files,
            seconds=seconds[contender.name],
            shortest=min(seconds[contender.name]),
            median=median(seconds[contender.name]),
            ratios={
                ours: ratio(seconds[contender.name], seconds[ours])
                for ours in OURS
                if ours in seconds
            },
        )
        for contender in contenders
    }


def ratio(theirs: Sequence[float], ours: Sequence[float]) -> float:
    """Return the ratio of two medians, over the rounds that both took part in."""
    both = min(len(theirs), len(ours))
    return median(theirs[:both]) / median(ours[:both])


def _check_files(taken: Mapping[str, Sequence[Measured]]) -> None:
    files = {name: each.files for name, rounds in taken.items() for each in rounds}
    if len(set(files.values())) > 1:
        raise BenchmarkError(
            f"these did not read the same files, so their times cannot be compared: "
            f"{files}; lay out the source as log_data/year/month/*.json and "
            "song_data/A/B/C/*.json"
        )
