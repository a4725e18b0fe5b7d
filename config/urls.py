"""What the back office serves."""

from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

SETTINGS = RedirectView.as_view(pattern_name="admin:operators_operator_changelist")

urlpatterns = [
    path("", RedirectView.as_view(pattern_name="admin:index")),
    # Where the vendor's document says that settings are edited.
    path("operatorsettings", SETTINGS),
    path("operatorsettings/", SETTINGS),
    path("admin/", admin.site.urls),
    path("play/", include("wallet.urls.play")),
    path("api/v1/", include("wallet.urls.casino_api")),
    path("api/schema/", SpectacularAPIView.as_view(), name="schema"),
    path(
        "api/docs/",
        # Its script has an address of its own, so that the page needs no exception from the content security policy.
        SpectacularSwaggerSplitView.as_view(url_name="schema", template_name="casino_api_docs.html"),
        name="docs",
    ),
]
