"""Addresses of the room `drawing`."""

from django.urls import path

from mingqian.drawing import draft_views, record_views, views

app_name = "drawing"
urlpatterns = [
    path("", views.draws, name="list"),
    path("new/", draft_views.new, name="new"),
    path("drafts/<int:pk>/scope/", draft_views.scope, name="draft-scope"),
    path("drafts/<int:pk>/pool/", draft_views.pool_preview, name="draft-pool"),
    path("drafts/<int:pk>/quotas/", draft_views.quotas, name="draft-quotas"),
    path("drafts/<int:pk>/people/", draft_views.people, name="draft-people"),
    path("drafts/<int:pk>/conflicts/", draft_views.conflicts, name="draft-conflicts"),
    path("drafts/<int:pk>/witnesses/", draft_views.witnesses, name="draft-witnesses"),
    path("drafts/<int:pk>/seal/", draft_views.seal, name="draft-seal"),
    path("drafts/<int:pk>/drop/", draft_views.drop, name="draft-drop"),
    path("<str:code>/", views.draw, name="draw"),
    path("<str:code>/witness/", views.witness, name="witness"),
    path("<str:code>/receipts/<int:position>/", views.receipt, name="receipt"),
    path("<str:code>/open/", views.open_draw, name="open"),
    path("<str:code>/void/", views.ask_to_void, name="void"),
    path("<str:code>/void/<int:pk>/", views.decide_void, name="void-decide"),
    path("<str:code>/publish/", views.publish, name="publish"),
    path("<str:code>/record/", record_views.record, name="record"),
    path("<str:code>/record.<str:form>", record_views.record_file, name="record-file"),
    path("<str:code>/ceremony/", views.ceremony, name="ceremony"),
    path("<str:code>/ceremony/state/", views.ceremony_state, name="ceremony-state"),
    path("<str:code>/ceremony/data/", views.ceremony_data, name="ceremony-data"),
]
