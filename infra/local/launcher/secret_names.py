"""The six characters that Secrets Manager puts behind a secret's name in its ARN.

On AWS they are random, and so they are in MiniStack. Here they follow from the name, so that a policy file can name a secret of a local run.
"""

import hashlib
from collections.abc import Callable
from typing import Any

from ministack.services import secretsmanager

LENGTH = 6

_plain_store: Callable[..., tuple[str, str]] = secretsmanager._store_new_secret


def store(name: str, *rest: Any, **named: Any) -> tuple[str, str]:
    """Store a new secret, under an ARN that another run gives it as well."""
    arn, version = _plain_store(name, *rest, **named)
    arn = arn[:-LENGTH] + hashlib.sha256(name.encode()).hexdigest()[:LENGTH]
    secretsmanager._secrets[name]["ARN"] = arn
    return arn, version


def install() -> None:
    """Replace MiniStack's function. Its callers find it through the module, so setting the name is enough."""
    secretsmanager._store_new_secret = store
