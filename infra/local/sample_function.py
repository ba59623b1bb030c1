"""A function to deploy to, for a local run: `checkout`, in two published versions, which answer with their name.

The alias `live` leads to the older one, and the alarm `checkout-errors` watches it. AWS has no part in this: it stands for a function of one's own.
"""

import io
import zipfile
from typing import Any

NAME = "checkout"
ALIAS = "live"
VERSIONS = ("2.4.0", "2.4.1")
ALARM = "checkout-errors"


def _package(version: str) -> bytes:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as content:
        content.writestr("checkout.py", f'def handler(event, context):\n    return {{"version": "{version}"}}\n')
    return archive.getvalue()


def create(functions: Any, role: str) -> str:
    """Create it with this role, publish it, and give its ARN. A run starts with an empty emulator."""
    first, *later = VERSIONS
    code = {"ZipFile": _package(first)}
    arn: str = functions.create_function(FunctionName=NAME, Runtime="python3.11", Role=role, Handler="checkout.handler", Code=code)["FunctionArn"]
    functions.publish_version(FunctionName=NAME, Description=first)
    functions.create_alias(FunctionName=NAME, Name=ALIAS, FunctionVersion="1")
    for version in later:
        functions.update_function_code(FunctionName=NAME, ZipFile=_package(version))
        functions.publish_version(FunctionName=NAME, Description=version)
    return arn


def watch(function: str, cloudwatch: Any) -> str:
    """Create the function's alarm, quiet, and give its ARN."""
    errors = {"Namespace": "AWS/Lambda", "MetricName": "Errors", "Dimensions": [{"Name": "FunctionName", "Value": NAME}]}
    above = {"Statistic": "Sum", "Period": 60, "EvaluationPeriods": 1, "Threshold": 0, "ComparisonOperator": "GreaterThanThreshold"}
    cloudwatch.put_metric_alarm(AlarmName=ALARM, **errors, **above)
    cloudwatch.set_alarm_state(AlarmName=ALARM, StateValue="OK", StateReason="Nothing is known of errors yet.")
    region, account = function.split(":")[3:5]
    return f"arn:aws:cloudwatch:{region}:{account}:alarm:{ALARM}"
