"""A platform's certificate is verified."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from operators.platforms.base import Call, Http, Platform, PlatformFailure
from tests.operators.tls_server import run_tls_server


def write_self_signed(path: Path) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    today = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(today - timedelta(days=1))
        .not_valid_after(today + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    path.write_bytes(pem + certificate.public_bytes(serialization.Encoding.PEM))


def test_a_certificate_that_nobody_vouches_for_is_refused(tmp_path: Path) -> None:
    write_self_signed(tmp_path / "self-signed.pem")
    calls: list[Call] = []
    platform = Platform(Http(private_hosts_allowed=True, backoff_seconds=0.01), calls.append)
    with run_tls_server(tmp_path / "self-signed.pem") as url, pytest.raises(PlatformFailure) as failure:
        platform.read("games", url, headers={}, parse=lambda found: found)
    assert failure.value.detail == "no trusted connection: self-signed certificate"
    assert (failure.value.code, failure.value.permanent) == ("TLS", True)
    assert [call.failure for call in calls] == ["TLS"]
