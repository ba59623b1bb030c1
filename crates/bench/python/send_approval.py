"""Sends an approval mail: stores the record with the task token, then mails the approver a link for each choice."""

import base64
import hashlib
import os
import secrets
from datetime import datetime, timedelta, timezone
from html import escape
from urllib.parse import urlencode

import boto3

table = boto3.resource("dynamodb").Table(os.environ["TABLE_NAME"])
ses = boto3.client("sesv2")


def handler(event, context):
    details = event["deploymentDetails"]
    key = details["approval"]["key"]
    plan = table.get_item(Key={"id": f"plan-{key}"}, ConsistentRead=True)["Item"]

    request_id = f"{key}-{details['approval']['level']}"
    raw = request_id.encode() + secrets.token_bytes(32)
    token = base64.urlsafe_b64encode(raw).decode().rstrip("=")
    now = datetime.now(timezone.utc)
    title = f"{details['serviceName']} {details['version']} to {details['environment']}"
    table.put_item(
        Item={
            "id": request_id,
            "status": "pending",
            "task_token": event["taskToken"],
            "token_hash": hashlib.sha256(raw).hexdigest(),
            "approver": plan["approver"],
            "requested_by": event["requestedBy"],
            "execution": event["execution"],
            "title": title,
            "change_log": details["changeLog"],
            "opened_at": now.isoformat(),
            "expires_at": (now + timedelta(seconds=int(plan["timeout_seconds"]))).isoformat(),
        },
        ConditionExpression="attribute_not_exists(id) OR #status = :pending",
        ExpressionAttributeNames={"#status": "status"},
        ExpressionAttributeValues={":pending": "pending"},
    )

    links = {
        action: f"{os.environ['PUBLIC_BASE_URL']}/approve?{urlencode({'token': token, 'action': action})}"
        for action in ("approve", "reject")
    }
    text = (
        f"{event['requestedBy']} asks for your approval: {title}\n\n{details['changeLog']}\n\n"
        f"Approve: {links['approve']}\nReject: {links['reject']}\n"
    )
    html = (
        f"<h1>{escape(title)}</h1><p>{escape(event['requestedBy'])} asks for your approval.</p>"
        f"<pre>{escape(details['changeLog'])}</pre>"
        f'<p><a href="{escape(links["approve"])}">Approve</a> <a href="{escape(links["reject"])}">Reject</a></p>'
    )
    ses.send_email(
        FromEmailAddress=os.environ["FROM_ADDRESS"],
        Destination={"ToAddresses": [plan["approver"]]},
        Content={
            "Simple": {
                "Subject": {"Data": f"Approval required: {title}", "Charset": "UTF-8"},
                "Body": {
                    "Text": {"Data": text, "Charset": "UTF-8"},
                    "Html": {"Data": html, "Charset": "UTF-8"},
                },
            }
        },
    )
    table.update_item(
        Key={"id": request_id},
        UpdateExpression="SET mailed_at = :now",
        ExpressionAttributeValues={":now": datetime.now(timezone.utc).isoformat()},
    )
    return {"requestId": request_id, "asked": 1}
