"""Deploys the SAM template, as it is, into the emulator, with native binaries in place of built packages.

    python infra/local/deploy.py --endpoint URL --stack-name NAME --template template.yaml --artifacts DIR --callers NAME --parameter KEY=VALUE ...

`DIR/<binary>/bootstrap` is the executable of a function. It is not copied: the package holds a script that starts it from where it is, so that
the size of the binaries costs nothing. `--callers` is what `CallerStateMachineArns` names, but as a pattern. The stack may deploy to what the modules `sample_*` make. The stack's outputs are printed as one JSON object; the reasons of a failure go to standard error.
"""

import argparse
import hashlib
import io
import json
import shlex
import sys
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

sys.dont_write_bytecode = True

import boto3  # noqa: E402
import sample_function  # noqa: E402
import sample_machine  # noqa: E402
import sample_project  # noqa: E402
import sample_service  # noqa: E402
import sample_webhook  # noqa: E402
import sample_workflows  # noqa: E402
import sam_template  # noqa: E402
from botocore.config import Config  # noqa: E402
from botocore.exceptions import BotoCoreError, ClientError  # noqa: E402

BUCKET = "local-artifacts"


def fail(*sentences: str) -> NoReturn:
    """End with the reasons."""
    print(*sentences, sep="\n", file=sys.stderr)
    sys.exit(1)


def package(binary: Path) -> bytes:
    """A deployment package that starts a binary of this machine. It changes with the binary, so that an update replaces running functions."""
    status = binary.stat()
    script = f"#!/bin/sh\n# {status.st_size} {status.st_mtime_ns}\nexec {shlex.quote(str(binary))}\n"
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as content:
        entry = zipfile.ZipInfo("bootstrap")
        entry.external_attr = 0o755 << 16
        content.writestr(entry, script)
    return archive.getvalue()


def upload_artifacts(template: sam_template.Template, root: Path, artifacts: Path, s3: Any) -> None:
    """Put functions and definitions into a bucket, and point the template at them."""
    s3.create_bucket(Bucket=BUCKET)

    def put(name: str, body: bytes) -> dict[str, str]:
        # A key per content: CloudFormation takes a resource whose key is unchanged for unchanged.
        key = f"{hashlib.sha256(body).hexdigest()}/{name}"
        s3.put_object(Bucket=BUCKET, Key=key, Body=body)
        return {"Bucket": BUCKET, "Key": key}

    for name, properties, binary in sam_template.functions(template):
        bootstrap = (artifacts / binary / "bootstrap").resolve()
        if not bootstrap.is_file():
            fail(f"The binary of {name} is missing: {bootstrap}")
        properties["CodeUri"] = put(f"{name}.zip", package(bootstrap))
    for name, properties, definition in sam_template.state_machines(template):
        source = root / definition
        if not source.is_file():
            fail(f"The definition of {name} is missing: {source}")
        try:
            json.loads(source.read_bytes())
        except ValueError as error:
            fail(f"The definition of {name} is not JSON: {source}: {error}")
        properties["DefinitionUri"] = put(source.name, source.read_bytes())


def admit_callers(template: sam_template.Template, names: str, region: str, sts: Any) -> str:
    """The value of `CallerStateMachineArns` for all state machines of these names.

    AWS takes a list of ARNs there, and no `*`. Here state machines come and go while the stack stays, so the template's check is left out.
    """
    template["Parameters"]["CallerStateMachineArns"].pop("AllowedPattern", None)
    account = sts.get_caller_identity()["Account"]
    return f"arn:aws:states:{region}:{account}:stateMachine:{names}"


def describe(cloudformation: Any, stack: str) -> dict[str, Any] | None:
    """The stack, or None when there is none."""
    try:
        found: dict[str, Any] = cloudformation.describe_stacks(StackName=stack)["Stacks"][0]
    except ClientError as error:
        if "does not exist" in str(error):
            return None
        raise
    return found


def submit(cloudformation: Any, exists: bool, **request: Any) -> None:
    """Create or update the stack. An update without changes is a success."""
    try:
        (cloudformation.update_stack if exists else cloudformation.create_stack)(**request)
    except ClientError as error:
        if "No updates are to be performed" not in str(error):
            raise


def failures(cloudformation: Any, stack: str) -> list[str]:
    """One sentence for each resource that failed, the first one first."""
    events = cloudformation.describe_stack_events(StackName=stack)["StackEvents"]
    failed = [event for event in reversed(events) if event["ResourceStatus"].endswith("FAILED")]
    return [f"{event['LogicalResourceId']} ({event['ResourceType']}) failed: {event.get('ResourceStatusReason', 'no reason given')}" for event in failed]


def samples(client: Callable[[str], Any]) -> dict[str, str]:
    """Create what a local run can deploy to, and give the parameters that let the stack do it."""
    services = ("lambda.amazonaws.com", "codebuild.amazonaws.com", "states.amazonaws.com")
    assumed_by = {"Effect": "Allow", "Principal": {"Service": list(services)}, "Action": "sts:AssumeRole"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [assumed_by]})
    # It may do nothing: none of them does anything but answer.
    role: str = client("iam").create_role(RoleName="samples", AssumeRolePolicyDocument=document)["Role"]["Arn"]
    function = sample_function.create(client("lambda"), role)
    return {
        "DeployLambdaFunctionArns": function,
        "DeployAlarmArns": sample_function.watch(function, client("cloudwatch")),
        **sample_service.create(client("ecs")),
        "DeployCodeBuildProjectArns": sample_project.create(client("codebuild"), role),
        "DeployStateMachineArns": sample_machine.create(client("stepfunctions"), role),
        "DeployWebhookSecretArns": sample_webhook.create(client("secretsmanager")),
    }


def put_template(template: sam_template.Template, arguments: argparse.Namespace, s3: Any) -> str:
    """Put the template into the bucket, and return where it is."""
    key = f"{arguments.stack_name}/template.json"
    s3.put_object(Bucket=BUCKET, Key=key, Body=json.dumps(template).encode())
    return f"{arguments.endpoint}/{BUCKET}/{key}"


def deploy(arguments: argparse.Namespace) -> dict[str, str]:
    """Deploy the template and return the stack's outputs."""
    session = boto3.Session("test", "test", region_name=arguments.region)
    config = Config(retries={"total_max_attempts": 2}, s3={"addressing_style": "path"})

    def client(service: str) -> Any:
        return session.client(service, endpoint_url=arguments.endpoint, config=config)

    s3, cloudformation, sts = (client(service) for service in ("s3", "cloudformation", "sts"))
    template = sam_template.load(arguments.template)
    upload_artifacts(template, arguments.template.parent, arguments.artifacts, s3)
    if arguments.callers:
        arguments.parameter["CallerStateMachineArns"] = admit_callers(template, arguments.callers, arguments.region, sts)
    arguments.parameter.update(samples(client))
    unknown = arguments.parameter.keys() - template.get("Parameters", {}).keys()
    if unknown:
        fail(f"The template has no parameter {', '.join(sorted(unknown))}.")
    submit(
        cloudformation,
        describe(cloudformation, arguments.stack_name) is not None,
        StackName=arguments.stack_name,
        # As `sam deploy` does: a request carries 51,200 bytes of a template at most.
        TemplateURL=put_template(template, arguments, s3),
        Parameters=[{"ParameterKey": key, "ParameterValue": value} for key, value in arguments.parameter.items()],
        Capabilities=["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"],
    )
    while True:
        stack = describe(cloudformation, arguments.stack_name)
        status = stack["StackStatus"] if stack else "DELETE_COMPLETE"
        if stack and status in ("CREATE_COMPLETE", "UPDATE_COMPLETE"):
            outputs = {output["OutputKey"]: output["OutputValue"] for output in stack.get("Outputs", [])}
            sample_workflows.create(client("stepfunctions"), arguments.template.parent / "statemachine/examples", outputs)
            return outputs
        if not status.endswith("IN_PROGRESS"):
            fail(*failures(cloudformation, arguments.stack_name), f"The stack {arguments.stack_name} ended as {status}.")
        time.sleep(0.1)


def main() -> None:
    """Read the command line, deploy, print the outputs."""
    parser = argparse.ArgumentParser(description="Deploys the SAM template into the emulator.")
    parser.add_argument("--endpoint", required=True, help="the emulator's address")
    parser.add_argument("--stack-name", required=True)
    parser.add_argument("--template", required=True, type=Path)
    parser.add_argument("--artifacts", required=True, type=Path, help="the directory that holds <binary>/bootstrap")
    parser.add_argument("--callers", metavar="NAME", help="names of further state machines that may be resumed, with *")
    parser.add_argument("--region", default="us-east-1")
    parser.add_argument("--parameter", action="append", default=[], metavar="KEY=VALUE")
    arguments = parser.parse_args()
    arguments.parameter = dict(pair.split("=", 1) for pair in arguments.parameter)
    try:
        outputs = deploy(arguments)
    except (BotoCoreError, ClientError, OSError) as error:
        fail(f"The stack could not be deployed: {error}")
    print(json.dumps(outputs))


if __name__ == "__main__":
    main()
