"""What the exchange log keeps of a body, and what it does not."""

import pytest

from operators.services.exchanges import LONGEST_TEXT, mask

MASKED = [
    ('{"token": "eqkB1WoKQCvjrv6taJRN", "amount": 17.250}', '{"token": "******", "amount": 17.250}'),
    ('{"hash":"ab\\"cd","n":1}', '{"hash":"******","n":1}'),
    ('{"user_token" : 12345}', '{"user_token" : "******"}'),
    ('{"X-H-AUTH-SIG":"zz","list":[1, 2]}', '{"X-H-AUTH-SIG":"******","list":[1, 2]}'),
    ('{"token": null}', '{"token": null}'),
    ('{"secret": "cut sh', '{"secret": "******"'),
    ("token=eqkB1WoKQCvjrv6taJRN", "token=******"),
    (
        "GET https://a.example/history/game?hash=0123456789abcdef&page=1",
        "GET https://a.example/history/game?hash=******&page=1",
    ),
    (
        'POST https://a.example/x?hash=0123456789abcdef\n{"bonusCode":"summer2026forLuckyPlayers","token":"abc"}',
        'POST https://a.example/x?hash=******\n{"bonusCode":"summer2026forLuckyPlayers","token":"******"}',
    ),
    (
        '{"url": "https://g.example/?mode=real&token=short&x=1"}',
        '{"url": "https://g.example/?mode=real&token=******&x=1"}',
    ),
    (
        '{"url": "https:\\/\\/games.of-a-platform.example\\/8Fh2kQ-x_71LmNop99Zzq?x=1", "id": "aLongGameIdOfTheirs12"}',
        '{"url": "https:\\/\\/games.of-a-platform.example\\/******?x=1", "id": "aLongGameIdOfTheirs12"}',
    ),
    (
        '{"ok": true, "result": {"type": "html", "html": "<input name=\\"t\\" value=\\"63f8e33e8d5599a7\\"> cut sh',
        '{"ok": true, "result": {"type": "html", "html": "******"',
    ),
    ('{"name": "\\ud800"}', '{"name": "\\ud800"}'),
    ("\0 binary", "\\0 binary"),
]


@pytest.mark.parametrize(("body", "kept"), MASKED)
def test_a_body_is_kept_as_it_came_but_for_its_secrets(body: str, kept: str) -> None:
    assert mask(body) == kept


def test_a_long_body_is_cut_after_masking() -> None:
    body = '{"filler": "' + "x " * LONGEST_TEXT + '", "token": "eqkB1WoKQCvjrv6taJRN"}'
    assert len(mask(body)) == LONGEST_TEXT
    assert "eqkB1WoKQCvjrv6taJRN" not in mask(body)
