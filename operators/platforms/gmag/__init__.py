"""gmag: document 003's GameHistory: settled rounds, asked for in short windows of time. See docs/protocols.md."""

from operators.platforms.gmag.client import EVERYTHING, Client, Config, Filter, sign, text_to_sign
from operators.platforms.gmag.rounds import ErrorCode, Page, RefusedRow, Round
from operators.platforms.gmag.windows import (
    BadWindow,
    Plan,
    Window,
    WindowBackwards,
    WindowForgotten,
    WindowNotPast,
    WindowOffTheMinute,
    WindowTooLong,
    WindowWithoutZone,
    plan_windows,
)

__all__ = [
    "EVERYTHING",
    "BadWindow",
    "Client",
    "Config",
    "ErrorCode",
    "Filter",
    "Page",
    "Plan",
    "RefusedRow",
    "Round",
    "Window",
    "WindowBackwards",
    "WindowForgotten",
    "WindowNotPast",
    "WindowOffTheMinute",
    "WindowTooLong",
    "WindowWithoutZone",
    "plan_windows",
    "sign",
    "text_to_sign",
]
