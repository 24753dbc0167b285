"""Addresses of the room `registry`."""

from django.urls import path

from mingqian.registry.experts import views as expert_views
from mingqian.registry.imports import views as import_views
from mingqian.registry.libraries import views as library_views
from mingqian.registry.merging import views as merging_views
from mingqian.registry.overview import views as overview_views
from mingqian.registry.parts import views as part_views
from mingqian.registry.people import person_views, views as people_views
from mingqian.registry.personal import views as personal_views
from mingqian.registry.search import views as search_views
from mingqian.registry.subjects import views as subject_views

app_name = "registry"
urlpatterns = [
    path("subjects/", search_views.subjects, name="subjects"),
    path("subjects/new/", subject_views.subject_new, name="subject-new"),
    path("subjects/export.<str:form>", search_views.subjects_export, name="subjects-export"),
    path("subjects/duplicates/", merging_views.duplicates, name="duplicates"),
    path("subjects/duplicates/<int:pk>/withdraw/", merging_views.distinct_withdraw, name="distinct-withdraw"),
    path("subjects/merge/", merging_views.merge, name="subject-merge"),
    path("subjects/completeness/", overview_views.completeness, name="completeness"),
    path("subjects/completeness/export.<str:form>", overview_views.completeness_export, name="completeness-export"),
    path("subjects/as-of/", overview_views.as_of, name="as-of"),
    path("subjects/as-of/export.<str:form>", overview_views.as_of_export, name="as-of-export"),
    *(
        address
        for kind in ("permit", "flag", "exemption")
        for address in (
            path(f"subjects/{kind}s/<int:pk>/end/", part_views.part_end, {"kind": kind}, name=f"{kind}-end"),
            path(
                f"subjects/{kind}s/<int:pk>/withdraw/",
                part_views.part_withdraw,
                {"kind": kind},
                name=f"{kind}-withdraw",
            ),
        )
    ),
    path("subjects/flags/", part_views.flags, name="flags"),
    path("subjects/flags/export.<str:form>", part_views.flags_export, name="flags-export"),
    path("subjects/exemptions/", part_views.exemptions, name="exemptions"),
    path("subjects/exemptions/export.<str:form>", part_views.exemptions_export, name="exemptions-export"),
    path("subjects/libraries/", library_views.libraries, name="libraries"),
    path("subjects/libraries/new/", library_views.library_new, name="library-new"),
    path("subjects/libraries/<str:code>/edit/", library_views.library_edit, name="library-edit"),
    path("subjects/libraries/<str:code>/put-in/", library_views.library_put_in, name="library-put-in"),
    path("subjects/export-personal/", personal_views.subjects_export_personal, name="subjects-export-personal"),
    path("subjects/by-id-number/", personal_views.subject_find, name="subject-find"),
    path("subjects/<str:number>/reveal/", personal_views.subject_reveal, name="subject-reveal"),
    path("subjects/<str:number>/", subject_views.subject, name="subject"),
    path("subjects/<str:number>/edit/", subject_views.subject_edit, name="subject-edit"),
    path(
        "subjects/<str:number>/changes/export.<str:form>", subject_views.changes_export, name="subject-changes-export"
    ),
    path("subjects/<str:number>/libraries/", library_views.subject_libraries, name="subject-libraries"),
    path("subjects/<str:number>/permits/new/", part_views.permit_new, name="permit-new"),
    path("subjects/<str:number>/flags/new/", part_views.flag_new, name="flag-new"),
    path("subjects/<str:number>/exemptions/new/", part_views.exemption_new, name="exemption-new"),
    path("inspectors/", people_views.inspectors, name="inspectors"),
    path("inspectors/new/", people_views.inspector_new, name="inspector-new"),
    path("inspectors/export.<str:form>", people_views.inspectors_export, name="inspectors-export"),
    path("inspectors/drawable/", person_views.drawable, name="drawable"),
    path("inspectors/drawable/export.<str:form>", person_views.drawable_export, name="drawable-export"),
    path("inspectors/<str:number>/", people_views.inspector, name="inspector"),
    path("inspectors/<str:number>/edit/", people_views.inspector_edit, name="inspector-edit"),
    path("inspectors/<str:number>/account/", person_views.account, name="inspector-account"),
    path("inspectors/<str:number>/fields/", person_views.fields, name="inspector-fields"),
    path("inspectors/<str:number>/absences/new/", person_views.absence_new, name="absence-new"),
    path("inspectors/<str:number>/interests/new/", person_views.interest_new, name="interest-new"),
    path("inspectors/<str:number>/qualifications/new/", person_views.qualification_new, name="qualification-new"),
    path("absences/<int:pk>/end/", person_views.absence_end, name="absence-end"),
    path("interests/<int:pk>/end/", person_views.interest_end, name="interest-end"),
    path("qualifications/<int:pk>/withdraw/", person_views.qualification_withdraw, name="qualification-withdraw"),
    path("mine/", person_views.mine, name="mine"),
    path("mine/interests/new/", person_views.declare, name="declare"),
    path("experts/", expert_views.experts, name="experts"),
    path("experts/new/", expert_views.expert_new, name="expert-new"),
    path("experts/export.<str:form>", expert_views.experts_export, name="experts-export"),
    path("experts/export-personal/", personal_views.experts_export_personal, name="experts-export-personal"),
    path("experts/<str:number>/reveal/", personal_views.expert_reveal, name="expert-reveal"),
    path("experts/<str:number>/", expert_views.expert, name="expert"),
    path("experts/<str:number>/edit/", expert_views.expert_edit, name="expert-edit"),
    path("imports/", import_views.imports, name="imports"),
    path("imports/new/", import_views.import_new, name="import-new"),
    path("imports/template.xlsx", import_views.import_template, name="import-template"),
    path("imports/<str:number>/", import_views.import_page, name="import"),
    path("imports/<str:number>/columns/", import_views.import_columns, name="import-columns"),
    path("imports/<str:number>/confirm/", import_views.import_confirm, name="import-confirm"),
    path("imports/<str:number>/discard/", import_views.import_discard, name="import-discard"),
    path("imports/<str:number>/report.xlsx", import_views.import_report, name="import-report"),
    path("imports/<str:number>/refused.xlsx", import_views.import_refused, name="import-refused"),
]
