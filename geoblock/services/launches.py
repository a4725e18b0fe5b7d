"""Keep the launches that were refused for where the player was."""

from datetime import datetime

from geoblock.models import BlockedLaunch
from geoblock.selectors.judgements import Judgement


def note_blocked_launch(
    judgement: Judgement,
    *,
    asked: str,
    casino_id: int,
    operator_id: int,
    user_id: str,
    mode: str,
    opened: str,
    now: datetime,
) -> BlockedLaunch:
    """Keep a launch that was refused for where the player was; `opened` is the game's or lobby's id."""
    return BlockedLaunch.objects.create(
        at=now,
        asked=asked,
        casino_id=casino_id,
        operator_id=operator_id,
        user_id=user_id,
        mode=mode,
        opened=opened,
        address=str(judgement.address),
        country=judgement.place.country,
        region=" ".join(judgement.place.regions)[:40],
        rule=judgement.decision.rule,
        sentence=judgement.decision.sentence[:500],
    )
