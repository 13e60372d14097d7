"""Finds and removes what is ours of Redshift Serverless."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from sparkify.aws.session import FORBIDDEN, Clients, find
from sparkify.aws.settings import Settings
from sparkify.aws.stack.namespace import Namespace
from sparkify.aws.stack.serverless_resource import (
    DELETING,
    NO_RESOURCE,
    has_our_tag,
)
from sparkify.aws.stack.usage_limit import UsageLimit, usage_limits
from sparkify.aws.stack.workgroup import Workgroup
from sparkify.aws.teardown.orphaned_resource import KEPT, OrphanedResource
from sparkify.aws.waiting import wait_until
from sparkify.progress import Progress

CONFLICT = "ConflictException"
GONE = "gone"


def serverless_orphans(aws: Clients, settings: Settings) -> Iterator[OrphanedResource]:
    """Yield what is ours, in the order in which it can be removed.

    The workgroup goes before its limit, so that it is never without one. Who may not
    list workgroups made none.
    """
    redshift = aws.redshift_serverless
    if find(redshift.list_workgroups, *FORBIDDEN, maxResults=1) is None:
        return
    limits = []
    for found in _pages(redshift, "list_workgroups", "workgroups"):
        arn = str(found["workgroupArn"])
        if has_our_tag(redshift, arn, settings.name):
            yield OrphanedResource(Workgroup.kind, found["workgroupName"])
            limits += usage_limits(redshift, arn)
    for limit in limits:
        yield OrphanedResource(UsageLimit.kind, limit["usageLimitId"])
    for found in _pages(redshift, "list_namespaces", "namespaces"):
        if has_our_tag(redshift, found["namespaceArn"], settings.name):
            yield OrphanedResource(Namespace.kind, found["namespaceName"])
    yield from _snapshots(redshift, settings)


def _snapshots(redshift: Any, settings: Settings) -> Iterator[OrphanedResource]:
    """Yield the snapshots; they were made by hand and outlive their namespace."""
    for found in _pages(redshift, "list_snapshots", "snapshots"):
        if found.get("namespaceName") != settings.name:
            continue
        name = found["snapshotName"]
        yield OrphanedResource(
            "redshift serverless snapshot",
            name,
            f"{KEPT}: it was made by hand, and its storage costs; delete it with "
            f"'aws redshift-serverless delete-snapshot --snapshot-name {name} "
            f"--region {settings.region}'",
        )


def _pages(redshift: Any, operation: str, key: str) -> Iterator[Any]:
    for page in redshift.get_paginator(operation).paginate():
        yield from page.get(key, ())


def delete_workgroup(
    aws: Clients, settings: Settings, name: str, progress: Progress
) -> None:
    """Delete a workgroup, and wait until it is gone."""
    redshift, request = aws.redshift_serverless, {"workgroupName": name}

    def status() -> str:
        found = find(redshift.get_workgroup, NO_RESOURCE, **request)
        return str(found["workgroup"]["status"]) if found else GONE

    def delete() -> None:
        find(redshift.delete_workgroup, NO_RESOURCE, CONFLICT, **request)

    _delete(f"{Workgroup.kind} '{name}'", status, delete, settings, progress)


def delete_usage_limit(aws: Clients, _: Settings, name: str, __: Progress) -> None:
    """Delete a usage limit."""
    find(aws.redshift_serverless.delete_usage_limit, NO_RESOURCE, usageLimitId=name)


def delete_namespace(
    aws: Clients, settings: Settings, name: str, progress: Progress
) -> None:
    """Delete a namespace without a final snapshot, and wait until it is gone."""
    redshift, request = aws.redshift_serverless, {"namespaceName": name}

    def status() -> str:
        found = find(redshift.get_namespace, NO_RESOURCE, **request)
        return str(found["namespace"]["status"]) if found else GONE

    def delete() -> None:
        find(redshift.delete_namespace, NO_RESOURCE, CONFLICT, **request)

    _delete(f"{Namespace.kind} '{name}'", status, delete, settings, progress)


def _delete(
    what: str,
    status: Callable[[], str],
    delete: Callable[[], None],
    settings: Settings,
    progress: Progress,
) -> None:
    """Ask for the deletion until it begins, and wait until it is over.

    What is still being created or changed cannot be deleted yet.
    """

    def look() -> tuple[bool, str]:
        if status() not in (GONE, DELETING):
            delete()
        now = status()
        return now == GONE, now.lower()

    wait_until(what, look, settings.deadline_minutes, progress)
