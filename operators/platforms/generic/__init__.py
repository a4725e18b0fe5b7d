"""generic: document 001's launch address, lists, business report, limits and hand history. See docs/protocols.md."""

from operators.platforms.generic.client import Client, Config, sign
from operators.platforms.generic.hand_history import HandHistory, HandHistoryKind, parse_hand_history
from operators.platforms.generic.launch import build_launch_url
from operators.platforms.generic.limits import (
    BalanceLimits,
    GgrLimits,
    parse_balance_limits,
    parse_ggr_limits,
)
from operators.platforms.generic.lists import read_game, read_lobby
from operators.platforms.generic.reports import BusinessReport, ReportRow, parse_business_report

__all__ = [
    "BalanceLimits",
    "BusinessReport",
    "Client",
    "Config",
    "GgrLimits",
    "HandHistory",
    "HandHistoryKind",
    "ReportRow",
    "build_launch_url",
    "parse_balance_limits",
    "parse_business_report",
    "parse_ggr_limits",
    "parse_hand_history",
    "read_game",
    "read_lobby",
    "sign",
]
