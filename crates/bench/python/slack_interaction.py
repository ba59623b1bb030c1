"""Decides from a button in Slack: checks the signature, reads the record, writes the decision, resumes the workflow."""

import base64
import hashlib
import hmac
import json
import os
import time
from datetime import datetime, timezone
from urllib.parse import parse_qs

import boto3
from botocore.exceptions import ClientError

table = boto3.resource("dynamodb").Table(os.environ["TABLE_NAME"])
stepfunctions = boto3.client("stepfunctions")
secret = json.loads(
    boto3.client("secretsmanager").get_secret_value(SecretId=os.environ["SLACK_SECRET_ARN"])["SecretString"]
)


def handler(event, context):
    body = event["body"] or ""
    if event.get("isBase64Encoded"):
        body = base64.b64decode(body).decode()
    timestamp = event["headers"]["X-Slack-Request-Timestamp"]
    if abs(time.time() - int(timestamp)) > 300:
        return {"statusCode": 401, "body": ""}
    signed = hmac.new(secret["signingSecret"].encode(), f"v0:{timestamp}:{body}".encode(), hashlib.sha256)
    if not hmac.compare_digest("v0=" + signed.hexdigest(), event["headers"]["X-Slack-Signature"]):
        return {"statusCode": 401, "body": ""}

    payload = json.loads(parse_qs(body)["payload"][0])
    action = payload["actions"][0]
    request_id, user = action["value"], payload["user"]["id"]
    item = table.get_item(Key={"id": request_id}, ConsistentRead=True).get("Item")
    if item is None or item["slack_user"] != user:
        return {"statusCode": 200, "body": ""}

    now = datetime.now(timezone.utc).isoformat()
    approves = action["action_id"] == "approve_deployment"
    try:
        table.update_item(
            Key={"id": request_id},
            UpdateExpression="SET #status = :status, decided_by = :who, decided_at = :now",
            ConditionExpression="#status = :pending",
            ExpressionAttributeNames={"#status": "status"},
            ExpressionAttributeValues={
                ":status": "approved" if approves else "rejected",
                ":who": user,
                ":now": now,
                ":pending": "pending",
            },
        )
    except ClientError as error:
        if error.response["Error"]["Code"] == "ConditionalCheckFailedException":
            return {"statusCode": 200, "body": ""}
        raise

    if approves:
        output = json.dumps({"approved": True, "approvedBy": user, "approvedAt": now})
        stepfunctions.send_task_success(taskToken=item["task_token"], output=output)
    else:
        cause = json.dumps({"rejectedBy": user, "rejectedAt": now})
        stepfunctions.send_task_failure(taskToken=item["task_token"], error="RejectedError", cause=cause)
    return {"statusCode": 200, "body": ""}
