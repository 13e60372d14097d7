"""The command: `python -m tests.benchmark`."""

import argparse
import json
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from tests.benchmark.contenders import CONTENDERS, Contender, Measured
from tests.benchmark.figures import Figure, measure
from tests.benchmark.process import BenchmarkError, temporary_folder
from tests.benchmark.report import machine, show
from tests.benchmark.source import Source, prepare

FAILED = 1
INTERRUPTED = 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, show the table, and return the exit status."""
    options = _options(arguments)
    console = Console()
    for number in (signal.SIGINT, signal.SIGTERM):  # ignored where a shell starts it
        signal.signal(number, signal.default_int_handler)
    try:
        with temporary_folder() as folder:
            with console.status("preparing the source"):
                source = prepare(options.source, folder / "source")
            _introduce(console, source)
            figures = _measure(console, source, options.quick, options.rounds)
        show(console, figures)
        if options.json:
            _write(options.json, source, figures)
    except BenchmarkError as error:
        console.print(f"error: {error}", style="bold red", markup=False)
        return FAILED
    except KeyboardInterrupt:
        console.print("interrupted; nothing is left behind")
        return INTERRUPTED
    return 0


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m tests.benchmark",
        description="Measures Sparkify against plain reading, plain DuckDB and plain "
        "Spark on the same files, in interleaved rounds.",
    )
    parser.add_argument(
        "--quick",
        action="store_true",
        help="leave out the plain Spark script and the whole runs",
    )
    parser.add_argument(
        "--rounds",
        type=int,
        default=5,
        metavar="N",
        help="rounds to measure (default: 5); what runs on Spark and the whole runs "
        "take part in the first two only",
    )
    parser.add_argument(
        "--source",
        type=Path,
        metavar="DIR",
        help="a folder with log_data/ and song_data/ (default: the real data, or demo "
        "data where it is absent)",
    )
    parser.add_argument(
        "--json", type=Path, metavar="FILE", help="write the figures there, too"
    )
    options = parser.parse_args(arguments)
    if options.rounds < 1:
        parser.error(f"--rounds is {options.rounds}; choose a whole number from 1 up")
    if options.json and not options.json.absolute().parent.is_dir():
        parser.error(f"--json: there is no folder '{options.json.absolute().parent}'")
    if options.source:
        options.source = options.source.resolve()
        for name in ("log_data", "song_data"):
            if not (options.source / name).is_dir():
                parser.error(f"--source: '{options.source}' has no folder '{name}'")
    return options


def _introduce(console: Console, source: Source) -> None:
    console.print(
        f"source   {source.words} ({source.files:,} files, {source.bytes:,} bytes)",
        highlight=False,
        markup=False,
        soft_wrap=True,
    )


def _measure(
    console: Console, source: Source, is_quick: bool, rounds: int
) -> dict[str, Figure]:
    def once(number: int, contender: Contender) -> Measured:
        label = f"round {number}  {contender.words}"
        with console.status(label), temporary_folder() as folder:
            measured = contender.measure(source.folder, folder)
        console.print(f"{label}  {measured.seconds:.2f} s", highlight=False)
        return measured

    taking_part = [each for each in CONTENDERS if each.is_quick or not is_quick]
    return measure(taking_part, rounds, once)


def _write(path: Path, source: Source, figures: dict[str, Figure]) -> None:
    content = {
        "machine": machine(),
        "source": {
            "words": source.words,
            "files": source.files,
            "bytes": source.bytes,
        },
        "figures": {name: figure.to_json() for name, figure in figures.items()},
    }
    path.write_text(json.dumps(content, indent=2) + "\n")


if __name__ == "__main__":
    sys.exit(main())
