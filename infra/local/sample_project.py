"""A project to build with, for a local run: `deploy-shop`, whose builds succeed at once.

The emulator runs no build. AWS has no part in this: it stands for a project of one's own, with a script that deploys.
"""

from typing import Any

NAME = "deploy-shop"


def create(builds: Any, role: str) -> str:
    """Create it with this role, and give its ARN."""
    environment = {"type": "LINUX_CONTAINER", "image": "aws/codebuild/standard:7.0", "computeType": "BUILD_GENERAL1_SMALL"}
    created = builds.create_project(name=NAME, source={"type": "NO_SOURCE"}, artifacts={"type": "NO_ARTIFACTS"}, environment=environment, serviceRole=role)
    arn: str = created["project"]["arn"]
    return arn
