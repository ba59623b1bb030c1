"""Reads the SAM template and replaces the local files it names, as `sam package` does. Used by `deploy.py` and `translate.py`."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from samtranslator.yaml_helper import yaml_parse

Template = dict[str, Any]


def load(path: Path) -> Template:
    """Parse the template, its short tags (`!Sub`, `!GetAtt`, ...) turned into the long form, and what YAML takes for a date into text."""
    template: Template = json.loads(json.dumps(yaml_parse(path.read_text()), default=str))
    return template


def resources(template: Template, kind: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """The logical id and body of each resource of that type."""
    for name, resource in template["Resources"].items():
        if resource["Type"] == kind:
            yield name, resource


def functions(template: Template) -> Iterator[tuple[str, dict[str, Any], str]]:
    """The logical id and the properties of each function, and the name of its binary."""
    shared = template.get("Globals", {}).get("Function", {})
    for name, resource in resources(template, "AWS::Serverless::Function"):
        properties = resource["Properties"]
        code = properties.get("CodeUri", shared.get("CodeUri", ""))
        build = resource.get("Metadata", {}).get("BuildProperties", {})
        yield name, properties, build.get("Binary") or Path(code).name


def state_machines(template: Template) -> Iterator[tuple[str, dict[str, Any], str]]:
    """The logical id and the properties of each state machine that has its definition in a file, and that file."""
    for name, resource in resources(template, "AWS::Serverless::StateMachine"):
        definition = resource["Properties"].get("DefinitionUri")
        if isinstance(definition, str):
            yield name, resource["Properties"], definition
