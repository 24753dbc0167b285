"""Addresses of annual plans and tasks."""

from django.urls import path

from mingqian.planning.experts import views as expert_views
from mingqian.planning.plans import views
from mingqian.planning.tasks import views as task_views
from mingqian.planning.year import views as year_views

app_name = "plans"
urlpatterns = [
    path("", views.index, name="index"),
    path("begin/", views.begin, name="begin"),
    path("entries/<str:code>/<int:number>/", views.entry, name="entry"),
    path("entries/<str:code>/<int:number>/edit/", views.entry_edit, name="entry-edit"),
    *views.PAGES.revision_paths("entries/<str:code>/<int:number>/"),
    path("entries/<str:code>/<int:number>/open/", views.task_open, name="task-open"),
    *views.PAGES.version_paths("versions/<str:code>/"),
    path("tasks/", task_views.index, name="tasks"),
    path("tasks/<str:code>/", task_views.task, name="task"),
    path("tasks/<str:code>/pool/", task_views.pool, name="pool"),
    path("tasks/<str:code>/sheet/", task_views.sheet, name="sheet"),
    path("tasks/<str:code>/sheet.<str:form>", task_views.sheet_file, name="sheet-file"),
    path("tasks/<str:code>/cancel/", task_views.cancel, name="task-cancel"),
    path("tasks/<str:code>/exclude/", task_views.exclude, name="exclude"),
    path("tasks/<str:code>/experts/", expert_views.ask, name="expert-ask"),
    path("tasks/<str:code>/experts/<int:pk>/decide/", expert_views.decide, name="expert-decide"),
    path("tasks/<str:code>/experts/<int:pk>/withdraw/", expert_views.withdraw, name="expert-withdraw"),
    path("tasks/<str:code>/exclusions/<int:pk>/decide/", task_views.exclusion_decide, name="exclusion-decide"),
    path("tasks/<str:code>/exclusions/<int:pk>/withdraw/", task_views.exclusion_withdraw, name="exclusion-withdraw"),
    path("tasks/<str:code>/joint/", task_views.joint, name="joint"),
    path("tasks/<str:code>/joint/<int:pk>/answer/", task_views.joint_answer, name="joint-answer"),
    path("<str:code>/", views.plan, name="plan"),
    path("<str:code>/entries/new/", views.entry_new, name="entry-new"),
    path("<str:code>/estimate/", views.estimate, name="estimate"),
    path("<str:code>/year/", year_views.year, name="year"),
    path("<str:code>/year/measure/", year_views.measure, name="year-measure"),
    path("<str:code>/year/export.xlsx", year_views.export, name="year-export"),
    path("<str:code>/compose/", views.compose, name="compose"),
]
