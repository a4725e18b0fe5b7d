"""Operator settings as JSON Schemas (2020-12): the options there are, what they mean, and what is wrong with some."""

from operators.schemas.checking import Fault, Level, check_settings
from operators.schemas.meanings import describe_value
from operators.schemas.options import (
    MASK,
    PROTOCOL_TYPES,
    Option,
    combine_schema,
    find_option,
    is_dangerous,
    is_secret,
    list_options,
    name_path,
)
from operators.schemas.templates import TEMPLATES, Template

__all__ = [
    "MASK",
    "PROTOCOL_TYPES",
    "TEMPLATES",
    "Fault",
    "Level",
    "Option",
    "Template",
    "check_settings",
    "combine_schema",
    "describe_value",
    "find_option",
    "is_dangerous",
    "is_secret",
    "list_options",
    "name_path",
]
