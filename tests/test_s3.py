"""An address in S3 is taken apart and put together in one place."""

import pytest

from sparkify.s3 import is_s3, join, split


@pytest.mark.parametrize(
    ("address", "bucket", "key"),
    [
        ("s3://raw", "raw", ""),
        ("s3://raw/", "raw", ""),
        ("s3://raw/2018/11", "raw", "2018/11"),
        ("s3://raw/2018/", "raw", "2018/"),
        ("s3://raw/a b/é?#%20", "raw", "a b/é?#%20"),
        ("s3://raw/s3://odd", "raw", "s3://odd"),
        ("s3://raw//empty", "raw", "/empty"),
    ],
)
def test_an_address_is_split_after_its_bucket(
    address: str, bucket: str, key: str
) -> None:
    assert split(address) == (bucket, key)


@pytest.mark.parametrize("parts", [(), ("2018",), ("2018", "11", "a b.json"), ("x/y",)])
def test_a_joined_address_splits_into_its_parts(parts: tuple[str, ...]) -> None:
    address = join("raw", *parts)
    assert address.startswith("s3://raw")
    assert split(address) == ("raw", "/".join(parts))


def test_only_addresses_with_the_scheme_are_in_s3() -> None:
    assert is_s3("s3://raw/2018")
    for address in ("/s3://raw", "s3:/raw", "S3://raw", "s3a://raw", "data/s3", ""):
        assert not is_s3(address)
