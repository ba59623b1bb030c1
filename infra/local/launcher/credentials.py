"""The credentials that each function has been given, for tests that act as one.

They are in the file named by `FUNCTION_CREDENTIALS`, by the function's name, once the function has been started. They open nothing but this emulator.
"""

import json
import os
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ministack.core import lambda_runtime
from ministack.services import lambda_svc

Credentials = dict[str, str]


def install(path: Path) -> None:
    """Write down what each function is given when it starts."""
    plain: Callable[[dict[str, Any]], Credentials] = lambda_runtime.execution_credentials
    known: dict[str, Credentials] = {}
    lock = threading.Lock()

    def execution_credentials(config: dict[str, Any]) -> Credentials:
        given, name = plain(config), config["FunctionName"]
        with lock:
            if known.get(name) != given:
                known[name] = given
                written = path.with_suffix(".new")
                with open(os.open(written, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
                    json.dump(known, file)
                written.replace(path)
        return given

    lambda_runtime.execution_credentials = execution_credentials
    lambda_svc.execution_credentials = execution_credentials
