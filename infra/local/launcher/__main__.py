"""Starts MiniStack in the foreground, on loopback, with the behaviour of AWS that it lacks.

    python -B infra/local/launcher

The environment is that of the `ministack` command (`GATEWAY_PORT`, `BIND_HOST`, `MINISTACK_HOST`, `AWS_ENDPOINT_URL`, `AUTH`), plus `FUNCTION_LOG`, a
file that receives what the functions print, and, where permissions are evaluated (`AUTH=true`), `FUNCTION_CREDENTIALS`, a file that receives what each
function acts with. The installed package stays untouched: the modules beside this one replace functions in memory, each
named after what it corrects. Those functions are private to MiniStack, so any other version than the pinned one is refused.
"""

import asyncio
import importlib.metadata
import os
import shutil
import signal
import socket
import sys
import threading
import time
import traceback
from pathlib import Path
from typing import Any, NoReturn

sys.dont_write_bytecode = True

PARENT = os.getppid()

# After so many seconds without a turn of the event loop, something is wrong.
STANDSTILL = 15
# `cargo xtask test` looks for these words when tests have failed.
STOOD_STILL = "The emulator's event loop has stood still for"


def refuse(sentence: str) -> NoReturn:
    """End with one sentence for the person who started this."""
    print(sentence, file=sys.stderr)
    sys.exit(2)


def check_version() -> None:
    """The pin is the one in requirements.txt, so that there is only one."""
    pins = (Path(__file__).parent.parent / "requirements.txt").read_text().splitlines()
    pinned = next(line.removeprefix("ministack==") for line in pins if line.startswith("ministack=="))
    try:
        found = importlib.metadata.version("ministack")
    except importlib.metadata.PackageNotFoundError:
        refuse(f"MiniStack is not installed for {sys.executable}; install infra/local/requirements.txt into its virtual environment.")
    if found != pinned:
        refuse(f"This launcher corrects MiniStack {pinned}, but {found} is installed; reinstall infra/local/requirements.txt.")


def settle_environment() -> tuple[str, int]:
    """Complete the environment before MiniStack reads it, which it does while it is imported. The functions inherit it."""
    host = os.environ.setdefault("BIND_HOST", "127.0.0.1")
    port = os.environ.setdefault("GATEWAY_PORT", "4566")
    os.environ.setdefault("MINISTACK_HOST", "localhost")
    os.environ.setdefault("AWS_ENDPOINT_URL", f"http://{host}:{port}")
    # These two would listen on ports of their own.
    os.environ.setdefault("IOT_MTLS_ENABLED", "0")
    os.environ.setdefault("SFTP_ENABLED", "0")
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, int(port)))
        except OSError as error:
            refuse(f"Port {port} on {host} cannot be used ({error.strerror}); choose another one.")
    return host, int(port)


def correct() -> None:
    """Put the corrections in place."""
    import executions
    import functions
    import json_paths
    import rest_apis
    import secret_names
    import streams
    import tables
    import task_tokens
    import tasks
    import throttling

    for module in (executions, json_paths, rest_apis, secret_names, streams, tables, task_tokens, tasks):
        module.install()
    # No correction, but a control for tests over what is corrected.
    throttling.install()
    if log := os.environ.get("FUNCTION_LOG"):
        functions.install(Path(log))
    if os.environ.get("AUTH", "").lower() == "true":
        evaluate_permissions()


def evaluate_permissions() -> None:
    """Put in place what MiniStack's own evaluation of permissions lacks."""
    import callers
    import credentials
    import permissions

    permissions.install()
    callers.install()
    if file := os.environ.get("FUNCTION_CREDENTIALS"):
        credentials.install(Path(file))


def die_together() -> None:
    """End this process and every function it started, at once, on a signal or when the parent is gone.

    All of them are one process group, so that none is missed, not even one that is being started. The group is killed whole, this process
    included, and so the exit status is that of SIGKILL. The parent is watched by its id: a death signal from the kernel would follow the
    parent's thread, not the parent.
    """
    if os.getpgrp() != os.getpid():
        os.setpgid(0, 0)

    def die(*_: object) -> None:
        # Not an import statement: the signal may come while the module is being imported.
        service = sys.modules.get("ministack.services.lambda_svc")
        if unpacked := getattr(service, "_PROVIDED_CODE_CACHE", None):
            shutil.rmtree(unpacked, ignore_errors=True)
        os.killpg(os.getpgrp(), signal.SIGKILL)

    def watch() -> None:
        while os.getppid() == PARENT:
            time.sleep(0.2)
        die()

    signal.signal(signal.SIGTERM, die)
    signal.signal(signal.SIGINT, die)
    threading.Thread(target=watch, daemon=True).start()


async def beat() -> None:
    """Say in the log when the event loop stands still, and where: while it does, nothing is answered."""
    last = time.monotonic()
    loop_thread = threading.get_ident()

    def watch() -> None:
        while True:
            time.sleep(1)
            if (silent := time.monotonic() - last) > STANDSTILL:
                stack = "".join(traceback.format_stack(sys._current_frames()[loop_thread]))
                print(f"{STOOD_STILL} {silent:.0f} s, here:\n{stack}", file=sys.stderr, flush=True)

    threading.Thread(target=watch, daemon=True).start()
    while True:
        await asyncio.sleep(1)
        last = time.monotonic()


def serve(host: str, port: int) -> None:
    """Serve until a signal ends the process."""
    from hypercorn.asyncio import serve as serve_app
    from hypercorn.config import Config
    from ministack.app import app

    config = Config()
    config.bind = [f"{host}:{port}"]
    config.keep_alive_timeout = 75
    config.loglevel = os.environ.get("LOG_LEVEL", "INFO").upper()

    async def forever(*_: Any) -> None:
        await beat()

    asyncio.run(serve_app(app, config, shutdown_trigger=forever))


def main() -> None:
    """Check, correct, serve."""
    check_version()
    host, port = settle_environment()
    die_together()
    correct()
    serve(host, port)


if __name__ == "__main__":
    main()
