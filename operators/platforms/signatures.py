"""What a call signed, in a form that a person may see and compare with what the platform expected."""

from dataclasses import dataclass, field

MASK = "******"
SHOWN_AT_EACH_END = 4


@dataclass(frozen=True, slots=True)
class Signed:
    """The exact text that was signed, MASK standing where the secret stood, and what came of it in which place."""

    text: str
    place: str
    signature: str = field(repr=False)

    @property
    def signature_shown(self) -> str:
        """The signature without its middle: enough to compare it, too little to use it."""
        ends = SHOWN_AT_EACH_END
        if MASK in self.signature:
            return self.signature
        if len(self.signature) <= 4 * ends:
            return MASK
        return f"{self.signature[:ends]}…{self.signature[-ends:]}"
