"""The ranges into which reports sort counts."""


def bin_start(plays: int) -> int:
    return min(1 << (plays.bit_length() - 1), 1024)


def bin_end(start: int) -> int | None:
    return 2 * start - 1 if start < 1024 else None
