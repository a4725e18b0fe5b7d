"""Why a synchronisation brought nothing, in a sentence for staff: the call, the cause, and what to do."""

from operators.platforms.base import PlatformFailure

HOST = "Check the API host of the operator account."
ASK = "The next run tries again; if it stays so, ask the platform."
ANSWER = "The exchange log has the beginning of the answer: show it to the platform."
REMEDIES = {
    "DNS": HOST,
    "UNREACHABLE": f"{ASK} {HOST}",
    "TIMEOUT": ASK,
    "TLS": "Its certificate has to be put right by the platform, unless the API host is a wrong one.",
    "PRIVATE_ADDRESS": HOST,
    "NOT_HTTPS": HOST,
    "BAD_REQUEST": HOST,
    "TOO_LARGE": "Ask the platform why the answer is so long.",
    "BAD_REPLY": ANSWER,
    "CIRCUIT_OPEN": ASK,
    "HTTP_401": "Check the operator id and the secret.",
    "HTTP_403": "Check the operator id and the secret, and have the platform allow our address.",
    "HTTP_404": HOST,
    "HTTP_429": "We asked too often: the next run tries again.",
}


def describe_failure(failure: PlatformFailure, phase: str) -> str:
    """Say during which call the platform failed, how, and what to do about it."""
    remedy = REMEDIES.get(failure.code)
    if remedy is None:
        remedy = ASK if not failure.permanent else ANSWER
    return f"{phase}: {failure.detail} ({failure.code}). The catalogue is as it was. {remedy}"
