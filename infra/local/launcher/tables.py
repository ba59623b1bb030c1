"""Time to live and point-in-time recovery of a table, which MiniStack's CloudFormation leaves out."""

from collections.abc import Callable
from typing import Any

from ministack.services import dynamodb
from ministack.services.cloudformation import provisioners

Made = tuple[str, dict[str, Any]]


def _configure(table: str, properties: dict[str, Any]) -> None:
    expiry = properties.get("TimeToLiveSpecification")
    if expiry:
        dynamodb._update_ttl({"TableName": table, "TimeToLiveSpecification": expiry})
    recovery = properties.get("PointInTimeRecoverySpecification")
    if recovery:
        dynamodb._update_continuous_backups({"TableName": table, "PointInTimeRecoverySpecification": recovery})


def install() -> None:
    """Wrap the two handlers of the resource type; the table of handlers holds the functions themselves."""
    handlers = provisioners._RESOURCE_HANDLERS["AWS::DynamoDB::Table"]
    plain_create: Callable[..., Made] = handlers["create"]
    plain_update: Callable[..., Made] = handlers["update"]

    def create(logical_id: str, properties: dict[str, Any], *rest: Any) -> Made:
        made = plain_create(logical_id, properties, *rest)
        _configure(made[0], properties)
        return made

    def update(physical_id: str, old: dict[str, Any], new: dict[str, Any], *rest: Any, **named: Any) -> Made:
        made = plain_update(physical_id, old, new, *rest, **named)
        _configure(made[0], new)
        return made

    handlers["create"] = create
    handlers["update"] = update
