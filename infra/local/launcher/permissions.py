"""What a policy of the template is evaluated against, where MiniStack's evaluation (`AUTH=true`) does not know it.

MiniStack verifies each signature, gives each function the credentials of its own role, and evaluates actions, resources and conditions. It does not
know `dynamodb:LeadingKeys` (so every item passes), `ses:FromAddress` or the identity that SES sends from, nor which state machine a task token
belongs to, nor what is called in CloudWatch and about which alarms, takes every call about one alias of a function for one about all of them, and one
about a service of ECS for one about its cluster, and one about builds of CodeBuild for one about everything. It evaluates neither `iam:PassRole` nor `ecs:TagResource` when a task definition is registered.
Who else calls what is in `callers`.
"""

import functools
import json
import re
from collections.abc import Iterable, Iterator
from email.utils import parseaddr
from typing import Any

import cbor2
import task_tokens
from ministack import app
from ministack.core import iam_actions, iam_evaluator
from ministack.core.responses import get_account_id
from ministack.core.router import extract_region
from ministack.services import dynamodb

Json = dict[str, Any]

LEADING_KEYS = "dynamodb:LeadingKeys"
# What is done with one alias, by the method.
ALIAS_ACTIONS = {"GET": "GetAlias", "PUT": "UpdateAlias", "DELETE": "DeleteAlias"}
SEND_MAIL = "/v2/email/outbound-emails"

# What a request is about when it does not say it in a way that is understood here. No pattern of the template matches it, so such a request is denied.
UNKNOWN = "?"

_plain_dynamodb_context = iam_actions.dynamodb_service_context
_plain_resource_arn = iam_actions.extract_resource_arn
_plain_lambda_action = iam_actions._lambda_action
_plain_action = iam_actions.extract_iam_action
_plain_enforce = iam_evaluator.enforce
_plain_enforce_ses = app._enforce_ses_v2
_plain_parse = iam_evaluator.parse_policy_document
_parse_text = functools.lru_cache(maxsize=256)(_plain_parse)


class _ItemOfTransaction(str):
    """The ARN of the table of one item of a transaction, with the partition key of that item."""

    leading_key: str


class _Several(str):
    """Stands for what one call is about, each of which is checked."""

    arns: list[str]


class _NoStateMachine(str):
    """Stands for the state machine of a token that was never issued: Step Functions has to say so, not IAM."""


def _body(body: bytes) -> Json:
    try:
        data = json.loads(body or b"{}")
    except ValueError:
        return {}
    return data if isinstance(data, dict) else {}


def _partition_key(table_name: str, index_name: str | None = None) -> str | None:
    """The name of the partition key of a table or of one of its indexes."""
    table = dynamodb._tables.get(table_name.rpartition("/")[2]) or {}
    if index_name is not None:
        indexes = [*(table.get("GlobalSecondaryIndexes") or []), *(table.get("LocalSecondaryIndexes") or [])]
        table = next((index for index in indexes if index.get("IndexName") == index_name), {})
    return next((part["AttributeName"] for part in table.get("KeySchema") or [] if part["KeyType"] == "HASH"), None)


def _leading_key(table_name: str, attributes: Any) -> str:
    """The partition key's value in an item or in a key."""
    typed = attributes.get(_partition_key(table_name)) if isinstance(attributes, dict) else None
    return str(next(iter(typed.values()))) if isinstance(typed, dict) and typed else UNKNOWN


def _queried_key(data: Json) -> str:
    """The partition key's value that a query's condition compares with."""
    key = _partition_key(data["TableName"], data.get("IndexName"))
    names = data.get("ExpressionAttributeNames") or {}
    values = data.get("ExpressionAttributeValues") or {}
    for name, value in re.findall(r"(#?[\w.-]+)\s*=\s*(:\w+)", data.get("KeyConditionExpression") or ""):
        if key is not None and names.get(name, name) == key and isinstance(values.get(value), dict):
            return str(next(iter(values[value].values()), UNKNOWN))
    return UNKNOWN


def leading_keys(data: Json) -> list[str] | None:
    """The partition keys that a request names; None for one that names no items, such as a scan.

    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/specifying-conditions.html
    """
    if isinstance(batch := data.get("RequestItems"), dict):
        return [_leading_key(table, item) for table, requests in batch.items() for item in _items_of_batch(requests)]
    if not isinstance(table := data.get("TableName"), str):
        return None
    for name in ("Item", "Key"):
        if name in data:
            return [_leading_key(table, data[name])]
    if "KeyConditionExpression" in data or "KeyConditions" in data:
        return [_queried_key(data)]
    return None


def _items_of_batch(requests: Any) -> Iterator[Any]:
    if isinstance(requests, dict):
        yield from requests.get("Keys") or []
        return
    for request in requests:
        for operation in request.values():
            yield operation.get("Item", operation.get("Key"))


def dynamodb_service_context(body: bytes) -> Json:
    """The condition keys of a request on one item, or on the items of a batch."""
    context: Json = _plain_dynamodb_context(body)
    keys = leading_keys(_body(body))
    return context if keys is None else {**context, LEADING_KEYS: keys}


def dynamodb_transaction_checks(iam_action: str, body: bytes, region: str, account_id: str) -> list[tuple[str, str]]:
    """Each item of a transaction is a check of its own, with its own partition key.

    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis-iam.html
    """
    if iam_action not in ("dynamodb:TransactWriteItems", "dynamodb:TransactGetItems"):
        return []
    checks: list[tuple[str, str]] = []
    for item in _body(body).get("TransactItems") or []:
        for member, action in iam_actions._DYNAMODB_TRANSACT_ITEM_ACTIONS.items():
            if isinstance(operation := item.get(member), dict):
                table = str(operation.get("TableName"))
                resource = _ItemOfTransaction(iam_actions._dynamodb_table_arn(table, region, account_id))
                resource.leading_key = _leading_key(table, operation.get("Item", operation.get("Key")))
                checks.append((action, resource))
    return checks


def extract_resource_arn(service: str, method: str, path: str, headers: Json, body: bytes, params: Json, region: str, account_id: str) -> str:
    """The resource of a request. An answer to a task is for the state machine that waits for it.

    AWS lists no resource for these calls, yet evaluates that one: https://github.com/aws/aws-cdk/pull/8486.
    """
    if service == "states" and "taskToken" in (data := _body(body)):
        return task_tokens.issuer_of(data["taskToken"]) or _NoStateMachine("*")
    if service == "monitoring" and extract_iam_action(service, method, path, headers, body, params) == "cloudwatch:DescribeAlarms":
        return _alarms(cbor2.loads(body) if _operation(path) else _body(body), region, account_id)
    if service == "codebuild" and (projects := _projects(_body(body))):
        return _several(f"arn:aws:codebuild:{region}:{account_id}:project/{project}" for project in projects)
    if service == "ecs" and (named := _of_ecs(_body(body))):
        return _several(f"arn:aws:ecs:{region}:{account_id}:{name}" for name in named)
    arn: str = _plain_resource_arn(service, method, path, headers, body, params, region, account_id)
    return arn


def _operation(path: str) -> str | None:
    """What is called, in the protocol that has it in the path: `/service/ServiceName/operation/OperationName`."""
    return path.rpartition("/operation/")[2] if "/operation/" in path else None


def extract_iam_action(service: str, method: str, path: str, headers: Json, body: bytes, params: Json) -> str | None:
    """The action of a request."""
    if service == "monitoring" and (operation := _operation(path)):
        return f"cloudwatch:{operation}"
    action: str | None = _plain_action(service, method, path, headers, body, params)
    return action


def _several(arns: Iterable[str]) -> _Several:
    several = _Several("*")
    several.arns = list(arns)
    return several


def _of_ecs(data: Json) -> list[str]:
    """The services that a call is about, or the revision that is registered; none where it is about something else.

    https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonelasticcontainerservice.html
    """
    services = data.get("services") or ([data["service"]] if "service" in data else [])
    if services:
        cluster = str(data.get("cluster", "default")).rpartition("/")[2]
        return [f"service/{cluster}/{str(service).rpartition('/')[2]}" for service in services]
    return [f"task-definition/{data['family']}:{UNKNOWN}"] if "containerDefinitions" in data else []


def _projects(data: Json) -> list[str]:
    """The projects that a call is about, by their names or by the ids of their builds.

    https://docs.aws.amazon.com/service-authorization/latest/reference/list_awscodebuild.html
    """
    builds = [str(build).rpartition("/")[2].partition(":")[0] for build in data.get("ids") or []]
    return [*(data.get("names") or []), *builds, *([data["projectName"]] if "projectName" in data else [])]


def _alarms(data: Json, region: str, account_id: str) -> _Several:
    """Alarms are described by their names; without names, all of them are.

    https://docs.aws.amazon.com/r53recovery/latest/dg/security_iam_region_switch_cloudwatch.html
    """
    return _several(f"arn:aws:cloudwatch:{region}:{account_id}:alarm:{name}" for name in data.get("AlarmNames") or [UNKNOWN])


def lambda_action(method: str, path: str) -> str | None:
    """The action of a call of the Lambda API."""
    parts = [part for part in path.split("/") if part]
    if parts[-2:-1] == ["aliases"]:
        return ALIAS_ACTIONS.get(method)
    action: str | None = _plain_lambda_action(method, path)
    return action


def enforce(access_key_id: str, iam_action: str, service: str, region: str, resource_arn: str = "*", service_context: Json | None = None) -> Any:
    """Whether a request is refused: MiniStack's evaluation, with what only the resource knows."""
    if isinstance(resource_arn, _NoStateMachine):
        return iam_evaluator.check_credentials(access_key_id, service)
    if isinstance(resource_arn, _ItemOfTransaction):
        service_context = {**(service_context or {}), LEADING_KEYS: [resource_arn.leading_key]}
    if isinstance(resource_arn, _Several):
        refusals = (_plain_enforce(access_key_id, iam_action, service, region, resource_arn=arn, service_context=service_context) for arn in resource_arn.arns)
        return next((refusal for refusal in refusals if refusal), None)
    return _plain_enforce(access_key_id, iam_action, service, region, resource_arn=resource_arn, service_context=service_context)


def enforce_ses(method: str, path: str, headers: Json, body: bytes, query_params: Json, request_id: str) -> Any:
    """SendEmail is for the identity that it sends from, which here is the address itself.

    https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsimpleemailservicev2.html
    """
    if (method, path) != ("POST", SEND_MAIL):
        return _plain_enforce_ses(method, path, headers, body, query_params, request_id)
    data = _body(body)
    sender = parseaddr(data.get("FromEmailAddress") or "")[1] or UNKNOWN
    recipients = [address for group in (data.get("Destination") or {}).values() for address in group]
    region, account = extract_region(headers, query_params), get_account_id()
    identity = f"arn:aws:ses:{region}:{account}:identity/{sender}"
    context = {"ses:FromAddress": sender, "ses:Recipients": recipients}
    named = {"resource_arn": identity, "service_context": context, "named_resource": identity}
    return app._enforce_data_plane("sesv2", "ses:SendEmail", headers, query_params, request_id, **named)


def parse_policy_document(document: str | Json) -> Any:
    """The statements of a policy. MiniStack reads the policies of the caller again for each call."""
    return _parse_text(document) if isinstance(document, str) else _plain_parse(document)


def install() -> None:
    """Replace MiniStack's functions. They are looked up in their modules with each request."""
    iam_actions.dynamodb_service_context = dynamodb_service_context
    iam_actions.dynamodb_transaction_checks = dynamodb_transaction_checks
    iam_actions.extract_resource_arn = extract_resource_arn
    iam_actions.extract_iam_action = extract_iam_action
    iam_actions._lambda_action = lambda_action
    iam_evaluator.enforce = enforce
    iam_evaluator.parse_policy_document = parse_policy_document
    app._enforce_ses_v2 = enforce_ses
