"""One HTTP exchange with the wallet, read leniently: a fault in one part must not hide what the others say."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cached_property

import msgspec

from sandbox.wallet_client import Answer

SECRET_MEMBER = re.compile(r'("(?:hash|token)"\s*:\s*")([^"]{4})[^"]*(")')
SECRET_PARAMETER = re.compile(r"(\btoken=)(\w{4})\w*")
SECRET_HEADERS = frozenset({"x-authorization", "authorization"})

_members = msgspec.json.Decoder(dict[str, msgspec.Raw])


@dataclass(frozen=True)
class Exchange:
    """What was sent to one command's address, and what came back; `note` says in words what was odd about it."""

    command: str
    method: str
    headers: Mapping[str, str]
    body: bytes
    answer: Answer
    received_at: datetime
    note: str = ""

    @cached_property
    def document(self) -> Mapping[str, object]:
        """The answer's body as JSON with exact numbers; empty where it is no object."""
        try:
            return self._parse(self.answer.body)
        except RecursionError:
            # An echo nested too deep for a parser, this one too, is no reason not to read the rest.
            return self._parse(self.answer.body.replace(self.body.strip(), b"null", 1))

    def _parse(self, text: bytes) -> Mapping[str, object]:
        try:
            found = json.loads(text, parse_float=Decimal)
        except (ValueError, ArithmeticError):
            return {}
        return found if isinstance(found, dict) else {}

    @property
    def response(self) -> Mapping[str, object]:
        found = self.document.get("response")
        return found if isinstance(found, dict) else {}

    @property
    def data(self) -> Mapping[str, object]:
        found = self.response.get("data")
        return found if isinstance(found, dict) else {}

    @property
    def code(self) -> str:
        """OK, the OP code, `HTTP <n>` for another status than 200, or why there was no answer."""
        if self.answer.failure or self.answer.status != 200 or not self.response:
            return self.answer.failure or f"HTTP {self.answer.status}"
        if self.response.get("status") == "OK":
            return "OK"
        return str(self.data.get("error_code", "no error code"))

    @property
    def message(self) -> str:
        return str(self.data.get("error_message") or self.answer.message)

    @property
    def balance(self) -> Decimal | None:
        """The balance that was answered, be it a number or a text of one."""
        try:
            return Decimal(str(self.data["balance"]))
        except (KeyError, ArithmeticError):
            return None

    def find_raw(self, *path: str) -> bytes | None:
        """The bytes of one member of the answer, as they came; None where there is none."""
        found = self.answer.body
        for name in path:
            try:
                found = bytes(_members.decode(found)[name])
            except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError, KeyError):
                return None
        return found

    def describe_sent(self) -> str:
        """A few words for the table: the command, and what is odd or tells one request from the next."""
        verb = [] if self.method == "POST" else [self.method]
        return " ".join([*verb, self.command, *([self.note] if self.note else self._list_facts())])

    def _list_facts(self) -> list[str]:
        try:
            sent = json.loads(self.body, parse_float=str)["data"]
            return [str(sent[name]) for name in ("transaction_type", "amount", "transaction_id") if name in sent]
        except (ValueError, TypeError, KeyError, RecursionError):
            return [f"{len(self.body)} bytes"] if self.body else []

    def describe_answer(self) -> str:
        """A few words for the table: the code, and the balance or the message."""
        balance = self.find_raw("response", "data", "balance")
        rest = balance.decode(errors="replace") if balance is not None else self.message
        if not rest and not self.document:
            rest = self.answer.body.decode(errors="replace")
        return f"{self.code} {mask(rest)}".strip()

    def as_record(self) -> dict[str, object]:
        """Everything that went over the line, secrets masked, for the report."""
        headers = {name: "***" if name.lower() in SECRET_HEADERS else text for name, text in self.headers.items()}
        return {
            "sent": {
                "method": self.method,
                "command": self.command,
                "note": self.note,
                "headers": headers,
                "body": mask_bytes(self.body),
            },
            "answered": {
                "status": self.answer.status,
                "content_type": self.answer.headers.get("Content-Type", ""),
                "body": mask_bytes(self.answer.body),
                "failure": self.answer.failure,
                "milliseconds": round(self.answer.milliseconds, 2),
            },
        }


def mask(text: str) -> str:
    """Tokens and signatures cut down to their first four characters."""
    return SECRET_PARAMETER.sub(r"\1\2…", SECRET_MEMBER.sub(r"\1\2…\3", text))


def mask_bytes(body: bytes) -> str:
    return mask(body.decode(errors="backslashreplace"))
