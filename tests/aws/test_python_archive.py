"""The Python for EMR Serverless runs on a worker that has none of the kind."""

import json
import lzma
import os
import re
import subprocess
import tarfile
from pathlib import Path
from random import Random

import pytest

from sparkify import ownership
from sparkify.aws import lzma_module, python_archive
from sparkify.aws.artefacts import WHEELS
from sparkify.errors import CloudError, JarsError
from sparkify.rehearsal.emr_serverless import unpack

# Amazon Linux 2023, on which EMR Serverless runs.
NEWEST_GLIBC = (2, 34)
IMPORTED = ("boto3", "ftfy", "numpy", "pandas", "pyarrow.parquet", "bz2", "ssl", "lzma")


@pytest.fixture(scope="module")
def archive(wheels: Path) -> Path:
    try:
        return python_archive.pack_python(wheels)
    except JarsError as error:
        pytest.skip(f"needs a jar from Maven Central: {error}")


@pytest.fixture(scope="module")
def unpacked(archive: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("worker") / "environment"
    unpack(archive, folder)
    return folder


def run(unpacked: Path, script: str) -> str:
    """Run a script as a worker does: by a relative path, without our environment."""
    done = subprocess.run(
        ["./environment/bin/python", "-c", script],
        cwd=unpacked.parent,
        env={},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_packed_python_imports_everything_from_the_archive(unpacked: Path) -> None:
    script = (
        f"import json, sys, {', '.join(IMPORTED)}\n"
        "files = [m.__file__ for m in list(sys.modules.values())"
        " if getattr(m, '__file__', None)]\n"
        "print(json.dumps([sys.version_info[:2], sys.prefix, files]))"
    )
    version, prefix, files = json.loads(run(unpacked, script))
    assert version == [3, 11]
    assert Path(prefix).samefile(unpacked)
    for file in files:
        assert (unpacked.parent / file).resolve().is_relative_to(unpacked), file


def test_the_archive_has_the_locked_packages(unpacked: Path) -> None:
    folders = (unpacked / python_archive.PACKAGES).glob("*.dist-info")
    found = {re.split("-[0-9]", folder.name)[0].lower() for folder in folders}
    assert found == {name.replace("-", "_") for name in WHEELS}


def test_no_part_of_the_archive_needs_a_newer_glibc(unpacked: Path) -> None:
    found = {
        tuple(map(int, version.split(b".")))
        for path in unpacked.rglob("*")
        if path.is_file() and (".so" in path.suffixes or path.parent.name == "bin")
        for version in re.findall(rb"GLIBC_(\d+\.\d+)", path.read_bytes())
    }
    assert found
    assert max(found) <= NEWEST_GLIBC


def test_no_link_of_the_archive_leads_out_of_it(archive: Path) -> None:
    with tarfile.open(archive) as opened:
        assert {entry.type for entry in opened} == {tarfile.REGTYPE}


def test_equal_wheels_give_an_equal_archive(
    archive: Path, wheels: Path, tmp_path: Path
) -> None:
    (other,) = (path for path in wheels.iterdir() if path.is_dir())
    (tmp_path / other.name).mkdir()
    for path in other.iterdir():
        if not path.name.endswith(".tar.gz"):
            os.link(path, tmp_path / other.name / path.name)
    again = python_archive.pack_python(tmp_path)
    assert again.read_bytes() == archive.read_bytes()
    assert not list(tmp_path.rglob("*.part"))
    ownership.remove(again.parent)
    assert not again.parent.exists()


def test_a_wrong_interpreter_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    jar = tmp_path / "sparkify" / "jars" / python_archive.PYTHON_JAR.file_name
    jar.parent.mkdir(parents=True)
    jar.write_bytes(b"another Python")
    with pytest.raises(CloudError, match=r"has the SHA-256 \w+, but 668b42f6.*delete"):
        python_archive._fetch_interpreter()


@pytest.mark.parametrize("size", [0, 1, 100, 300_000])
def test_xz_is_decompressed_as_by_the_standard_library(size: int) -> None:
    random = Random(size)
    content = bytes(random.choices(b"abc", k=size))
    stored = lzma.compress(content) + b"next"
    for most in (1_000, -1):
        theirs, ours = lzma.LZMADecompressor(), lzma_module.LZMADecompressor()
        data, found = stored, [b"", b""]
        while not ours.eof:
            taken = b""
            if ours.needs_input:
                cut = random.randint(1, 40_000)
                taken, data = data[:cut], data[cut:]
            found[0] += theirs.decompress(taken, most)
            found[1] += ours.decompress(taken, most)
            assert len(found[1]) == len(found[0])
            assert (ours.eof, ours.needs_input) == (theirs.eof, theirs.needs_input)
        assert found == [content, content]
        assert ours.unused_data == theirs.unused_data


def test_damaged_xz_is_refused_as_by_the_standard_library() -> None:
    stored = bytearray(lzma.compress(b"abc" * 1000))
    stored[40] ^= 255
    for damaged in (bytes(stored), b"no xz at all, by any means"):
        with pytest.raises(lzma.LZMAError) as theirs:
            lzma.LZMADecompressor().decompress(damaged)
        with pytest.raises(lzma_module.LZMAError) as ours:
            lzma_module.LZMADecompressor().decompress(damaged)
        assert str(ours.value) == str(theirs.value)


def test_the_packed_python_reads_xz(unpacked: Path) -> None:
    content = "Björk, Jóga\n" * 1000
    (unpacked.parent / "songs.xz").write_bytes(lzma.compress(content.encode()))
    script = (
        "import lzma, sys\n"
        "data = open('songs.xz', 'rb').read()\n"
        "sys.stdout.buffer.write(lzma.LZMADecompressor().decompress(data))"
    )
    assert run(unpacked, script) == content
