"""An admin page as a person reads it."""

import html
import re
from typing import Any


def words_of(answer: Any) -> str:
    """What a page of the admin says, in one line, without the menu."""
    assert answer.status_code == 200
    content = answer.content.decode()
    main = content[content.index('id="content"') :]
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", main)).split())
