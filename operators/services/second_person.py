"""The rule that whoever asks for something does not approve it, whatever it is; the tables have it as checks, too."""

from operators.selectors.refusals import Refusal


class SecondPersonNeeded(Refusal):
    """Whoever asked for it does not approve it."""

    code = "second_person_needed"


def demand_second_person(*, asked_by: str, by: str) -> None:
    """:raises SecondPersonNeeded: it is the same person."""
    if by == asked_by:
        raise SecondPersonNeeded("You asked for it yourself: somebody else has to approve it; you may withdraw it.")
