"""Cursor paging: `{"results", "next"}`, where `next` is the address of the next page, or null."""

from collections.abc import Mapping
from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param

from wallet.serializers.casino_api import pack_cursor


def answer_page(request: Request, results: Any, position: Mapping[str, int | str] | None) -> Response:
    """Answer one page; `position` is where the next one starts, if there is one."""
    following = None
    if position is not None:
        following = replace_query_param(request.build_absolute_uri(), "cursor", pack_cursor(position))
    return Response({"results": results, "next": following})
