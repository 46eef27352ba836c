"""The only module that imports boto3: makes calls, and turns every failure into `Refused` or a problem.

Retries, time-outs and the user agent are set here, explicitly. `AWS_ENDPOINT_URL` and the other AWS settings are
boto3's own to honour.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

import boto3
import botocore.exceptions
import botocore.session
from botocore import xform_name
from botocore.config import Config
from botocore.parsers import ResponseParserError
from botocore.validate import ParamValidator

from services.aws import listings
from services.aws.endpoints import SERVICES, is_aws, scrubbed, without_sign_in
from services.aws.failures import (
    DAMAGED_SIGN_IN,
    MFA,
    no_credentials,
    not_aws,
    problem_of_failure,
    unknown_region,
)
from services.aws.promises import keeps
from services.aws.replies import is_answer, plain
from services.aws.shapes import is_modelled
from services.model.calls import Call, Refused, Reply
from services.model.operations import OPERATIONS
from services.problems import Problem, ProblemError

_NO_RETRY = Config(retries={"mode": "standard", "total_max_attempts": 1})
_PARTITIONS = ("aws", "aws-cn", "aws-us-gov")


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
    """`Aws` over boto3: one client a service, made when it is first needed; safe to call from several threads.

    `listen` gets boto3's own event emitter before the first client is made: whoever listens there sees every request.
    """

    def __init__(self, settings: Settings, listen: Callable[[Any], None] | None = None) -> None:
        self._settings = settings
        self._guard = Lock()
        self._clients: dict[tuple[str, str, bool], Any] = {}
        self._config = Config(
            retries={"mode": "standard", "total_max_attempts": 4},
            connect_timeout=5,
            read_timeout=20,
            max_pool_connections=32,
            user_agent_extra="palisade-wizard",
        )
        self._session = self._open(settings)
        if listen is not None:
            listen(self._session.events)

    def __call__(self, call: Call) -> Reply:
        row = OPERATIONS.get(call.name)
        elsewhere = str(call.region or "")
        client = self._client(call.service, elsewhere, once=row is not None and row.once)
        self._sign_in(call)
        try:
            reply = _ask(client, call, paged=row is not None and row.paged)
            if not (is_answer(reply) and _is_awss(client, call, reply)):
                raise ProblemError(not_aws(call))
            return {name: plain(part) for name, part in reply.items() if name != "ResponseMetadata"}
        except botocore.exceptions.ClientError as error:
            raise self._why(_refused(call, error)) from None
        except (botocore.exceptions.BotoCoreError, ResponseParserError) as failure:
            region = (elsewhere or self.region) if is_aws(client.meta.endpoint_url) else ""
            raise _failed(call, failure, region) from None
        except OSError as error:  # credentials that were renewed during the call
            raise _unusable(f"{error.strerror}: {error.filename}") from None
        except (ArithmeticError, AttributeError, KeyError, RuntimeError, TypeError, ValueError):
            # botocore's parser, about a page of a portal, or a moment that no calendar has
            raise ProblemError(not_aws(call)) from None

    @property
    def endpoint(self) -> str:
        """The endpoint in use if it is not AWS's own, of any service that is used; empty otherwise.

        A user name and password in it are left out.
        """
        urls = [self._settings.endpoint_url]
        for service in SERVICES:
            try:
                urls.append(str(self._client(service).meta.endpoint_url))
            except ProblemError:  # the first call tells
                continue
        return next((without_sign_in(url) for url in urls if url and not is_aws(url)), "")

    @property
    def region(self) -> str:
        """The region in effect; empty if none is configured."""
        return str(self._session.region_name or "")

    def _open(self, settings: Settings) -> Any:
        try:
            session = boto3.Session(
                profile_name=settings.profile or None,
                region_name=settings.region or None,
                aws_access_key_id=settings.access_key or None,
                aws_secret_access_key=settings.secret_key or None,
                aws_session_token=settings.session_token or None,
            )
            providers = session._session.get_component("credential_provider")
        except botocore.exceptions.BotoCoreError as failure:
            raise _failed(None, failure) from None
        providers.get_provider("assume-role")._prompter = _no_prompt
        return session

    def _sign_in(self, call: Call) -> None:
        """Has the credentials renewed before the call if need be: what goes wrong there is not said of the call."""
        try:
            credentials = self._session.get_credentials()
            if credentials is not None:
                credentials.get_frozen_credentials()
        except botocore.exceptions.ClientError as error:
            raise ProblemError(no_credentials(_refused(_signing_in(error.operation_name), error))) from None
        except botocore.exceptions.BotoCoreError as failure:
            raise _failed(call, failure) from None
        except OSError as error:  # a credential process or a token file that the AWS configuration names
            raise _unusable(f"{error.strerror}: {error.filename}") from None
        except (
            KeyError,
            ValueError,
            TypeError,
            AttributeError,
        ):  # what a file or a program holds as credentials
            raise ProblemError(DAMAGED_SIGN_IN) from None

    def _client(self, service: str, region: str = "", *, once: bool = False) -> Any:
        """`region` is empty for the session's own."""
        kind = (service, region, once)
        with self._guard:
            if kind not in self._clients:
                config = self._config.merge(_NO_RETRY) if once else self._config
                try:
                    made = self._session.client(
                        service,
                        region_name=region or None,
                        config=config,
                        endpoint_url=self._settings.endpoint_url or None,
                        verify=self._settings.ca_bundle or None,
                    )
                except botocore.exceptions.BotoCoreError as failure:
                    raise _failed(None, failure) from None
                except OSError as error:  # as above
                    raise _unusable(f"{error.strerror}: {error.filename}") from None
                except json.JSONDecodeError:  # what a credential process printed
                    raise _unusable("the credential process does not print what it should") from None
                except ValueError:  # botocore's answer to an endpoint that is no URL
                    raise ProblemError(
                        Problem(
                            "invalid-answer",
                            "The endpoint URL for AWS is no URL.",
                            ("Correct --endpoint-url or AWS_ENDPOINT_URL, or leave it out.",),
                        )
                    ) from None
                if service == "s3":
                    made.meta.events.register(listings.EVENT, listings.take)
                self._check_region(region or self.region, str(made.meta.endpoint_url))
                self._clients[kind] = made
            return self._clients[kind]

    def _check_region(self, region: str, url: str) -> None:
        """Refuses a region that AWS does not have, where its name is what would make the address of AWS's own."""
        known = {r for p in _PARTITIONS for r in self._session.get_available_regions("s3", p)}
        # That none is set is told by botocore.
        if region and region not in known and is_aws(url.replace(f".{region}.", ".us-east-1.")):
            raise ProblemError(unknown_region(region))

    def _why(self, refused: Refused) -> Refused:
        """The answer to a HEAD has no text, so a bare 400 may be an ended sign-in: whoever is asked next tells."""
        if not (refused.code == "400" and refused.call.op.startswith("Head")):
            return refused
        try:
            self(Call("sts", "GetCallerIdentity"))
        except Refused as reason:
            return reason
        except ProblemError:
            pass
        return refused


def profiles() -> tuple[str, ...]:
    """The names of the AWS profiles on this computer."""
    try:
        return tuple(sorted(botocore.session.Session().available_profiles))
    except botocore.exceptions.BotoCoreError as failure:
        raise _failed(None, failure) from None


def _no_prompt(_prompt: str) -> str:
    """In place of botocore's, which asks for an MFA code on the terminal from whatever thread makes the call."""
    raise ProblemError(MFA)


def _ask(client: Any, call: Call, *, paged: bool) -> Mapping[str, Any]:
    method = xform_name(call.op)
    if not paged:
        reply: Mapping[str, Any] = getattr(client, method)(**call.params)
        return reply
    pages = client.get_paginator(method).paginate(**call.params)
    try:
        whole: Mapping[str, Any] = pages.build_full_result()
    except botocore.exceptions.ParamValidationError:
        shape = client.meta.service_model.operation_model(call.op).input_shape
        if ParamValidator().validate(dict(call.params), shape).has_errors():
            raise
        # What was asked for is right: where it goes on, the answer said.
        raise ResponseParserError("no place to go on") from None
    # A page that is not AWS's must not be taken for a list without entries.
    if not any(key.expression in whole for key in pages.result_keys):
        raise ResponseParserError("no list")
    return whole


def _is_awss(client: Any, call: Call, reply: Mapping[str, Any]) -> bool:
    """Whether a reply has the types of AWS's model, and everything that AWS always says."""
    if call.op == "ListObjectVersions" and listings.is_ours(reply):
        return True
    shape = client.meta.service_model.operation_model(call.op).output_shape
    return is_modelled(shape, reply) and keeps(call.name, reply)


def _refused(call: Call, error: botocore.exceptions.ClientError) -> Refused:
    answer = error.response
    found = answer.get("Error", {})
    status = int(answer.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))
    return Refused(call, str(found.get("Code") or status), str(found.get("Message", "")), status)


def _signing_in(op: str) -> Call:
    """A call that botocore makes for credentials."""
    return Call({"GetRoleCredentials": "sso", "CreateToken": "sso-oidc"}.get(op, "sts"), op)


def _unusable(what: str) -> ProblemError:
    return ProblemError(
        Problem(
            "invalid-answer",
            f"The AWS settings on this computer cannot be used ({what}).",
            ("Correct ~/.aws/config (or the AWS_ variables), or choose another profile with --profile.",),
        )
    )


def _failed(call: Call | None, failure: Exception, region: str = "") -> ProblemError:
    return ProblemError(problem_of_failure(failure, call, _detail(failure), region))


def _detail(failure: Exception) -> str:
    """What happened, without the parameters and the reply: they may hold what must not be shown."""
    if isinstance(failure, botocore.exceptions.ParamValidationError):
        return "a parameter has the wrong form"
    if isinstance(failure, ResponseParserError):
        return "the answer cannot be read"
    return scrubbed(str(failure))
