"""What a client makes of each way in which the sandbox can be told to misbehave."""

# Code, HTTP status (None where it may come or not), whether repeating may help. Two calls are made where it may.
OUTCOMES: dict[str, tuple[str, int | None, bool]] = {
    "slow": ("TIMEOUT", None, True),
    "late": ("TIMEOUT", None, True),
    "http_500": ("HTTP_500", 500, True),
    "http_429": ("HTTP_429", 429, True),
    "html_502": ("HTTP_502", 502, True),
    "dropped": ("UNREACHABLE", None, True),
    "truncated": ("BAD_REPLY", 200, False),
    "html": ("BAD_REPLY", 200, False),
    "wrong_types": ("BAD_REPLY", 200, False),
}
BROKEN = ["truncated", "html", "wrong_types"]
PASSING = ["slow", "late", "http_500", "http_429", "html_502", "dropped"]
