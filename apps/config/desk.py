"""The officers' desk, put together: Django's admin with what other people's packages bring to it under our rules."""

from django.contrib.admin import site
from django.contrib.admin.templatetags import admin_list
from django.contrib.auth.models import Group
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from procrastinate.contrib.django.models import ProcrastinateJob

from apps.accounts.forms import SignInForm
from gis.exchange.models import ImportRun, Quarantine, SavedMapping
from gis.rasters.models import Raster

from .desk_jobs import JobAdmin
from .desk_rasters import RasterAdmin
from .imports.admin import ImportRunAdmin, QuarantineAdmin, SavedMappingAdmin

__all__ = ["site"]


def yes_or_no(value: bool | None) -> SafeString:
    """The mark of a boolean with a word; Django's says True and False in every language."""
    name, word = {True: ("yes", _("Yes")), False: ("no", _("No"))}.get(value, ("unknown", _("Unknown")))  # type: ignore[arg-type]
    return format_html('<img src="{}" alt="{}">', static(f"admin/img/icon-{name}.svg"), word)


site.login_form = SignInForm
site.site_url = None  # the bar leads to the map in the page's language
site.unregister([Group, ProcrastinateJob])  # rights come from roles (apps.accounts.permissions), not from groups
site.register(ProcrastinateJob, JobAdmin)
site.register(ImportRun, ImportRunAdmin)
site.register(Quarantine, QuarantineAdmin)
site.register(SavedMapping, SavedMappingAdmin)
site.register(Raster, RasterAdmin)
admin_list._boolean_icon = yes_or_no  # type: ignore[attr-defined]
