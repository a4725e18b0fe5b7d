"""What it means that a platform did not answer as it should, and what to do about it, in plain words."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from operators.platforms.base import PlatformFailure

OUR_ADDRESS = (
    "Our address: give the platform the address from which this server calls out, and have it allowed there. Whoever "
    "runs the network knows it."
)
OUR_SIGNATURE = (
    "The signature: have the platform confirm the operator id and the secret, and put the secret in anew by “Rotate "
    "secret”. A blank or line break that was copied along is enough to spoil it."
)
ASK_WITH_CODE = "Ask the platform's support, and name the call, the time and the code."
CHECK_HOST = "Compare the host in this account with the one that the platform gave us, letter by letter."
CHECK_ENVIRONMENT = "Check that the host is of the same environment (test or production) as the operator id and secret."
TRY_AGAIN = "Try again in a few minutes."


@dataclass(frozen=True, slots=True)
class Explanation:
    """What happened in one sentence, and what can be done, the likeliest first."""

    what: str
    remedies: tuple[str, ...]


UNREACHABLE: Mapping[str, Explanation] = {
    "DNS": Explanation(
        "The host's name leads nowhere: no name server knows it.",
        (CHECK_HOST, "If it is right, this server's own name service (DNS) fails: tell whoever runs the network."),
    ),
    "TIMEOUT": Explanation(
        "The platform took the call and did not answer in time.",
        (TRY_AGAIN, "If it stays so, ask the platform whether it is under load, or drops what comes from our address."),
    ),
    "PRIVATE_ADDRESS": Explanation(
        "The host's name leads to a private address, inside a network of our own. Nothing was sent there.",
        (
            CHECK_HOST,
            "A platform on this machine (a sandbox) needs PLATFORM_PRIVATE_HOSTS_ALLOWED; never set it in production.",
        ),
    ),
    "NOT_HTTPS": Explanation(
        "The host does not begin with https://: everybody on the way could read along. Nothing was sent.",
        ("Edit this account and put the https:// address in that the platform gave us.",),
    ),
    "TOO_LARGE": Explanation(
        "The answer was longer than anything that this call answers, and was not read to its end.",
        (CHECK_HOST, ASK_WITH_CODE),
    ),
    "BAD_REQUEST": Explanation(
        "The call could not be sent at all: the host is no usable address.",
        ("Edit this account: the host is https://, a name, and nothing that a browser would not open.",),
    ),
    "CIRCUIT_OPEN": Explanation(
        "Nothing was sent: the platform has failed time after time and is left alone for a while.",
        ("Look at the failures before this one in the exchange log.", "“Test connection” calls it all the same."),
    ),
}

# What TLS says of a certificate, and what that means.
CERTIFICATES: tuple[tuple[str, Explanation], ...] = (
    (
        "has expired",
        Explanation(
            "The platform's certificate has expired.",
            (
                "The platform has to renew it: tell its support. It is never accepted as it is.",
                "If a browser takes it, this server's clock is wrong.",
            ),
        ),
    ),
    (
        "not yet valid",
        Explanation(
            "The platform's certificate is not valid yet.", ("This server's clock is probably wrong: set it.",)
        ),
    ),
    (
        "mismatch|not valid for|doesn't match",
        Explanation(
            "The platform's certificate is for another name than the host in this account.",
            (CHECK_HOST, "If it is right, tell the platform's support which name its certificate lacks."),
        ),
    ),
    (
        "self.signed|local issuer|unable to get|verify failed",
        Explanation(
            "Nobody whom we trust vouches for the platform's certificate.",
            (
                CHECK_HOST,
                "A proxy of our own network may be in between: tell whoever runs it.",
                "If neither, tell the platform's support that its certificate chain is not complete.",
            ),
        ),
    ),
    (
        "",
        Explanation(
            "No secure connection came about: the host does not speak TLS as it should.",
            ("Check the port in the host's address.", CHECK_HOST),
        ),
    ),
)

PAGES: tuple[tuple[str, Explanation], ...] = (
    (
        "web page",
        Explanation(
            "The answer is a web page, not JSON: something other than the platform's API answers at this address.",
            (CHECK_HOST, "A maintenance page or a firewall's may be in between: open the address in a browser."),
        ),
    ),
    (
        "not JSON|unpacked",
        Explanation("The answer is not JSON, or was cut off on the way.", (TRY_AGAIN, CHECK_HOST, ASK_WITH_CODE)),
    ),
    (
        "",
        Explanation(
            "The answer is JSON, but not the document that this call answers.",
            (CHECK_HOST, "Check that the account's protocol is the one that this platform speaks.", ASK_WITH_CODE),
        ),
    ),
)

# Why a platform refuses, as far as its code or words tell. The first that fits counts.
REFUSALS: tuple[tuple[str, Explanation], ...] = (
    (
        r"\bip\b|ip_not|_ip_|\bip_|ip address|allow.?list|white.?list",
        Explanation("The platform refuses our address.", (OUR_ADDRESS,)),
    ),
    (
        r"p_02|signature|hmac|hash|auth-sig",
        Explanation("The platform computes another signature than ours.", (OUR_SIGNATURE,)),
    ),
    (
        r"time.?stamp|clock",
        Explanation(
            "The platform takes our timestamp for a wrong one.",
            ("This server's clock is probably wrong: compare it with the time of the test, and have it set.",),
        ),
    ),
    (
        r"not_active|inactive|suspended|blocked",
        Explanation(
            "The platform has our account, and has not switched it on.", ("Ask the platform to switch it on.",)
        ),
    ),
    (
        r"unknown_operator|agent_not_found|operator.*not.?found|brand|unauthori[sz]ed|api.?key|\btoken\b",
        Explanation("The platform does not know our account.", (CHECK_ENVIRONMENT, OUR_SIGNATURE)),
    ),
    (
        r"p_03|param",
        Explanation(
            "The platform does not take a parameter of the call.",
            ("Compare the operator id in this account with the one that the platform gave us.", ASK_WITH_CODE),
        ),
    ),
    (r"p_00|internal|server", Explanation("The platform failed by its own account.", (TRY_AGAIN, ASK_WITH_CODE))),
)
# What may be looked for in a whole answer, where other words stand for much else.
IN_ANSWERS = REFUSALS[:2]
# What a page does not say to whoever reads it: a firewall's is full of hashes.
UNSEEN = re.compile(r"<(script|style)\b.*?(</\1\s*>|\Z)|<!--.*?(-->|\Z)|<[^>]*>", re.DOTALL | re.IGNORECASE)
REFUSED_WITHOUT_REASON = Explanation(
    "The platform refuses us and does not say why: it is our address or the signature.",
    (OUR_ADDRESS, OUR_SIGNATURE),
)


def explain_failure(failure: PlatformFailure, *, answer: str = "") -> Explanation:
    """Tell what a failed call means. `answer` is what the platform answered, in which its reason may stand."""
    if failure.code == "UNREACHABLE":
        return _explain_broken(failure)
    if failure.code in UNREACHABLE:
        return UNREACHABLE[failure.code]
    if failure.code == "TLS":
        return _find(CERTIFICATES, failure.detail)
    if failure.code == "BAD_REPLY":
        return _find(PAGES, failure.detail)
    if failure.code.startswith("HTTP_"):
        return _explain_status(failure, answer)
    return _explain_refusal(failure, answer)


def _explain_broken(failure: PlatformFailure) -> Explanation:
    if "broke off" in failure.detail:
        return Explanation(
            "The connection broke off before the answer was whole.",
            (TRY_AGAIN, "If it stays so, the platform, or a firewall in between, hangs up on us: tell its support."),
        )
    return Explanation(
        "Nobody takes connections at this host: it refuses them, or cannot be reached.",
        ("Check the host and its port.", "The platform may be down, or a firewall in between: ask its support."),
    )


def _explain_status(failure: PlatformFailure, answer: str) -> Explanation:
    status = failure.http_status or int(failure.code.removeprefix("HTTP_"))
    if status in {401, 403}:
        return _find_refusal(_see(answer), IN_ANSWERS) or REFUSED_WITHOUT_REASON
    if status in {404, 405, 410}:
        what = f"Something answers at this host that does not know the call (HTTP {status})."
        return Explanation(what, ("Check the path at the end of the host, if it has one.", CHECK_HOST))
    if status == 429:
        waited = f" for another {failure.retry_after:.0f} s" if failure.retry_after else ""
        what = f"The platform has had too many calls from us and wants to be left alone{waited} (HTTP 429)."
        return Explanation(what, (TRY_AGAIN, "If it comes often, ask the platform for its limit."))
    if 300 <= status < 400:
        what = f"The host sends us on to another address (HTTP {status}), where we do not follow."
        return Explanation(what, ("Ask the platform for the API's present address, and put it in this account.",))
    if status >= 500:
        what = f"The platform, or what stands before it, failed (HTTP {status})."
        return Explanation(what, (TRY_AGAIN, "If it stays so, tell its support."))
    return Explanation(f"The platform does not take the call (HTTP {status}).", (ASK_WITH_CODE,))


def _explain_refusal(failure: PlatformFailure, answer: str) -> Explanation:
    """A code of the platform's own."""
    found = _find_refusal(failure.code) or _find_refusal(failure.detail) or _find_refusal(_see(answer), IN_ANSWERS)
    if found:
        return found
    if failure.http_status in {401, 403}:
        return REFUSED_WITHOUT_REASON
    return Explanation(f"The platform refuses the call with a code of its own, {failure.code}.", (ASK_WITH_CODE,))


def _see(answer: str) -> str:
    """What a person reads in an answer that is a page; any other is left as it is."""
    return UNSEEN.sub(" ", answer) if answer.lstrip().startswith("<") else answer


def _find_refusal(text: str, table: Sequence[tuple[str, Explanation]] = REFUSALS) -> Explanation | None:
    """Return why a platform refuses, where a code or words of its tell."""
    return next((told for words, told in table if re.search(words, text, re.IGNORECASE)), None)


def _find(table: Sequence[tuple[str, Explanation]], detail: str) -> Explanation:
    return next(told for words, told in table if re.search(words, detail, re.IGNORECASE))
