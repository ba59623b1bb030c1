"""Prints the CloudFormation template that the SAM transform makes of a template, as JSON. It needs no network and no account.

    python infra/local/translate.py template.yaml

Parameters have their defaults, or stay references. Local files are replaced by made-up S3 addresses.
"""

import json
import os
import sys
from pathlib import Path
from types import SimpleNamespace

sys.dont_write_bytecode = True
os.environ.setdefault("AWS_DEFAULT_REGION", "us-east-1")

import sam_template  # noqa: E402
from samtranslator.translator.transform import transform  # noqa: E402


def main() -> None:
    """Translate the template named on the command line."""
    template = sam_template.load(Path(sys.argv[1]))
    for name, properties, _ in sam_template.functions(template):
        properties["CodeUri"] = {"Bucket": "local", "Key": name}
    for name, properties, _ in sam_template.state_machines(template):
        properties["DefinitionUri"] = {"Bucket": "local", "Key": name}
    # Managed policies given by name need a list from IAM; without one the name stays as it is.
    print(json.dumps(transform(template, {}, SimpleNamespace(load=dict)), indent=2))


if __name__ == "__main__":
    main()
