"""Addresses that players' browsers open: the frame around a platform's page, and the page in it."""

from django.urls import re_path

from wallet.views.launch_page import show_content, show_frame

urlpatterns = [
    re_path(r"^(?P<token>[A-Za-z0-9]{32})\Z", show_frame, name="launch-page"),
    re_path(r"^(?P<token>[A-Za-z0-9]{32})/content\Z", show_content, name="launch-page-content"),
]
