"""What the wallet serves: the platforms' endpoints only."""

from django.urls import URLPattern, URLResolver

urlpatterns: list[URLPattern | URLResolver] = []
