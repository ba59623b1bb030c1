"""A control for tests: Step Functions takes no answer to the tasks of one state machine, as when an account's quota is used up.

SendTaskSuccess and SendTaskFailure are throttled for as long as the state machine has the tag `countersign:throttled`. TagResource and
UntagResource switch it, so there is no further door, and other state machines notice nothing. On AWS the tag means nothing.
"""

from collections.abc import Callable
from typing import Any

import task_tokens
from ministack.services import stepfunctions as sf

TAG = "countersign:throttled"

_Call = Callable[[dict[str, Any]], Any]


def _is_throttled(token: str | None) -> bool:
    machine = task_tokens.machine_of(token)
    return any(tag["key"] == TAG for tag in sf._tags.get(machine, []))


def _throttled(plain: _Call) -> _Call:
    """The call, refused as AWS refuses it while its state machine is throttled.

    https://docs.aws.amazon.com/step-functions/latest/apireference/CommonErrors.html
    """

    def call(data: dict[str, Any]) -> Any:
        if _is_throttled(data.get("taskToken")):
            return sf.error_response_json("ThrottlingException", "Rate exceeded", 400)
        return plain(data)

    return call


def install() -> None:
    """Wrap the two calls that answer a task; `task_tokens` has replaced MiniStack's."""
    sf._send_task_success = _throttled(sf._send_task_success)
    sf._send_task_failure = _throttled(sf._send_task_failure)
