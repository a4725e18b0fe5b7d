"""What the back office's reads and acts raise where the answer is no."""

from collections.abc import Mapping
from typing import ClassVar


class Refusal(Exception):
    """The rules do not allow it. The class's `code` names the situation, the message says it to a person.

    `fields` says, by the name of what was asked, what is wrong with it. `player_detail` is what a player may be told in
    place of the message, which is for staff; empty where no player is concerned.
    """

    code: ClassVar[str]
    player_detail: ClassVar[str] = ""

    def __init__(self, detail: str, *, fields: Mapping[str, str] | None = None) -> None:
        super().__init__(detail)
        self.detail = detail
        self.fields = dict(fields or {})
