"""What the wallet serves: the platforms' endpoints, and whether it is ready for them."""

from django.http import HttpRequest, JsonResponse
from django.urls import path

from config.readiness import ready
from wallet.urls import generic

urlpatterns = [*generic.urlpatterns, path("ready", ready)]


def handler404(_request: HttpRequest, exception: Exception) -> JsonResponse:  # noqa: ARG001 - Django names it so
    """Answer that there is no such address, in JSON like all else here."""
    return JsonResponse({"code": "not_found"}, status=404)


def handler500(_request: HttpRequest) -> JsonResponse:
    """Answer a fault outside any command, in JSON like all else here."""
    return JsonResponse({"code": "internal_error"}, status=500)
