"""What a stream's event source mapping does with a batch that fails.

MiniStack takes `batchItemFailures` for a success, never splits a batch, and counts no attempts: it delivers a batch whose invocation fails for ever, or
until its age. Here a batch that fails is delivered again from its first failure on, split, given up after its attempts or its age, and put aside.

https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-batchfailurereporting.html and services-ddb-errors.html. AWS does not say where it splits a
batch that fails at its first record: here in the middle. It pauses longer between attempts.
"""

import collections
import threading
import time
from collections.abc import Callable
from typing import Any

from ministack.services import lambda_svc

PAUSE = 0.2

_Batch = list[dict[str, Any]]
_Result = dict[str, Any]

_here = threading.local()
_plain_execute: Callable[..., _Result] = lambda_svc._execute_function
_plain_poll: Callable[[], bool] = lambda_svc._poll_dynamodb_streams


def _mapping(function: dict[str, Any], batch: _Batch) -> dict[str, Any] | None:
    """The mapping that delivers this batch, if its attempts are limited. Others keep MiniStack's way."""
    name, source = function["config"]["FunctionName"], batch[0].get("eventSourceARN")
    for _, _, mapping in lambda_svc._iter_all_esms():
        if mapping.get("FunctionName") == name and mapping.get("EventSourceArn") == source:
            limited = mapping.get("MaximumRetryAttempts") is not None and int(mapping["MaximumRetryAttempts"]) >= 0
            return mapping if limited else None
    return None


def _left(mapping: dict[str, Any], batch: _Batch, result: _Result) -> _Batch:
    """What has to be delivered again: from the first failure on, everything; all of it when the answer cannot be read."""
    if result.get("error"):
        return batch
    body = result.get("body")
    if "ReportBatchItemFailures" not in mapping.get("FunctionResponseTypes", []) or not isinstance(body, dict):
        return []
    failed = {failure.get("itemIdentifier") for failure in body.get("batchItemFailures") or []}
    numbers = [record["dynamodb"]["SequenceNumber"] for record in batch]
    if not failed <= set(numbers):
        return batch
    return batch[min((numbers.index(number) for number in failed), default=len(batch)) :]


def _is_too_old(mapping: dict[str, Any], batch: _Batch) -> bool:
    limit = int(mapping.get("MaximumRecordAgeInSeconds") or -1)
    oldest = min(float(record["dynamodb"]["ApproximateCreationDateTime"]) for record in batch)
    return 0 < limit < time.time() - oldest


def _deliver(mapping: dict[str, Any], function: dict[str, Any], batch: _Batch) -> None:
    """Deliver a batch until it is done with. Its shard waits meanwhile, as on AWS."""
    attempts = int(mapping["MaximumRetryAttempts"])
    queue = collections.deque([(batch, 0)])
    while queue:
        part, attempt = queue.popleft()
        result = _plain_execute(function, {"Records": part})
        left = _left(mapping, part, result)
        if not left:
            continue
        if _is_too_old(mapping, left):
            lambda_svc._send_ddb_stream_failure_record(mapping, function, left, mapping["EventSourceArn"], result, "MaxRecordAgeExceeded")
        elif len(left) == len(part) > 1 and mapping.get("BisectBatchOnFunctionError"):
            # Splitting is no attempt.
            middle = len(part) // 2
            queue.extendleft([(part[middle:], attempt), (part[:middle], attempt)])
        elif attempt >= attempts:
            lambda_svc._send_ddb_stream_failure_record(mapping, function, left, mapping["EventSourceArn"], result, "RetryAttemptsExhausted")
        else:
            time.sleep(PAUSE)
            queue.appendleft((left, attempt + 1))


def execute(function: dict[str, Any], event: dict[str, Any], *rest: Any, **named: Any) -> _Result:
    """Invoke a function; while the streams are polled, until its batch is done with."""
    mapping = _mapping(function, event["Records"]) if getattr(_here, "polling", False) else None
    if mapping is None:
        return _plain_execute(function, event, *rest, **named)
    _deliver(mapping, function, event["Records"])
    return {"body": {}, "log": ""}


def poll() -> bool:
    """One pass over the streams."""
    _here.polling = True
    try:
        return _plain_poll()
    finally:
        _here.polling = False


def install() -> None:
    """Replace MiniStack's functions. They call each other through the module, so setting the names is enough."""
    lambda_svc._execute_function = execute
    lambda_svc._poll_dynamodb_streams = poll
