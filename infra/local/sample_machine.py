"""A state machine to deploy by, for a local run: `release-shop`, which fails for version 9.9.9 and succeeds for every other one.

AWS has no part in this: it stands for a state machine of one's own, which releases something.
"""

import json
from typing import Any

NAME = "release-shop"


def create(workflows: Any, role: str) -> str:
    """Create it with this role, and give its ARN."""
    definition = {
        "StartAt": "Is it good?",
        "States": {
            "Is it good?": {"Type": "Choice", "Choices": [{"Variable": "$.version", "StringEquals": "9.9.9", "Next": "No"}], "Default": "Yes"},
            "No": {"Type": "Fail", "Error": "NoSpace", "Cause": "the disk is full"},
            "Yes": {"Type": "Succeed"},
        },
    }
    arn: str = workflows.create_state_machine(name=NAME, definition=json.dumps(definition), roleArn=role)["stateMachineArn"]
    return arn
