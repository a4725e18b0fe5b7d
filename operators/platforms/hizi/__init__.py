"""hizi: document 000's back-office calls: games and their figures, currencies, statistics. See docs/protocols.md."""

from operators.platforms.hizi.client import Client, Config, sign, text_to_sign, write_timestamp
from operators.platforms.hizi.statistics import StatsColumn, StatsRecord, TicketColumn

__all__ = [
    "Client",
    "Config",
    "StatsColumn",
    "StatsRecord",
    "TicketColumn",
    "sign",
    "text_to_sign",
    "write_timestamp",
]
