"""Spark's jars are fetched once, whoever asks for them at the same time."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from sparkify.rehearsal.jars import HADOOP_AWS, hadoop_aws_jars


def test_two_that_want_the_same_jars_fetch_them_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    jars = [tmp_path / "jars" / artifact.file_name for artifact in HADOOP_AWS]
    maven = tmp_path / "mvn"
    maven.write_text(
        "#!/bin/sh\n"
        f"echo fetched >> {tmp_path / 'log'}\n"
        f"sleep 0.5; touch {' '.join(map(str, jars))}\n"
    )
    maven.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    with ThreadPoolExecutor(2) as threads:
        assert list(threads.map(hadoop_aws_jars, [tmp_path / "jars"] * 2)) == [jars] * 2
    assert (tmp_path / "log").read_text() == "fetched\n"
