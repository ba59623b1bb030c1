"""The secret of a webhook, for a local run: `release-hook`, with a key, and the one that it takes the place of.

AWS has no part in this: it stands for a key that a receiver of one's own knows as well.
"""

import base64
import json
import secrets
from typing import Any

NAME = "release-hook"


def _key() -> str:
    return "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()


def create(vault: Any) -> str:
    """Create it, and give its ARN."""
    content = {"signingSecret": _key(), "previousSigningSecret": _key()}
    arn: str = vault.create_secret(Name=NAME, SecretString=json.dumps(content))["ARN"]
    return arn
