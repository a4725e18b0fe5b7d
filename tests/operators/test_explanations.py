"""What a failed call means and what to do about it: told in plain words, from what really happens on the wire."""

import socket
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import requests
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from operators.platforms.base import CircuitOpen, Http, Malformed, Platform, PlatformFailure
from operators.platforms.failures import failure_of
from operators.services.explanations import Explanation, explain_failure
from tests.operators.platform_stub import Answer, Stub
from tests.operators.tls_server import run_tls_server

HTTP = Http(private_hosts_allowed=True, attempts=1, read_seconds=0.3, connect_seconds=0.3)


def explain(url: str, http: Http = HTTP) -> Explanation:
    """What is said of a call that really fails."""
    answers: list[str] = []
    platform = Platform(http, lambda call: answers.append(call.response))
    with pytest.raises(PlatformFailure) as failure:
        platform.read("lobbies", url, headers={}, parse=_need_list)
    return explain_failure(failure.value, answer=answers[-1])


def _need_list(answer: Any) -> Any:
    if not isinstance(answer, dict) or "lobbies" not in answer:
        raise Malformed("there is no list “lobbies”")
    return answer


def explain_answer(stub: Stub, answer: Answer) -> Explanation:
    stub.lay("/list", answer)
    return explain(f"{stub.url}/list")


def first_word(explanation: Explanation) -> list[str]:
    """The subject of each remedy that begins with one."""
    return [remedy.partition(":")[0] for remedy in explanation.remedies]


def test_a_name_that_leads_nowhere() -> None:
    told = explain("http://nowhere.invalid/list")
    assert told.what == "The host's name leads nowhere: no name server knows it."
    assert "letter by letter" in told.remedies[0]
    assert "DNS" in told.remedies[1]


def test_a_refused_connection() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        told = explain(f"http://127.0.0.1:{unused.getsockname()[1]}/list")
    assert told.what == "Nobody takes connections at this host: it refuses them, or cannot be reached."
    assert told.remedies[0] == "Check the host and its port."


def test_a_connection_that_breaks_off(stub: Stub) -> None:
    told = explain_answer(stub, Answer(body=b'{"lobb', length=100))
    assert told.what == "The connection broke off before the answer was whole."


def test_no_answer_in_time() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        told = explain(f"http://127.0.0.1:{listener.getsockname()[1]}/list")
    assert told.what == "The platform took the call and did not answer in time."


def test_a_private_address() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        told = explain(f"https://localhost:{listener.getsockname()[1]}/list", Http(attempts=1))
    assert told.what.startswith("The host's name leads to a private address")
    assert "PLATFORM_PRIVATE_HOSTS_ALLOWED" in told.remedies[1]


def test_an_address_without_tls() -> None:
    assert explain("http://a.example/list", Http(attempts=1)).what.startswith("The host does not begin with https://")


def test_a_host_that_is_no_address() -> None:
    assert explain("http://").what == "The call could not be sent at all: the host is no usable address."


@pytest.mark.parametrize(
    ("answer", "what"),
    [
        (Answer(404), "Something answers at this host that does not know the call (HTTP 404)."),
        (Answer(405), "Something answers at this host that does not know the call (HTTP 405)."),
        (Answer(302), "The host sends us on to another address (HTTP 302), where we do not follow."),
        (Answer(500), "The platform, or what stands before it, failed (HTTP 500)."),
        (Answer(400), "The platform does not take the call (HTTP 400)."),
        (
            Answer(429, headers={"Retry-After": "7"}),
            "The platform has had too many calls from us and wants to be left alone for another 7 s (HTTP 429).",
        ),
        (
            Answer(429),
            "The platform has had too many calls from us and wants to be left alone (HTTP 429).",
        ),
        (
            Answer(body=b" <!DOCTYPE html><html>"),
            "The answer is a web page, not JSON: something other than the platform's API answers at this address.",
        ),
        (Answer(body=b'{"lobbies": ['), "The answer is not JSON, or was cut off on the way."),
        (Answer(body=b"[]"), "The answer is JSON, but not the document that this call answers."),
        (
            Answer(body=b"x", headers={"Content-Encoding": "gzip"}),
            "The answer is not JSON, or was cut off on the way.",
        ),
    ],
)
def test_an_answer_that_is_not_the_one_asked_for(stub: Stub, answer: Answer, what: str) -> None:
    told = explain_answer(stub, answer)
    assert told.what == what
    assert told.remedies


@pytest.mark.parametrize("status", [401, 403])
def test_a_refusal_without_a_reason_names_both_our_address_and_the_signature(stub: Stub, status: int) -> None:
    told = explain_answer(stub, Answer(status, b"Forbidden"))
    assert told.what == "The platform refuses us and does not say why: it is our address or the signature."
    assert first_word(told) == ["Our address", "The signature"]


@pytest.mark.parametrize(
    ("body", "subjects"),
    [
        (b'{"message": "IP address 192.0.2.7 is not allowed"}', ["Our address"]),
        (b"<html>Your IP is not on the whitelist</html>", ["Our address"]),
        (b"<!-- no ip --><style>.ip{}</style><p>Wrong <b>signature</b></p>", ["The signature"]),
        (b"<script>location.hash = c.cHash</script><p class='ip'>Checking", ["Our address", "The signature"]),
        (b"<p>Just a moment</p><script>window.cHash = 1; var ip =", ["Our address", "The signature"]),
        (b'{"error": "Invalid signature"}', ["The signature"]),
        (b'{"error": "X-Authorization hash mismatch"}', ["The signature"]),
        (b'{"timestamp": "2026-11-20T12:00:00Z", "error": "Forbidden"}', ["Our address", "The signature"]),
    ],
)
def test_a_refusal_that_says_why_is_told_apart(stub: Stub, body: bytes, subjects: list[str]) -> None:
    assert first_word(explain_answer(stub, Answer(403, body))) == subjects


@pytest.mark.parametrize(
    ("code", "status", "what"),
    [
        ("IP_NOT_ALLOWED", 403, "The platform refuses our address."),
        ("IP_NOT_ALLOWED", 200, "The platform refuses our address."),
        ("INVALID_SIGNATURE", 403, "The platform computes another signature than ours."),
        ("P_02", 200, "The platform computes another signature than ours."),
        ("P_03", 200, "The platform does not take a parameter of the call."),
        ("P_00", 200, "The platform failed by its own account."),
        ("TIMESTAMP_EXPIRED", 403, "The platform takes our timestamp for a wrong one."),
        ("UNKNOWN_OPERATOR", 403, "The platform does not know our account."),
        ("AGENT_NOT_FOUND", 200, "The platform does not know our account."),
        ("AGENT_NOT_ACTIVE", 200, "The platform has our account, and has not switched it on."),
        ("E7", 403, "The platform refuses us and does not say why: it is our address or the signature."),
        ("E7", 200, "The platform refuses the call with a code of its own, E7."),
        ("EQUIPMENT", 200, "The platform refuses the call with a code of its own, EQUIPMENT."),
    ],
)
def test_a_code_of_the_platforms_own(code: str, status: int, what: str) -> None:
    failure = PlatformFailure(code, "no reason given", permanent=True, http_status=status)
    assert explain_failure(failure).what == what


def test_words_beside_an_unknown_code_are_read() -> None:
    failure = PlatformFailure("E7", "Caller IP refused", permanent=True, http_status=403)
    assert explain_failure(failure).what == "The platform refuses our address."


def test_an_open_circuit() -> None:
    assert explain_failure(CircuitOpen(12)).what.startswith("Nothing was sent: the platform has failed time after time")


@dataclass
class Authority:
    """Somebody who vouches for certificates, and whose own is in a file."""

    folder: Path
    key: ec.EllipticCurvePrivateKey

    @property
    def file(self) -> Path:
        return self.folder / "authority.pem"

    def issue(self, host: str, *, first_day: int = -1, last_day: int = 1) -> Path:
        """A server's certificate and key in one file, valid between two days counted from today."""
        key = ec.generate_private_key(ec.SECP256R1())
        made = _certificate(host, key, "authority", self.key, days=(first_day, last_day))
        path = self.folder / f"{host}{first_day}{last_day}.pem"
        path.write_bytes(_pem(key) + made.public_bytes(serialization.Encoding.PEM))
        return path


def _pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, text)])


def _certificate(
    name: str,
    key: ec.EllipticCurvePrivateKey,
    issuer: str,
    issuer_key: ec.EllipticCurvePrivateKey,
    *,
    days: tuple[int, int],
    authority: bool = False,
) -> x509.Certificate:
    today = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(_name(name))
        .issuer_name(_name(issuer))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(today + timedelta(days=days[0]))
        .not_valid_after(today + timedelta(days=days[1]))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
        .sign(issuer_key, hashes.SHA256())
    )


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    key = ec.generate_private_key(ec.SECP256R1())
    certificate = _certificate("authority", key, "authority", key, days=(-9, 9), authority=True)
    (tmp_path / "authority.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    return Authority(tmp_path, key)


def explain_certificate(certificate: Path, trusted: Path) -> str:
    """What is said of a server with this certificate to somebody who trusts that authority."""
    with run_tls_server(certificate) as url, pytest.raises(requests.RequestException) as error:
        requests.get(url, verify=str(trusted), timeout=5)
    return explain_failure(failure_of(error.value)).what


@pytest.mark.parametrize(
    ("host", "first_day", "last_day", "what"),
    [
        ("localhost", -3, -1, "The platform's certificate has expired."),
        ("localhost", 1, 2, "The platform's certificate is not valid yet."),
        ("other.example", -1, 1, "The platform's certificate is for another name than the host in this account."),
    ],
)
def test_a_certificate_that_does_not_hold(
    authority: Authority, host: str, first_day: int, last_day: int, what: str
) -> None:
    certificate = authority.issue(host, first_day=first_day, last_day=last_day)
    assert explain_certificate(certificate, authority.file) == what


def test_a_certificate_that_nobody_vouches_for(authority: Authority, tmp_path: Path) -> None:
    with run_tls_server(authority.issue("localhost")) as url:
        told = explain(f"{url}/list")
    assert told.what == "Nobody whom we trust vouches for the platform's certificate."


def test_a_host_that_speaks_no_tls(stub: Stub) -> None:
    told = explain(stub.url.replace("http://", "https://") + "/list")
    assert told.what == "No secure connection came about: the host does not speak TLS as it should."
