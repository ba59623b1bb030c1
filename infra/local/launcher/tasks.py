"""Task states: attempts with their timeouts, Retry and Catch.

MiniStack ignores `TimeoutSecondsPath` and `HeartbeatSeconds`, swallows errors of the function inside `.waitForTaskToken`, and gives every attempt
the same token. This replaces its `_execute_task`, and follows it in everything else.

Portions Copyright (c) 2026 MiniStack Contributors, SPDX-License-Identifier: MIT.
"""

import contextvars
import json
import threading
from typing import Any

import executions
import task_tokens
from executions import Ended, ExecutionError
from ministack.services import stepfunctions as sf

MAX_SECONDS = 99_999_999
TIMEOUTS = ("States.Timeout", "States.HeartbeatTimeout")


def error_matches(error_equals: list[str], error: str) -> bool:
    """Whether a Retry or Catch entry names the error.

    https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html: nothing handles `States.Runtime`, `States.TaskFailed` is
    everything but a timeout, and `States.Timeout` includes a missed heartbeat.
    """
    if error in ("States.Runtime", Ended.NAME):
        return False
    if error in error_equals or "States.ALL" in error_equals:
        return True
    if error in TIMEOUTS:
        return "States.Timeout" in error_equals
    return "States.TaskFailed" in error_equals


def _seconds(state: dict[str, Any], field: str, raw_input: Any, ctx: dict[str, Any]) -> int | None:
    """A time limit of a task, given as a number, as a path into the input, or as a JSONata expression."""
    path = state.get(f"{field}Path")
    if path is not None:
        value = sf._resolve_path_or_ctx(path, sf._apply_input_path(state, raw_input, ctx), ctx)
    elif field not in state:
        return None
    elif sf._state_query_language(state, ctx) == "JSONata":
        value = sf._jsonata_state_field(state, field, "number", raw_input, ctx)
    else:
        value = state[field]
    if isinstance(value, bool) or not isinstance(value, (int, float)) or value != int(value) or not 1 <= value <= MAX_SECONDS:
        raise ExecutionError("States.Runtime", f"{field} of state '{ctx['State']['Name']}' must be a positive whole number of seconds")
    return int(value)


def _integration(resource: str) -> dict[str, str]:
    """What an event says of the task's integration: for `arn:aws:states:::lambda:invoke.waitForTaskToken`, `lambda` and `invoke.waitForTaskToken`.

    https://docs.aws.amazon.com/step-functions/latest/apireference/API_TaskSucceededEventDetails.html. MiniStack writes the whole ARN.
    """
    service, _, action = resource.partition(":states:::")[2].rpartition(":")
    return {"resourceType": service, "resource": action} if service else {"resourceType": "lambda", "resource": resource}


def call_resource(execution: dict[str, Any], resource: str, arguments: Any) -> Any:
    """Call what the task names. `callers` replaces this where permissions are evaluated."""
    return sf._invoke_resource(resource, arguments)


def _attempt(state: dict[str, Any], raw_input: Any, execution: dict[str, Any], ctx: dict[str, Any]) -> Any:
    """Run the task once, and return its result."""
    resource = state.get("Resource", "")
    waits_for_answer = resource.endswith(".waitForTaskToken")
    attempt = task_tokens.Attempt(execution["stateMachineArn"])
    ctx.pop("Task", None)
    if waits_for_answer:
        ctx["Task"] = {"Token": attempt.token}
    if sf._state_query_language(state, ctx) == "JSONata":
        arguments = sf._apply_jsonata_arguments(state, raw_input, ctx)
    else:
        arguments = sf._apply_parameters(state, sf._apply_input_path(state, raw_input, ctx), ctx)
    timeout = _seconds(state, "TimeoutSeconds", raw_input, ctx)
    heartbeat = _seconds(state, "HeartbeatSeconds", raw_input, ctx)

    def call() -> None:
        try:
            result = call_resource(execution, resource.removesuffix(".waitForTaskToken"), arguments)
        except ExecutionError as error:
            attempt.end(error)
        except Exception as error:
            attempt.end(ExecutionError("States.Runtime", str(error)))
        else:
            if not waits_for_answer:
                attempt.succeed(result)

    with executions.current.get().holding(attempt):
        if attempt.over():
            raise Ended
        sf._add_event(execution, "TaskScheduled", {"taskScheduledEventDetails": _integration(resource)})
        if waits_for_answer:
            task_tokens.issue(attempt)
        try:
            # In a thread of its own, because an answer, a timeout or a stop counts while the function still runs.
            threading.Thread(target=contextvars.copy_context().run, args=(call,), daemon=True).start()
            return attempt.wait(timeout, heartbeat)
        finally:
            if waits_for_answer:
                task_tokens.revoke(attempt)


def _output(state: dict[str, Any], raw_input: Any, ctx: dict[str, Any], result: Any) -> Any:
    if sf._state_query_language(state, ctx) == "JSONata":
        output = sf._apply_jsonata_output(state, raw_input, ctx, result=result, default=result)
        sf._apply_state_assign(state, raw_input, ctx, result=result)
        return output
    selector = state.get("ResultSelector")
    selected = sf._resolve_params_obj(selector, result, ctx) if selector else result
    return sf._apply_output_path(state, sf._apply_result_path(state, raw_input, selected), ctx)


def execute_task(state: dict[str, Any], raw_input: Any, execution: dict[str, Any], ctx: dict[str, Any]) -> tuple[Any, str | None]:
    """Run a Task state, and return its output and the next state. `$$.State.EnteredTime` stays the same over its attempts."""
    resource = state.get("Resource", "")
    retries: dict[int, int] = {}
    while True:
        ctx["State"]["RetryCount"] = sum(retries.values())
        try:
            result = _attempt(state, raw_input, execution, ctx)
            sf._add_event(execution, "TaskSucceeded", {"taskSucceededEventDetails": {"output": json.dumps(result), **_integration(resource)}})
            return _output(state, raw_input, ctx, result), sf._next_or_end(state)
        except Ended:
            raise
        except ExecutionError as error:
            event = "TaskTimedOut" if error.error in TIMEOUTS else "TaskFailed"
            details = {"error": error.error, "cause": error.cause, **_integration(resource)}
            sf._add_event(execution, event, {event[0].lower() + event[1:] + "EventDetails": details})
            retrier, index = sf._find_matching_retrier(state.get("Retry", []), error.error, retries)
            if retrier is not None:
                count = retries.get(index, 0)
                pause = retrier.get("IntervalSeconds", 1) * retrier.get("BackoffRate", 2.0) ** count
                sf._scaled_sleep(min(pause, retrier.get("MaxDelaySeconds", pause)))
                retries[index] = count + 1
                continue
            catcher = sf._find_matching_catcher(state.get("Catch", []), error.error)
            if catcher is None:
                raise
            caught = {"Error": error.error, "Cause": error.cause}
            return sf._apply_catcher(catcher, raw_input, ctx, sf._state_query_language(state, ctx), caught), catcher["Next"]


def install() -> None:
    """Replace MiniStack's functions. They call each other through the module, so setting the names is enough."""
    sf._error_matches = error_matches
    sf._execute_task = execute_task
