"""Addresses of the room `registry`."""

from django.urls import path

from mingqian.registry.experts import views as expert_views
from mingqian.registry.libraries import views as library_views
from mingqian.registry.merging import views as merging_views
from mingqian.registry.overview import views as overview_views
from mingqian.registry.parts import kinds as part_kinds, views as part_views
from mingqian.registry.people import kinds as people_kinds, views as people_views
from mingqian.registry.personal import views as personal_views
from mingqian.registry.search import views as search_views
from mingqian.registry.subjects import views as subject_views

app_name = "registry"
urlpatterns = [
    path("subjects/", search_views.subjects, name="subjects"),
    path("subjects/new/", subject_views.subject_new, name="subject-new"),
    path("subjects/duplicates/", merging_views.duplicates, name="duplicates"),
    path("subjects/duplicates/<int:pk>/withdraw/", merging_views.distinct_withdraw, name="distinct-withdraw"),
    path("subjects/merge/", merging_views.merge, name="subject-merge"),
    path("subjects/completeness/", overview_views.completeness, name="completeness"),
    path("subjects/as-of/", overview_views.as_of, name="as-of"),
    *(
        path(f"subjects/{kind}s/<int:pk>/{verb}/", part_views.deed, {"kind": kind, "verb": verb}, name=f"{kind}-{verb}")
        for kind, described in part_kinds.KINDS.items()
        for verb in described.deeds
    ),
    path("subjects/flags/", part_views.flags, name="flags"),
    path("subjects/exemptions/", part_views.exemptions, name="exemptions"),
    path("subjects/libraries/", library_views.libraries, name="libraries"),
    path("subjects/libraries/new/", library_views.library_new, name="library-new"),
    path("subjects/libraries/<str:code>/edit/", library_views.library_edit, name="library-edit"),
    path("subjects/libraries/<str:code>/put-in/", library_views.library_put_in, name="library-put-in"),
    path("subjects/export-personal/", personal_views.subjects_export_personal, name="subjects-export-personal"),
    path("subjects/by-id-number/", personal_views.subject_find, name="subject-find"),
    path("subjects/<str:number>/reveal/", personal_views.subject_reveal, name="subject-reveal"),
    path("subjects/<str:number>/", subject_views.subject, name="subject"),
    path("subjects/<str:number>/edit/", subject_views.subject_edit, name="subject-edit"),
    path("subjects/<str:number>/libraries/", library_views.subject_libraries, name="subject-libraries"),
    *(
        path(f"subjects/<str:number>/{kind}s/new/", part_views.new, {"kind": kind}, name=f"{kind}-new")
        for kind in part_kinds.KINDS
    ),
    path("inspectors/", people_views.inspectors, name="inspectors"),
    path("inspectors/new/", people_views.inspector_new, name="inspector-new"),
    path("inspectors/drawable/", people_views.drawable, name="drawable"),
    path("inspectors/<str:number>/", people_views.inspector, name="inspector"),
    path("inspectors/<str:number>/edit/", people_views.inspector_edit, name="inspector-edit"),
    *(
        path(f"inspectors/<str:number>/{verb}/", people_views.own, {"verb": verb}, name=f"inspector-{verb}")
        for verb in people_kinds.OWN
    ),
    *(
        path(f"inspectors/<str:number>/{kind}s/new/", people_views.new, {"kind": kind}, name=f"{kind}-new")
        for kind in people_kinds.KINDS
    ),
    *(
        path(f"{kind}s/<int:pk>/{verb}/", people_views.deed, {"kind": kind, "verb": verb}, name=f"{kind}-{verb}")
        for kind, (described, _tab) in people_kinds.KINDS.items()
        for verb in described.deeds
    ),
    path("mine/", people_views.mine, name="mine"),
    path("mine/interests/new/", people_views.declare, name="declare"),
    path("experts/", expert_views.experts, name="experts"),
    path("experts/new/", expert_views.expert_new, name="expert-new"),
    path("experts/export-personal/", personal_views.experts_export_personal, name="experts-export-personal"),
    path("experts/<str:number>/reveal/", personal_views.expert_reveal, name="expert-reveal"),
    path("experts/<str:number>/", expert_views.expert, name="expert"),
    path("experts/<str:number>/edit/", expert_views.expert_edit, name="expert-edit"),
]
