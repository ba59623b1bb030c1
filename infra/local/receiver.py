"""A receiver of webhooks for a local run: it stands for the system that pays what the example `expense-report` asks for.

    target/tools/emulator/bin/python infra/local/receiver.py

It listens on port 8490 of this machine, where `policy/workflows.toml` sends expenses, and prints what it is told. Its key is the secret `release-hook` of
the local run. What a receiver of your own has to do stands in `main` and `Receiver.do_POST`: verify the signature over the bytes that came, refuse what is
old, and act once for one `webhook-id`.
"""

import base64
import hashlib
import hmac
import json
import sys
import time
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import boto3
import sample_webhook

PORT = 8490
OUTPUTS = Path(__file__).parents[2] / "target/local/outputs.json"
# What was signed longer ago may be a repetition by somebody else.
TOLERANCE = 300


def keys() -> list[bytes]:
    """The keys of the local run: the current one, and the one before it."""
    try:
        run = json.loads(OUTPUTS.read_text(encoding="utf-8"))
    except FileNotFoundError:
        sys.exit(f"{OUTPUTS} is missing: start `cargo xtask local` first.")
    session = boto3.Session(run["accessKeyId"], run["secretAccessKey"], region_name=run["region"])
    vault = session.client("secretsmanager", endpoint_url=run["endpoint"])
    secret = json.loads(vault.get_secret_value(SecretId=sample_webhook.NAME)["SecretString"])
    names = ("signingSecret", "previousSigningSecret")
    return [base64.b64decode(secret[name].removeprefix("whsec_")) for name in names if name in secret]


def is_signed(message: str, timestamp: str, body: bytes, signatures: str, known: list[bytes]) -> bool:
    """Whether one of the signatures is one of our keys', and not old."""
    if not timestamp.isdigit() or abs(time.time() - int(timestamp)) > TOLERANCE:
        return False
    content = f"{message}.{timestamp}.".encode() + body
    expected = ["v1," + base64.b64encode(hmac.digest(key, content, hashlib.sha256)).decode() for key in known]
    return any(hmac.compare_digest(one, other) for one in signatures.split() for other in expected)


class Receiver(BaseHTTPRequestHandler):
    """Pays each expense once."""

    known: list[bytes] = []
    paid: set[str] = set()

    def do_POST(self) -> None:  # noqa: N802
        """Take one message."""
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        message, timestamp = self.headers.get("webhook-id", ""), self.headers.get("webhook-timestamp", "")
        if not is_signed(message, timestamp, body, self.headers.get("webhook-signature", ""), self.known):
            self.answer(401)
            return
        if message not in self.paid:
            self.paid.add(message)
            print(f"paid: {json.dumps(json.loads(body)['data'])}", flush=True)
        self.answer(200)

    def answer(self, status: int) -> None:
        """Answer with nothing but a status."""
        self.send_response(status)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Print nothing else."""


def main() -> None:
    """Listen until Ctrl-C."""
    Receiver.known = keys()
    print(f"listening on http://localhost:{PORT}/expenses", flush=True)
    try:
        HTTPServer(("127.0.0.1", PORT), Receiver).serve_forever()
    except KeyboardInterrupt:
        pass


if __name__ == "__main__":
    main()
