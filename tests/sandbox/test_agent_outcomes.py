import random

import pytest

from sandbox.agent.outcomes import DRAWS, _banker_draws, _points, draw_outcome


@pytest.mark.parametrize(
    ("cards", "points"),
    [([(0, "S"), (8, "H")], 0), ([(6, "S"), (7, "H")], 5), ([(12, "S"), (9, "H")], 0), ([(8, "D"), (11, "C")], 9)],
)
def test_baccarat_counts_units_of_the_sum_with_tens_and_faces_as_nothing(
    cards: list[tuple[int, str]], points: int
) -> None:
    assert _points(cards) == points


# For each of the banker's points, the player's third cards at which the banker draws.
BANKER_DRAWS = {
    0: {0, 1, 2, 3, 4, 5, 6, 7, 8, 9},
    1: {0, 1, 2, 3, 4, 5, 6, 7, 8, 9},
    2: {0, 1, 2, 3, 4, 5, 6, 7, 8, 9},
    3: {0, 1, 2, 3, 4, 5, 6, 7, 9},
    4: {2, 3, 4, 5, 6, 7},
    5: {4, 5, 6, 7},
    6: {6, 7},
    7: set(),
}


@pytest.mark.parametrize("points", range(8))
def test_banker_draws_as_the_rules_of_baccarat_say(points: int) -> None:
    cards = {value: (value - 1 if value else 9, "S") for value in range(10)}
    assert {value for value, card in cards.items() if _banker_draws(points, card)} == BANKER_DRAWS[points]
    assert _banker_draws(points, None) == (points <= 5)


@pytest.mark.parametrize("kind", [*DRAWS, "reels"])
def test_no_kind_of_game_gives_back_more_than_is_staked(kind: str) -> None:
    luck = random.Random(7)
    rounds = 20_000
    returned = sum(draw_outcome(kind, "iframe", luck).multiple for _ in range(rounds))
    assert rounds * 0.3 < returned < rounds
