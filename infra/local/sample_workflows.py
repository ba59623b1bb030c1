"""The examples in `statemachine/examples` that go by a policy, for a local run: state machines of their own that ask through the stack's functions."""

import re
from pathlib import Path
from typing import Any

NAMES = ("expense-report", "data-release")


def create(workflows: Any, examples: Path, outputs: dict[str, str]) -> None:
    """Create them, with the role of the stack's own state machine and its functions' ARNs."""
    role = workflows.describe_state_machine(stateMachineArn=outputs["StateMachineArn"])["roleArn"]
    for name in NAMES:
        text = (examples / f"{name}.asl.json").read_text(encoding="utf-8")
        definition = re.sub(r"\$\{(\w+)\}", lambda found: outputs[found[1]], text)
        workflows.create_state_machine(name=name, definition=definition, roleArn=role)
