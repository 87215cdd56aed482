"""Slack, PagerDuty and SNS on this machine, over TLS, in a process of their own: what they need is not ours.

Prints one line of JSON with the ports and the certificate's file, and serves until its standard input ends.
"""

import asyncio
import ipaddress
import json
import ssl
import sys
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from rootwatch_local.receivers import Receivers
from rootwatch_local.receivers.web import Request, Response, WebServer

_PUBLISHED: Final = (
    b'<PublishResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><PublishResult><MessageId>'
    b"94f20ce6-13c5-43a0-9a9e-ca52d816e90b</MessageId></PublishResult></PublishResponse>"
)


def main() -> None:
    """Serves until the input ends."""
    sns = WebServer(_publish)
    sns.start()
    with Receivers() as receivers, tempfile.TemporaryDirectory() as folder:
        certificate = _certificate(Path(folder))
        asyncio.run(_serve(certificate, _port(receivers.url), _port(sns.url)))
    sns.close()


def _publish(_request: Request) -> Response:
    return Response(200, _PUBLISHED, "text/xml")


def _port(url: str) -> int:
    return int(url.rstrip("/").rpartition(":")[2])


async def _serve(certificate: Path, channels: int, sns: int) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    fronts = [await _front(port, context) for port in (channels, sns)]
    ports = [front.sockets[0].getsockname()[1] for front in fronts]
    print(json.dumps({"certificate": str(certificate), "channels": ports[0], "sns": ports[1]}), flush=True)
    await asyncio.to_thread(sys.stdin.read)
    for front in fronts:
        front.close()


async def _front(port: int, context: ssl.SSLContext) -> asyncio.Server:
    """A TLS port before a plain one."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        inner_reader, inner_writer = await asyncio.open_connection("127.0.0.1", port)
        await asyncio.gather(_pass_on(reader, inner_writer), _pass_on(inner_reader, writer))

    return await asyncio.start_server(serve, "127.0.0.1", 0, ssl=context)


async def _pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    except ConnectionError:
        pass  # a client may go whenever it likes
    finally:
        writer.close()


def _certificate(folder: Path) -> Path:
    """A certificate for 127.0.0.1 with its key, in one file that is gone when we are."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(minutes=5))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file = folder / "receivers.pem"
    file.touch(mode=0o600)
    file.write_bytes(signed.public_bytes(serialization.Encoding.PEM) + secret)
    return file


if __name__ == "__main__":
    main()
