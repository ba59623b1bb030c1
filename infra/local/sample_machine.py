"""State machines to carry out by, for a local run: `release-shop`, which fails for version 9.9.9 and succeeds for every other one, and `release-data`, which succeeds.

AWS has no part in this: they stand for state machines of one's own, which do something.
"""

import json
from typing import Any

DONE = {"StartAt": "Done", "States": {"Done": {"Type": "Succeed"}}}
RELEASE_SHOP = {
    "StartAt": "Is it good?",
    "States": {
        "Is it good?": {"Type": "Choice", "Choices": [{"Variable": "$.version", "StringEquals": "9.9.9", "Next": "No"}], "Default": "Yes"},
        "No": {"Type": "Fail", "Error": "NoSpace", "Cause": "the disk is full"},
        "Yes": {"Type": "Succeed"},
    },
}
MACHINES = {"release-shop": RELEASE_SHOP, "release-data": DONE}


def create(workflows: Any, role: str) -> str:
    """Create them with this role, and give their ARNs, separated by commas."""
    made = (workflows.create_state_machine(name=name, definition=json.dumps(definition), roleArn=role) for name, definition in MACHINES.items())
    return ",".join(machine["stateMachineArn"] for machine in made)
