"""Decides from a link in a mail: reads the record, writes the decision if it is still pending, resumes the workflow."""

import base64
import hashlib
import hmac
import json
import os
from datetime import datetime, timezone
from html import escape
from urllib.parse import parse_qs

import boto3
from botocore.exceptions import ClientError

table = boto3.resource("dynamodb").Table(os.environ["TABLE_NAME"])
stepfunctions = boto3.client("stepfunctions")


def handler(event, context):
    body = event["body"] or ""
    if event.get("isBase64Encoded"):
        body = base64.b64decode(body).decode()
    form = {name: values[0] for name, values in parse_qs(body).items()}
    token, action = form.get("token", ""), form.get("action")
    if action not in ("approve", "reject"):
        return page(400, "Unknown action")

    raw = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
    request_id = raw[:-32].decode()
    item = table.get_item(Key={"id": request_id}, ConsistentRead=True).get("Item")
    if item is None or not hmac.compare_digest(item["token_hash"], hashlib.sha256(raw).hexdigest()):
        return page(404, "This link opens nothing")
    if item["expires_at"] < datetime.now(timezone.utc).isoformat():
        return page(410, "This request has expired")

    now = datetime.now(timezone.utc).isoformat()
    status = "approved" if action == "approve" else "rejected"
    try:
        table.update_item(
            Key={"id": request_id},
            UpdateExpression="SET #status = :status, decided_by = :who, decided_at = :now",
            ConditionExpression="#status = :pending",
            ExpressionAttributeNames={"#status": "status"},
            ExpressionAttributeValues={
                ":status": status,
                ":who": item["approver"],
                ":now": now,
                ":pending": "pending",
            },
        )
    except ClientError as error:
        if error.response["Error"]["Code"] == "ConditionalCheckFailedException":
            return page(409, "This request was already decided")
        raise

    if action == "approve":
        stepfunctions.send_task_success(
            taskToken=item["task_token"],
            output=json.dumps({"approved": True, "approvedBy": item["approver"], "approvedAt": now}),
        )
    else:
        cause = {"rejectedBy": item["approver"], "rejectedAt": now, "reason": form.get("reason", "")}
        stepfunctions.send_task_failure(taskToken=item["task_token"], error="RejectedError", cause=json.dumps(cause))
    return page(200, f"{item['title']}: {status} by {item['approver']}")


def page(status, text):
    html = f"<!doctype html><title>Approval</title><p>{escape(text)}</p>"
    return {"statusCode": status, "headers": {"Content-Type": "text/html; charset=utf-8"}, "body": html}
