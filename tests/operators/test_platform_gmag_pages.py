"""GameHistory page by page: as far as the platform says, and not for ever."""

import json

import pytest

from operators.platforms.base import Malformed
from tests.operators.gmag_client import EMPTY, HISTORY, ROW, WINDOW, client_of, page_of
from tests.operators.platform_stub import Answer, Stub


def test_pages_are_followed_as_far_as_the_platform_says_whatever_their_size(stub: Stub) -> None:
    pages = [page_of(ROW | {"roundId": f"r{number}"}, pages=3, total=3, size=1) for number in (1, 2, 3)]
    stub.lay(HISTORY, *(Answer(body=page) for page in pages))
    found = list(client_of(stub).list_pages(WINDOW, size=10_000))
    assert [page.rounds[0].round_ref for page in found] == ["r1", "r2", "r3"]
    assert [(json.loads(body)["page"], json.loads(body)["size"]) for body in stub.bodies] == [
        (1, 10_000),
        (2, 10_000),
        (3, 10_000),
    ]


def test_an_empty_page_ends_a_window_that_claims_more(stub: Stub) -> None:
    stub.lay(HISTORY, Answer(body=page_of(ROW, pages=900)), Answer(body=page_of(pages=900)))
    assert len(list(client_of(stub).list_pages(WINDOW))) == 1
    assert len(stub.asked) == 2


def test_an_empty_window_is_one_call_and_no_page(stub: Stub) -> None:
    stub.lay(HISTORY, Answer(body=EMPTY))
    assert list(client_of(stub).list_pages(WINDOW)) == []
    assert len(stub.asked) == 1


def test_a_page_that_comes_again_ends_a_window_with_a_failure(stub: Stub) -> None:
    stub.lay(HISTORY, Answer(body=page_of(ROW, pages=3)))
    pages = client_of(stub).list_pages(WINDOW)
    assert len(next(pages).rounds) == 1
    with pytest.raises(Malformed, match="page 2 says again what the page before said"):
        next(pages)


def test_pages_without_an_end_are_broken_off(stub: Stub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("operators.platforms.gmag.client.MOST_PAGES", 3)
    answers = [page_of(ROW | {"roundId": f"r{number}"}, pages=10**12) for number in range(4)]
    stub.lay(HISTORY, *(Answer(body=page) for page in answers))
    pages = client_of(stub).list_pages(WINDOW)
    assert [next(pages).number for _ in range(3)] == [1, 2, 3]
    with pytest.raises(Malformed, match="more than 3 pages"):
        next(pages)
    assert len(stub.asked) == 3


def test_a_page_of_refused_rows_is_not_the_end(stub: Stub) -> None:
    stub.lay(HISTORY, Answer(body=page_of({"roundId": "r1"}, pages=2)), Answer(body=page_of(ROW, pages=2)))
    first, second = client_of(stub).list_pages(WINDOW)
    assert (len(first.rounds), len(first.refused), len(second.rounds)) == (0, 1, 1)


@pytest.mark.parametrize(("size", "page"), [(0, 1), (10_001, 1), (1, 0)])
def test_a_page_that_cannot_be_is_not_asked_for(stub: Stub, size: int, page: int) -> None:
    with pytest.raises(ValueError, match="pages count from 1"):
        client_of(stub).get_game_history(WINDOW, size=size, page=page)
    assert stub.asked == []
