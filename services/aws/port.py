"""The only module that imports boto3: makes calls, and turns every failure into `Refused` or a problem.

Retries, time-outs and the user agent are set here, explicitly. `AWS_ENDPOINT_URL` and the other AWS settings are
boto3's own to honour.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from threading import Lock
from typing import Any

import boto3
import botocore.exceptions
import botocore.session
from botocore import xform_name
from botocore.config import Config

from services.aws.translate import problem_of_failure
from services.model.calls import Call, Refused, Reply
from services.model.operations import OPERATIONS
from services.problems import Problem, ProblemError

LONGEST_BODY = 8 * 1024 * 1024
"""Bytes of an object that are read at most; a backup file has less than half a megabyte."""


@dataclass(frozen=True)
class Settings:
    """How to reach AWS. Empty values leave the decision to the AWS configuration of this computer."""

    profile: str = ""
    region: str = ""
    endpoint_url: str = ""
    access_key: str = field(default="", repr=False)
    secret_key: str = field(default="", repr=False)
    session_token: str = field(default="", repr=False)
    ca_bundle: str = ""


class Port:
    """`Aws` over boto3: one client a service, made when it is first needed; safe to call from several threads."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._guard = Lock()
        self._clients: dict[str, Any] = {}
        self._config = Config(
            retries={"mode": "standard", "total_max_attempts": 4},
            connect_timeout=5,
            read_timeout=20,
            max_pool_connections=16,
            user_agent_extra="palisade-wizard",
        )
        self._session = self._open(settings)

    def __call__(self, call: Call) -> Reply:
        try:
            client = self._client(call.service)
            row = OPERATIONS.get(call.name)
            method = xform_name(call.op)
            if row is not None and row.paged and client.can_paginate(method):
                reply = client.get_paginator(method).paginate(**call.params).build_full_result()
            else:
                reply = getattr(client, method)(**call.params)
        except botocore.exceptions.ClientError as error:
            raise _refused(call, error) from None
        except botocore.exceptions.BotoCoreError as failure:
            raise _failed(call, failure) from None
        return {name: _plain(part) for name, part in reply.items() if name != "ResponseMetadata"}

    @property
    def endpoint(self) -> str:
        """The endpoint in use if it is not AWS's own; empty otherwise."""
        try:
            client = self._client("s3")
        except ProblemError:
            return self._settings.endpoint_url
        url = str(client.meta.endpoint_url)
        host = url.split("://", 1)[-1].split("/", 1)[0].split(":", 1)[0]
        return "" if host.endswith((".amazonaws.com", ".amazonaws.com.cn", ".api.aws")) else url

    @property
    def region(self) -> str:
        """The region in effect; empty if none is configured."""
        return str(self._session.region_name or "")

    def _open(self, settings: Settings) -> Any:
        try:
            return boto3.Session(
                profile_name=settings.profile or None,
                region_name=settings.region or None,
                aws_access_key_id=settings.access_key or None,
                aws_secret_access_key=settings.secret_key or None,
                aws_session_token=settings.session_token or None,
            )
        except botocore.exceptions.BotoCoreError as failure:
            raise _failed(None, failure) from None

    def _client(self, service: str) -> Any:
        with self._guard:
            if service not in self._clients:
                try:
                    self._clients[service] = self._session.client(
                        service,
                        config=self._config,
                        endpoint_url=self._settings.endpoint_url or None,
                        verify=self._settings.ca_bundle or None,
                    )
                except botocore.exceptions.BotoCoreError as failure:
                    raise _failed(None, failure) from None
                except ValueError:  # botocore's answer to an endpoint that is no URL
                    raise ProblemError(
                        Problem(
                            "invalid-answer",
                            "The endpoint URL for AWS is no URL.",
                            ("Correct --endpoint-url or AWS_ENDPOINT_URL, or leave it out.",),
                        )
                    ) from None
            return self._clients[service]


def profiles() -> tuple[str, ...]:
    """The names of the AWS profiles on this computer."""
    try:
        return tuple(sorted(botocore.session.Session().available_profiles))
    except botocore.exceptions.BotoCoreError as failure:
        raise _failed(None, failure) from None


def _refused(call: Call, error: botocore.exceptions.ClientError) -> Refused:
    answer = error.response
    found = answer.get("Error", {})
    status = int(answer.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))
    return Refused(call, str(found.get("Code", status)), str(found.get("Message", "")), status)


def _failed(call: Call | None, failure: botocore.exceptions.BotoCoreError) -> ProblemError:
    problem = problem_of_failure(failure, call, _detail(failure))
    if problem is None:
        problem = Problem(
            "our-bug", f"An unknown failure occurred below AWS's answers ({type(failure).__name__})."
        )
    return ProblemError(problem)


def _detail(failure: botocore.exceptions.BotoCoreError) -> str:
    """What happened, without the parameters: they may hold what must not be shown."""
    if isinstance(failure, botocore.exceptions.ParamValidationError):
        return "a parameter has the wrong form"
    return str(failure)


def _plain(value: Any) -> Any:
    """A part of a reply as data: moments as ISO text, bodies as bytes."""
    match value:
        case Mapping():
            return {key: _plain(part) for key, part in value.items()}
        case list() | tuple():
            return [_plain(part) for part in value]
        case datetime():
            return value.astimezone(UTC).isoformat()
        case _ if hasattr(value, "read"):
            with value:
                return value.read(LONGEST_BODY + 1)
        case _:
            return value
