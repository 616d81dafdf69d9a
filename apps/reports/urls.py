"""Addresses of citizens' reports, under a language."""

from django.urls import path

from .views import following, reporting

urlpatterns = [
    path("report/", reporting.report, name="report"),
    path("reports/", following.follow, name="follow"),
    path("reports/<str:number>/", following.status, name="report-status"),
    path("reports/<str:number>/photos/<uuid:photo_id>.jpg", following.photo, name="report-photo"),
]
