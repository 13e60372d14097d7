"""The service as moto's server answers it: checked requests, checked answers."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime
from types import SimpleNamespace
from typing import Any
from unittest import mock

from botocore import xform_name
from botocore.validate import ParamValidator
from moto import backend_index, backends
from moto.core.base_backend import BackendDict, BaseBackend
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.core.responses import ActionResult, BaseResponse

from sparkify.rehearsal.iam import signer
from sparkify.rehearsal.model_limits import service_model, violations_of
from sparkify.rehearsal.redshift_serverless.state import INVALID, Refusal, State

SERVICE = "redshift-serverless"
ADDRESS = rf"https?://{SERVICE}\.(.+)\.amazonaws\.com"
OPERATIONS = (
    *("CreateNamespace", "GetNamespace", "UpdateNamespace", "DeleteNamespace"),
    *("CreateWorkgroup", "GetWorkgroup", "UpdateWorkgroup", "DeleteWorkgroup"),
    *("CreateUsageLimit", "UpdateUsageLimit", "DeleteUsageLimit", "ListUsageLimits"),
    *("ListNamespaces", "ListWorkgroups", "ListSnapshots", "ListTagsForResource"),
    "GetCredentials",
)
PERSON = "IAM:person"  # the database user of whoever has no role


class Response(BaseResponse):
    """Answers a request; moto makes one for each."""

    states: BackendDict[Any]

    def __init__(self) -> None:
        super().__init__(service_name=SERVICE)

    @property
    def state(self) -> State:
        """What the region has."""
        found: State = self.states[self.current_account][self.region].state
        return found

    def answer(self, operation: str) -> ActionResult:
        """Check a request against the model, carry it out, and check the answer."""
        model = service_model(SERVICE).operation_model(operation)
        wanted = json.loads(self.body or "{}")
        if wrong := _problems(model.input_shape, wanted):
            raise Refusal(INVALID, "; ".join(wrong))
        more = {"user": self._user()} if operation == "GetCredentials" else {}
        found = self.state.carry_out(operation, {**wanted, **more})
        if wrong := _problems(model.output_shape, found):
            raise AssertionError(f"the emulated {operation} is wrong: {wrong}")
        return ActionResult(found)

    def resource(self) -> str:
        """Return the ARN of what the request is about, for a policy."""
        name = json.loads(self.body or "{}").get("workgroupName", "")
        return self.state.workgroup_arn(name)

    def _user(self) -> str:
        """Return the database user as whom the service logs the caller in."""
        role = signer(self.headers.get("Authorization", ""))
        return f"IAMR:{role.role_arn.rpartition('/')[2]}" if role else PERSON


def _problems(shape: Any, value: dict[str, Any]) -> list[str]:
    """Return what is wrong with a structure: names, types, patterns and choices."""
    report = ParamValidator().validate(value, shape)
    if report.has_errors():
        return [str(report.generate_report())]
    return list(violations_of(shape, value, shape.name))


def _answering(operation: str) -> Callable[[Response], ActionResult]:
    return lambda response: response.answer(operation)


for _operation in OPERATIONS:
    setattr(Response, xform_name(_operation), _answering(_operation))


@contextmanager
def served(
    make_password: Callable[[str, datetime | None], str],
    endpoint: Callable[[], tuple[str, int]],
) -> Iterator[Callable[[str], State]]:
    """Let moto's server answer the service while the context is open.

    Args:
        make_password: Issues a password to a database user, with its end if any.
        endpoint: Returns the host and the port of all workgroups.

    Yields:
        What returns the state of a region.
    """

    class Backend(BaseBackend):
        def __init__(self, region_name: str, account_id: str) -> None:
            super().__init__(region_name, account_id)
            self.state = State(region_name, make_password, endpoint)

        @property
        def _url_module(self) -> Any:
            return SimpleNamespace(
                url_bases=[ADDRESS], url_paths={"{0}/$": Response.dispatch}
            )

    states = BackendDict(Backend, SERVICE)
    get_backend: Callable[[Any], Any] = backends.get_backend
    patterns = [*backend_index.backend_url_patterns, (SERVICE, re.compile(ADDRESS))]

    def find_backend(name: str) -> Any:
        return states if name == SERVICE else get_backend(name)

    def state(region: str) -> State:
        found: State = states[DEFAULT_ACCOUNT_ID][region].state
        return found

    with ExitStack() as stack:
        for owner, name, value in (
            (Response, "states", states),
            (backends, "get_backend", find_backend),
            (backend_index, "backend_url_patterns", patterns),
        ):
            stack.enter_context(mock.patch.object(owner, name, value, create=True))
        yield state
