"""How an execution starts, and how it, and a branch of one, ends.

MiniStack never stops what runs inside an execution that has ended: a wait goes on until its own timeout, and a late failure overwrites the
status. Here everything that can wait belongs to a scope, and ending the scope ends the waits in it. An execution is a scope, and so is one
attempt of a Map or Parallel state, because on AWS the first branch that fails cancels the others.
"""

import contextlib
import contextvars
import json
import logging
import threading
from collections.abc import Callable, Iterator
from typing import Any, Protocol

from ministack.core.responses import get_account_id, get_region, json_response
from ministack.services import stepfunctions as sf

ExecutionError = sf._ExecutionError
logger = logging.getLogger("states")


class Ended(ExecutionError):
    """Raised out of a wait whose scope has ended. No Retry and no Catch may see it (see `tasks.error_matches`)."""

    NAME = "ScopeEnded"

    def __init__(self) -> None:
        super().__init__(self.NAME, "")


class Member(Protocol):
    """What can be ended from outside: a task's attempt, or a nested scope."""

    def end(self, error: ExecutionError) -> object: ...


class Scope:
    """An execution, or one attempt of a Map or Parallel state."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._members: set[Member] = set()
        self._over = threading.Event()
        self._error: Exception | None = None

    def end(self, error: Exception) -> Exception:
        """End every wait inside, and return the error that ended the scope first: it is what each of its branches reports."""
        with self._lock:
            self._error = self._error or error
            members = list(self._members)
        self._over.set()
        for member in members:
            member.end(Ended())
        return self._error

    @contextlib.contextmanager
    def holding(self, member: Member) -> Iterator[None]:
        """Let the member end with this scope, also when the scope has ended already."""
        with self._lock:
            self._members.add(member)
            over = self._error is not None
        if over:
            member.end(Ended())
        try:
            yield
        finally:
            with self._lock:
                self._members.discard(member)

    def sleep(self, seconds: float) -> None:
        """Wait that long, or raise as soon as the scope ends."""
        if self._over.wait(seconds):
            raise Ended


current: contextvars.ContextVar[Scope] = contextvars.ContextVar("scope", default=Scope())

_running: dict[str, Scope] = {}
_ending = threading.Lock()
_history = threading.Lock()

_plain_run_execution = sf._run_execution
_plain_run_sub_machine = sf._run_sub_machine
_plain_start_execution = sf._start_execution
_plain_stop_execution = sf._stop_execution
_plain_with_retry_and_catch = sf._with_retry_and_catch
_plain_add_event = sf._add_event


@contextlib.contextmanager
def _entered(scope: Scope) -> Iterator[Scope]:
    """Make the scope the current one, here and in the threads that copy this context."""
    reset = current.set(scope)
    try:
        yield scope
    finally:
        current.reset(reset)


def _end_execution(execution: dict[str, Any], status: str, event: str, details: dict[str, str], error: str | None, cause: str | None) -> None:
    """Give a running execution its final status. The first end wins; there is no output, as on AWS."""
    with _ending:
        if execution["status"] != "RUNNING":
            return
        execution.update(status=status, stopDate=sf.now_iso(), error=error, cause=cause)
    key = event[0].lower() + event[1:] + "EventDetails"
    sf._add_event(execution, event, {key: details})
    sf._emit_execution_status_event(execution)
    scope = _running.get(execution["executionArn"])
    if scope is not None:
        scope.end(Ended())


def fail_execution(execution: dict[str, Any], error: str, cause: str) -> None:
    """Replaces MiniStack's version, which also overwrites the status of an execution that was stopped."""
    _end_execution(execution, "FAILED", "ExecutionFailed", {"error": error, "cause": cause}, error, cause)


def _time_out_execution(execution: dict[str, Any]) -> None:
    """DescribeExecution names no error here; AWS puts it into the history only."""
    _end_execution(execution, "TIMED_OUT", "ExecutionTimedOut", {"error": "States.Timeout"}, None, None)


def start_execution(data: dict[str, Any]) -> Any:
    """StartExecution: the same name and input as an execution that runs is that one.

    https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html
    """
    machine = sf._state_machines.get(sf._resolve_state_machine_arn(data.get("stateMachineArn", "")))
    if machine is not None and data.get("name"):
        arn = f"arn:aws:states:{get_region()}:{get_account_id()}:execution:{machine['name']}:{data['name']}"
        execution = sf._executions.get(arn)
        if execution is not None and execution["status"] == "RUNNING" and execution["input"] == data.get("input", "{}"):
            return json_response({"executionArn": arn, "startDate": execution["startDate"]})
    return _plain_start_execution(data)


def stop_execution(data: dict[str, Any]) -> Any:
    """StopExecution: the tokens of a stopped execution are dead when the caller gets the answer."""
    execution = sf._executions.get(data.get("executionArn"))
    if execution is not None:
        error, cause = data.get("error"), data.get("cause")
        _end_execution(execution, "ABORTED", "ExecutionAborted", {"error": error or "", "cause": cause or ""}, error, cause)
    return _plain_stop_execution(data)


def _time_limit(execution: dict[str, Any]) -> float | None:
    machine = sf._state_machines.get(execution["stateMachineArn"])
    try:
        return json.loads(machine["definition"]).get("TimeoutSeconds") if machine else None
    except ValueError:
        return None


def run_execution(arn: str) -> None:
    """Run an execution under the `TimeoutSeconds` of its state machine, which MiniStack ignores."""
    execution = sf._executions.get(arn)
    if execution is None:
        return
    limit = _time_limit(execution)
    timer = threading.Timer(limit or 0, contextvars.copy_context().run, (_time_out_execution, execution))
    timer.daemon = True
    with _entered(Scope()) as scope:
        _running[arn] = scope
        if limit:
            timer.start()
        try:
            _plain_run_execution(arn)
        finally:
            timer.cancel()
            scope.end(Ended())
            del _running[arn]


def with_retry_and_catch(state: dict[str, Any], raw_input: Any, ctx: dict[str, Any], attempt: Callable[[], Any]) -> Any:
    """Run each attempt of a Map or Parallel state in a scope of its own."""

    def scoped() -> Any:
        scope = Scope()
        with current.get().holding(scope), _entered(scope):
            return attempt()

    return _plain_with_retry_and_catch(state, raw_input, ctx, scoped)


def run_sub_machine(states: dict[str, Any], start_at: str, input_data: Any, execution: dict[str, Any], ctx: dict[str, Any]) -> Any:
    """Run one branch of a Map or Parallel state, and cancel its siblings when it fails.

    The branch gets its own top level of the context object: MiniStack lets Parallel branches share it, so that one reads the task token and
    the retry count of another. The children of a distributed Map have a failure threshold, so they do not cancel each other.
    """
    try:
        return _plain_run_sub_machine(states, start_at, input_data, execution, dict(ctx))
    except Exception as error:
        if "mapRunArn" in execution:
            raise
        raise current.get().end(error) from None


def scaled_sleep(seconds: float) -> None:
    """The sleep of Wait states and retries, cut short when the execution ends."""
    scaled = seconds * sf._SFN_WAIT_SCALE
    if scaled > 0:
        current.get().sleep(scaled)


def add_event(execution: dict[str, Any], event_type: str, details: dict[str, Any] | None = None) -> Any:
    """Keep the history true: event ids are unique across branches, and nothing happens after the end."""
    with _history:
        if execution["status"] == "RUNNING" or event_type.startswith("Execution"):
            return _plain_add_event(execution, event_type, details)
        return {}


def install() -> None:
    """Replace MiniStack's functions. They call each other through the module, so setting the names is enough."""
    sf._add_event = add_event
    sf._fail_execution = fail_execution
    sf._run_execution = run_execution
    sf._run_sub_machine = run_sub_machine
    sf._scaled_sleep = scaled_sleep
    sf._start_execution = start_execution
    sf._stop_execution = stop_execution
    sf._with_retry_and_catch = with_retry_and_catch
