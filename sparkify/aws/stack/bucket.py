"""The bucket for flattened data and job files, closed to the public."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from sparkify.aws.names import PREFIXES, Names, is_ours, tags
from sparkify.aws.session import Clients, code, find
from sparkify.aws.settings import AUTO
from sparkify.aws.stack.finding import (
    ABSENT,
    NOT_OURS,
    OTHER_ACCOUNT,
    THERE,
    Change,
    Finding,
)
from sparkify.aws.stack.policies import tls_only
from sparkify.aws.stack.statements import same
from sparkify.aws.waiting import until_known, wait_for

PUBLIC_ACCESS = {
    "BlockPublicAcls": True,
    "BlockPublicPolicy": True,
    "IgnorePublicAcls": True,
    "RestrictPublicBuckets": True,
}
ENCRYPTION = {
    "Rules": [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}]
}
LIFECYCLE = {
    "Rules": [
        {
            "ID": "expire-temp",
            "Status": "Enabled",
            "Filter": {"Prefix": "temp/"},
            "Expiration": {"Days": 1},
        },
        {
            "ID": "abort-uploads",
            "Status": "Enabled",
            "Filter": {"Prefix": ""},
            "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 1},
        },
    ]
}
OLDEST_REGION = "us-east-1"  # the one that has no location constraint


class Bucket:
    """The bucket of a run.

    A bucket that is not ours is used only if the settings name it, and its
    configuration stays as it is. It must hold nothing below our prefixes before the
    first run, because a teardown empties them.

    Args:
        clients: The clients.
        names: The names of the resources.
    """

    kind = "s3 bucket"
    cost = 0.0

    def __init__(self, clients: Clients, names: Names) -> None:
        self._s3 = clients.s3
        self._names = names
        self._settings = names.settings
        self.name = names.bucket

    def look(self) -> Finding:
        """Return the state of the bucket; change nothing."""
        status, region = self._head()
        if status == "404":
            changes = (self._create(), Change("tag", self._tag))
            return Finding(ABSENT, (*changes, *self._fixes(is_new=True)))
        if status == "403":
            return self._of_another_account()
        if region != self._settings.region:
            return Finding(
                f"there, in {region}",
                refusal=f"bucket '{self.name}' is in {region}, and COPY reads from its "
                f"own region only; choose a bucket in {self._settings.region}, or "
                f"region={region}",
            )
        if find(self._s3.head_bucket, "403", **self._request()) is None:
            return self._of_another_account()
        if is_ours(self._tags(), self._settings):
            return Finding(THERE, tuple(self._fixes()))
        if self._settings.bucket != AUTO:
            return self._shared()
        if self._tags() or self._holds_any(""):
            return Finding(
                NOT_OURS,
                refusal=f"bucket '{self.name}' exists and is not tagged as ours; set "
                "bucket to it to use it as it is, or choose another name",
            )
        # It is ours: a run was killed before it could tag it.
        return Finding(THERE, (Change("tag", self._tag), *self._fixes()))

    def _head(self) -> tuple[str, str]:
        """Return S3's status of the bucket (200, 403 or 404) and its region."""
        from botocore.exceptions import ClientError

        try:
            found = self._s3.head_bucket(Bucket=self.name)
        except ClientError as error:
            if code(error) in ("403", "404"):
                return code(error), ""
            raise
        return "200", str(found.get("BucketRegion") or OLDEST_REGION)

    def _of_another_account(self) -> Finding:
        return Finding(
            OTHER_ACCOUNT,
            refusal=f"bucket '{self.name}' belongs to another account, or the "
            "credentials may not use it; choose another bucket, or auto",
        )

    def _shared(self) -> Finding:
        """Return the state of a bucket that is not ours and that the settings name."""
        if find(self._s3.head_object, "404", **self._request(Key=self._names.marker)):
            return Finding(NOT_OURS)
        for prefix in PREFIXES:
            if self._holds_any(prefix):
                return Finding(
                    NOT_OURS,
                    refusal=f"bucket '{self.name}' holds objects below {prefix} that "
                    "are not ours and that a teardown would remove; choose another "
                    "bucket, or auto",
                )
        body = json.dumps({"written_by": self._settings.name}).encode()
        return Finding(
            NOT_OURS,
            (
                self._put(
                    "marker", self._s3.put_object, Key=self._names.marker, Body=body
                ),
            ),
        )

    def _fixes(self, *, is_new: bool = False) -> Iterator[Change]:
        """Yield the changes after which our bucket is as it must be."""
        if is_new or not self._has_closed_access():
            yield self._put(
                "public access",
                self._s3.put_public_access_block,
                PublicAccessBlockConfiguration=PUBLIC_ACCESS,
            )
        if is_new or not self._has_encryption():
            yield self._put(
                "encryption",
                self._s3.put_bucket_encryption,
                ServerSideEncryptionConfiguration=ENCRYPTION,
            )
        if is_new or not self._has_lifecycle():
            yield self._put(
                "lifecycle",
                self._s3.put_bucket_lifecycle_configuration,
                LifecycleConfiguration=LIFECYCLE,
            )
        if is_new or not self._has_policy():
            yield self._put(
                "policy",
                self._s3.put_bucket_policy,
                Policy=json.dumps(tls_only(self.name)),
            )

    def _has_closed_access(self) -> bool:
        found = find(
            self._s3.get_public_access_block,
            "NoSuchPublicAccessBlockConfiguration",
            **self._request(),
        )
        return bool(found) and found["PublicAccessBlockConfiguration"] == PUBLIC_ACCESS

    def _has_encryption(self) -> bool:
        found = find(
            self._s3.get_bucket_encryption,
            "ServerSideEncryptionConfigurationNotFoundError",
            **self._request(),
        )
        rules = found["ServerSideEncryptionConfiguration"]["Rules"] if found else []
        wanted = ENCRYPTION["Rules"][0]["ApplyServerSideEncryptionByDefault"]
        return any(
            rule.get("ApplyServerSideEncryptionByDefault") == wanted for rule in rules
        )

    def _has_lifecycle(self) -> bool:
        found = find(
            self._s3.get_bucket_lifecycle_configuration,
            "NoSuchLifecycleConfiguration",
            **self._request(),
        )
        return bool(found) and same(*map(_rules, (found, LIFECYCLE)))

    def _has_policy(self) -> bool:
        found = find(
            self._s3.get_bucket_policy, "NoSuchBucketPolicy", **self._request()
        )
        return bool(found) and same(json.loads(found["Policy"]), tls_only(self.name))

    def _tags(self) -> list[dict[str, str]]:
        found = find(self._s3.get_bucket_tagging, "NoSuchTagSet", **self._request())
        return list(found["TagSet"]) if found else []

    def _holds_any(self, prefix: str) -> bool:
        found = self._s3.list_objects_v2(**self._request(Prefix=prefix, MaxKeys=1))
        return bool(found.get("Contents"))

    def _create(self) -> Change:
        region = self._settings.region
        place: dict[str, Any] = {"Tags": tags(self._settings)}
        if region != OLDEST_REGION:
            place["LocationConstraint"] = region

        def create() -> None:
            self._s3.create_bucket(Bucket=self.name, CreateBucketConfiguration=place)
            what = f"bucket '{self.name}'"
            wait_for(self._s3, "bucket_exists", what, **self._request())

        return Change("create", create)

    def _tag(self) -> None:
        if not is_ours(self._tags(), self._settings):
            self._s3.put_bucket_tagging(
                **self._request(Tagging={"TagSet": tags(self._settings)})
            )

    def _put(self, what: str, call: Callable[..., Any], **request: Any) -> Change:
        put = partial(call, **self._request(**request))
        return Change(what, lambda: until_known(put, "NoSuchBucket"))

    def _request(self, **request: Any) -> dict[str, Any]:
        """Return a request with the bucket and the account that must own it."""
        return {
            "Bucket": self.name,
            "ExpectedBucketOwner": self._names.account,
            **request,
        }


def _rules(lifecycle: dict[str, Any]) -> list[dict[str, Any]]:
    """Return lifecycle rules without empty filters, which S3 may leave out."""
    return [
        {key: value for key, value in rule.items() if key != "Filter"}
        | {"Prefix": rule.get("Filter", {}).get("Prefix", "")}
        for rule in lifecycle["Rules"]
    ]
