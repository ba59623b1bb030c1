"""Paths that find nothing.

AWS fails an execution with `States.Runtime` when a path of `Parameters`, `ResultSelector`, `InputPath`, `OutputPath` or a Choice rule finds
nothing. MiniStack goes on with null, which hides mistakes in a state machine until it runs on AWS. It also takes a null for absent.
"""

from typing import Any

from executions import ExecutionError
from ministack.services import stepfunctions as sf

_plain_resolve_params = sf._resolve_params_obj
_plain_evaluate_rule = sf._evaluate_rule
_plain_resolve_path_or_ctx = sf._resolve_path_or_ctx

_RULE_GROUPS = ("And", "Or", "Not")


def _finds(path: str, data: Any, ctx: dict[str, Any] | None) -> bool:
    """Whether the path finds something, if only a null. A path with a wildcard always finds at least an empty list."""
    current = (ctx or {}) if path.startswith("$$") else data
    tokens = sf._parse_jsonpath_tokens(path[1:] if path.startswith("$$") else path)
    if tokens is None:
        return False
    for kind, key in tokens:
        if kind == "wildcard":
            return True
        if kind == "field" and isinstance(current, dict) and key in current:
            current = current[key]
        elif kind == "index" and isinstance(current, list) and key < len(current):
            current = current[key]
        else:
            return False
    return True


def resolve_params(template: Any, data: Any, ctx: dict[str, Any] | None = None) -> Any:
    """Fill a payload template. MiniStack's version calls this one again for each nested object."""
    for key, path in template.items() if isinstance(template, dict) else ():
        if key.endswith(".$") and isinstance(path, str) and path.startswith("$") and not _finds(path, data, ctx):
            raise ExecutionError("States.Runtime", f"The JSONPath '{path}' specified for the field '{key}' could not be found in the input")
    return _plain_resolve_params(template, data, ctx)


def evaluate_rule(rule: dict[str, Any], data: Any, ctx: dict[str, Any] | None = None) -> bool:
    """Evaluate a Choice rule. MiniStack's version calls this one again for each rule inside And, Or and Not."""
    variable = rule.get("Variable")
    if variable is not None and not any(group in rule for group in _RULE_GROUPS):
        found = _finds(variable, data, ctx)
        if "IsPresent" in rule:
            return found == rule["IsPresent"]
        if not found:
            raise ExecutionError("States.Runtime", f"Invalid path '{variable}': The choice state's condition path references an invalid value.")
    return _plain_evaluate_rule(rule, data, ctx)


def _apply_path(field: str, state: dict[str, Any], data: Any, ctx: dict[str, Any] | None) -> Any:
    path = state.get(field, "$")
    if path is None:
        return {}
    if path != "$" and not _finds(path, data, ctx):
        raise ExecutionError("States.Runtime", f"Invalid path '{path}' of the field '{field}': it could not be found in the input")
    return _plain_resolve_path_or_ctx(path, data, ctx)


def install() -> None:
    """Replace MiniStack's functions. They call each other through the module, so setting the names is enough."""
    sf._resolve_params_obj = resolve_params
    sf._evaluate_rule = evaluate_rule
    sf._apply_input_path = lambda state, data, ctx=None: _apply_path("InputPath", state, data, ctx)
    sf._apply_output_path = lambda state, data, ctx=None: _apply_path("OutputPath", state, data, ctx)
