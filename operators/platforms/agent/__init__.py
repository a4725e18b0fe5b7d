"""agent: document 004's External API 1.6.7, for operators whose players' money is carried to the platform and back."""

from operators.platforms.agent.client import Client, Config, LaunchOrder, sign
from operators.platforms.agent.daily_reports import add_up_by_day
from operators.platforms.agent.fields import Difference, InvalidPeriod, Period
from operators.platforms.agent.grants import Award, Grant, GrantedIdUnknown
from operators.platforms.agent.history import Search
from operators.platforms.agent.players import InvalidUsername, Launch, Transfer, make_username

__all__ = [
    "Award",
    "Client",
    "Config",
    "Difference",
    "Grant",
    "GrantedIdUnknown",
    "InvalidPeriod",
    "InvalidUsername",
    "Launch",
    "LaunchOrder",
    "Period",
    "Search",
    "Transfer",
    "add_up_by_day",
    "make_username",
    "sign",
]
