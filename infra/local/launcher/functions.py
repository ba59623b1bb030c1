"""What the functions print, as one stream.

MiniStack files a function's output under the invocation that was running when it is read, and drops it when a function fails to start. Here every
line is also written, as soon as it is there, to the file named by `FUNCTION_LOG`: `<function name><TAB><line>`.
"""

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ministack.core.lambda_runtime import ProvidedWorker


class _Tee:
    """A function's output pipe, read line by line, that copies what passes."""

    def __init__(self, pipe: Any, copy: Callable[[bytes], None]) -> None:
        self._pipe, self._copy = pipe, copy

    def readline(self) -> bytes:
        line: bytes = self._pipe.readline()
        if line:
            self._copy(line)
        return line

    def close(self) -> None:
        self._pipe.close()


def install(path: Path) -> None:
    """Copy the output of every function to the file."""
    log = path.open("ab", buffering=0)
    lock = threading.Lock()
    plain = ProvidedWorker._pump_output

    def pump(worker: Any, pipe: Any, queue: Any) -> None:
        def copy(line: bytes) -> None:
            with lock:
                log.write(worker.func_name.encode() + b"\t" + line.rstrip(b"\r\n") + b"\n")

        plain(worker, _Tee(pipe, copy), queue)

    ProvidedWorker._pump_output = pump
