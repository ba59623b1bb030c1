"""What AWS's own services may do in the account: each acts under a role, or by a function's own policy. MiniStack asks neither.

- Step Functions calls a function under the role of the state machine.
- API Gateway and EventBridge call a function that allows it, by an `AWS::Lambda::Permission`.
- Lambda reads a table's stream under the role of the function that gets its records.

What a function prints is filed by MiniStack itself, and so are Step Functions' and API Gateway's logs: no permission for logs is evaluated.
"""

import json
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import tasks
from executions import ExecutionError
from ministack.core import iam_evaluator
from ministack.core.responses import get_account_id, get_region
from ministack.services import apigateway_v1, eventbridge, iam, lambda_svc
from ministack.services import stepfunctions as sf

Json = dict[str, Any]

INVOKE = "lambda:InvokeFunction"
READ_STREAM = ("dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator")

_plain_call_resource = tasks.call_resource
_plain_invoke_proxy = apigateway_v1._invoke_lambda_proxy_v1
_plain_invoke_target = eventbridge._invoke_target
_plain_iter_all_esms = lambda_svc._iter_all_esms


def _denied(role_arn: str, service: str, action: str, resource: str) -> str | None:
    """Why a service may not do this under a role, or None when it may."""
    name, account = role_arn.rpartition("/")[2], get_account_id()
    principal = f"arn:aws:sts::{account}:assumed-role/{name}/{service.partition('.')[0]}"
    if not _trusts(name, service):
        return f"The principal {service} is not authorized to assume the provided role {role_arn}"
    context = iam_evaluator.EvalContext(principal, "AssumedRole", account, action, resource, get_region())
    if iam_evaluator.evaluate(context, iam_evaluator._gather_role_policies(name, account)).decision == "Allow":
        return None
    return f"User: {principal} is not authorized to perform: {action} on resource: {resource}"


def _trusts(role_name: str, service: str) -> bool:
    """Whether a role may be assumed by a service of this account."""
    role = iam._roles.get(role_name) or {}
    context = _from_service("sts:AssumeRole", "*", {"aws:sourceaccount": get_account_id()})
    trust = role.get("AssumeRolePolicyDocument")
    document = json.loads(trust) if isinstance(trust, str) else trust or {}
    # A trust policy names no resource.
    statements = [{**statement, "Resource": "*"} for statement in document.get("Statement", [])]
    return bool(iam_evaluator.evaluate_resource_policy({"Statement": statements}, context, service).decision == "Allow")


def _from_service(action: str, resource: str, context: Json) -> Any:
    return iam_evaluator.EvalContext("*", "Service", "", action, resource, get_region(), service_context=context)


def _allows(function_arn: str, service: str, source_arn: str) -> bool:
    """Whether a function's own policy lets a service call it on behalf of this source."""
    policy, _ = lambda_svc.function_policy_for_arn(function_arn) or ({}, "")
    context = _from_service(INVOKE, function_arn, {"aws:sourcearn": source_arn, "aws:sourceaccount": get_account_id()})
    return bool(iam_evaluator.evaluate_resource_policy(policy, context, service).decision == "Allow")


def call_resource(execution: Json, resource: str, arguments: Any) -> Any:
    """Run a task under its state machine's role. Of all that a task can call, only functions are evaluated here.

    AWS's error: https://github.com/awslabs/aws-deployment-framework/issues/460.
    """
    role_arn = sf._state_machines[execution["stateMachineArn"]]["roleArn"]
    function = arguments.get("FunctionName", "") if "states:::lambda:invoke" in resource else resource
    if ":lambda:" not in resource and ":lambda:" not in str(function):
        raise ExecutionError("States.Permissions", f"{resource} cannot be evaluated; start without the evaluation of permissions")
    if reason := _denied(role_arn, "states.amazonaws.com", INVOKE, _unqualified(str(function))):
        raise ExecutionError("Lambda.AWSLambdaException", f"{reason} (Service: AWSLambda; Status Code: 403; Error Code: AccessDeniedException)")
    return _plain_call_resource(execution, resource, arguments)


def _unqualified(function: str) -> str:
    """The ARN of a function that is named by its ARN, its name, or either with a version."""
    name = function.partition(":function:")[2] or function
    return f"arn:aws:lambda:{get_region()}:{get_account_id()}:function:{name}" if name == function else function


async def invoke_proxy(integration: Json, api: str, stage_name: str, stage: Json, resource: Json, path: str, method: str, *rest: Any, **named: Any) -> Any:
    """Hand a request to the function of its route, if that lets the API call it."""
    function = apigateway_v1._extract_lambda_ref_from_integration_uri(integration.get("uri", ""))
    source = apigateway_v1.execute_api_arn(get_region(), get_account_id(), api, stage_name, method, path)
    if not _allows(function, "apigateway.amazonaws.com", source):
        return apigateway_v1._gw_error("API_CONFIGURATION_ERROR", "Internal server error")
    plain: Callable[..., Awaitable[Any]] = _plain_invoke_proxy
    return await plain(integration, api, stage_name, stage, resource, path, method, *rest, **named)


def invoke_target(target: Json, event: Json, rule: Json, view: Any = None) -> None:
    """Hand an event to a target of its rule. A function that does not allow it is not called, and nobody is told, as on AWS."""
    arn = target.get("Arn", "")
    if ":lambda:" not in arn or _allows(arn, "events.amazonaws.com", rule.get("Arn", "")):
        _plain_invoke_target(target, event, rule, view)


def iter_readable_mappings() -> Iterator[tuple[str, str, Json]]:
    """The event source mappings whose stream the function's role may read."""
    for account, region, mapping in _plain_iter_all_esms():
        role = lambda_svc._functions.get_scoped(account, region, mapping["FunctionName"])["config"]["Role"]
        stream = mapping.get("EventSourceArn", "")
        needs = [(action, stream) for action in READ_STREAM]
        needs.append(("dynamodb:ListStreams", stream.rpartition("/")[0] + "/*"))
        if not any(_denied(role, "lambda.amazonaws.com", action, resource) for action, resource in needs):
            yield account, region, mapping


def install() -> None:
    """Replace MiniStack's functions. They call each other through their modules, so setting the names is enough."""
    tasks.call_resource = call_resource
    apigateway_v1._invoke_lambda_proxy_v1 = invoke_proxy
    eventbridge._invoke_target = invoke_target
    lambda_svc._iter_all_esms = iter_readable_mappings
