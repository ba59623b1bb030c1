"""Task tokens: one per attempt of a task, and the three calls that answer them (SendTaskSuccess, SendTaskFailure, SendTaskHeartbeat).

On AWS the first answer counts, and a token that is used, expired, or whose execution has ended gives `TaskTimedOut`. MiniStack accepts every
answer while the execution waits, the last one wins, and afterwards it says `TaskDoesNotExist`. Activities are not covered.
"""

import base64
import json
import math
import secrets
import time
from collections.abc import Callable
from concurrent.futures import Future, InvalidStateError
from concurrent.futures import TimeoutError as WaitTimeout
from typing import Any

from executions import ExecutionError
from ministack.services import stepfunctions as sf

# https://docs.aws.amazon.com/step-functions/latest/apireference/API_SendTaskSuccess.html and API_SendTaskFailure.html
MAX_TOKEN, MAX_OUTPUT, MAX_ERROR, MAX_CAUSE = 2048, 262_144, 256, 32_768


class Attempt:
    """One attempt of a task. Answer, failure, timeout and stop all settle it, and the first of them decides."""

    def __init__(self, machine: str) -> None:
        self.machine = machine
        # As long as those of AWS, and with characters that a URL or a form would change, so that careless handling shows.
        self.token = base64.b64encode(secrets.token_bytes(480)).decode()
        self._outcome: Future[Any] = Future()
        self._heard_at = time.monotonic()

    def succeed(self, result: Any) -> bool:
        """Settle with a result; false when something else came first."""
        try:
            self._outcome.set_result(result)
        except InvalidStateError:
            return False
        return True

    def end(self, error: ExecutionError) -> bool:
        """Settle with an error; false when something else came first."""
        try:
            self._outcome.set_exception(error)
        except InvalidStateError:
            return False
        return True

    def beat(self) -> bool:
        """Note a heartbeat; false when the attempt is over."""
        self._heard_at = time.monotonic()
        return not self.over()

    def over(self) -> bool:
        """Whether the attempt is settled."""
        return self._outcome.done()

    def wait(self, timeout: float | None, heartbeat: float | None) -> Any:
        """Return the result or raise the error. An answer that comes together with the timeout wins or loses as a whole."""
        deadline = time.monotonic() + (timeout or math.inf)
        while True:
            silent_at = self._heard_at + (heartbeat or math.inf)
            left = min(deadline, silent_at) - time.monotonic()
            try:
                return self._outcome.result(None if left == math.inf else max(left, 0))
            except WaitTimeout:
                now = time.monotonic()
                if now >= deadline:
                    self.end(ExecutionError("States.Timeout", ""))
                elif now >= self._heard_at + (heartbeat or math.inf):
                    self.end(ExecutionError("States.HeartbeatTimeout", ""))


# Every token ever given out; the value is None once its attempt is over.
_issued: dict[str, Attempt | None] = {}
_issuers: dict[str, str] = {}


def issue(attempt: Attempt) -> None:
    """Make the token of an attempt valid."""
    _issued[attempt.token] = attempt
    _issuers[attempt.token] = attempt.machine


def revoke(attempt: Attempt) -> None:
    """Remember that the token existed, and drop the rest."""
    _issued[attempt.token] = None


def machine_of(token: str | None) -> str | None:
    """The state machine whose task waits with this token, or None when none does."""
    attempt = _issued.get(token or "")
    return attempt.machine if attempt else None


def issuer_of(token: str | None) -> str | None:
    """The state machine that gave out this token, also when its task is over, or None when none did."""
    return _issuers.get(token or "")


def _refuse(code: str, message: str) -> Any:
    return sf.error_response_json(code, message, 400)


def _answer(data: dict[str, Any], limits: dict[str, int], settle: Callable[[Attempt], bool]) -> Any:
    for field, most in {"taskToken": MAX_TOKEN, **limits}.items():
        if len((data.get(field) or "").encode()) > most:
            constraint = f"Member must have length less than or equal to {most}"
            return _refuse("ValidationException", f"1 validation error detected: Value at '{field}' failed to satisfy constraint: {constraint}")
    token = data.get("taskToken")
    if token not in _issued:
        return _refuse("InvalidToken", "Invalid Token: 'Invalid token'")
    attempt = _issued[token]
    if attempt is None or not settle(attempt):
        return _refuse("TaskTimedOut", "Task Timed Out: 'Provided task does not exist anymore'")
    return sf.json_response({})


def send_task_success(data: dict[str, Any]) -> Any:
    """SendTaskSuccess."""
    try:
        output = json.loads(data.get("output") or "")
    except ValueError:
        return _refuse("InvalidOutput", "Invalid Output: 'The output is not valid JSON'")
    return _answer(data, {"output": MAX_OUTPUT}, lambda attempt: attempt.succeed(output))


def send_task_failure(data: dict[str, Any]) -> Any:
    """SendTaskFailure. Both of its texts are optional."""
    error = ExecutionError(data.get("error") or "", data.get("cause") or "")
    return _answer(data, {"error": MAX_ERROR, "cause": MAX_CAUSE}, lambda attempt: attempt.end(error))


def send_task_heartbeat(data: dict[str, Any]) -> Any:
    """SendTaskHeartbeat."""
    return _answer(data, {}, Attempt.beat)


def install() -> None:
    """Replace MiniStack's three calls."""
    sf._send_task_success = send_task_success
    sf._send_task_failure = send_task_failure
    sf._send_task_heartbeat = send_task_heartbeat
