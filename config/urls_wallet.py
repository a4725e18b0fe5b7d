"""What the wallet serves: the platforms' endpoints."""

from django.http import HttpRequest, JsonResponse

from wallet.urls import generic

urlpatterns = generic.urlpatterns


def handler404(_request: HttpRequest, exception: Exception) -> JsonResponse:  # noqa: ARG001 - Django names it so
    """Answer that there is no such address, in JSON like all else here."""
    return JsonResponse({"code": "not_found"}, status=404)


def handler500(_request: HttpRequest) -> JsonResponse:
    """Answer a fault outside any command, in JSON like all else here."""
    return JsonResponse({"code": "internal_error"}, status=500)
