"""Every address of the platform, room by room."""

from django.urls import include, path

urlpatterns = [
    path("", include("mingqian.portal.urls")),
    path("accounts/", include("mingqian.accounts.urls")),
    path("work/", include("mingqian.casework.urls")),
    path("rules/", include("mingqian.rules.urls")),
    path("registry/", include("mingqian.registry.urls")),
    path("planning/", include("mingqian.planning.urls")),
    path("plans/", include("mingqian.planning.plans.urls")),
    path("burden/", include("mingqian.planning.burden.urls")),
    path("papers/", include("mingqian.documents.papers.urls")),
    path("imports/", include("mingqian.documents.imports.urls")),
    path("draws/", include("mingqian.drawing.urls")),
    path("public/", include("mingqian.disclosure.urls")),
]

handler403 = "mingqian.portal.views.forbidden"
handler404 = "mingqian.portal.views.not_found"
handler500 = "mingqian.portal.views.server_error"
