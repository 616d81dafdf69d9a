"""The officers' desk, put together: Django's admin with what other people's packages bring to it under our rules."""

from django.contrib.admin import site
from django.contrib.auth.models import Group
from procrastinate.contrib.django.admin import ProcrastinateJobAdmin
from procrastinate.contrib.django.models import ProcrastinateJob

from apps.accounts.forms import SignInForm
from apps.core.desk_page import DeskPage

__all__ = ["site"]


class JobAdmin(DeskPage, ProcrastinateJobAdmin):
    """The queue, for superusers."""


site.login_form = SignInForm
site.site_url = None  # the bar leads to the map in the page's language
site.unregister([Group, ProcrastinateJob])  # rights come from roles (apps.accounts.permissions), not from groups
site.register(ProcrastinateJob, JobAdmin)
