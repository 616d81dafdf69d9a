"""People, organisations, units and roles: who works where, and as what."""

from django.contrib.auth.models import AbstractUser
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from apps.core.models import Dated, DatedQuerySet, Named, Record
from gis.db.functions import Uuid7
from gis.layers import registry
from gis.scopes import DELETE, INSERT, READ, UPDATE


class User(AbstractUser):
    """Somebody who signs in. What they may do comes from their memberships; a superuser acts for every authority."""

    id = models.UUIDField(primary_key=True, db_default=Uuid7(), editable=False)
    name_ar = models.CharField(_("Name in Arabic"), max_length=150, blank=True, default="", db_default="")
    name_en = models.CharField(_("Name in English"), max_length=150, blank=True, default="", db_default="")
    language = models.CharField(_("Language"), max_length=8, default="ar", db_default="ar")
    demo = models.BooleanField(_("Demonstration account"), default=False, db_default=False, editable=False)

    def get_full_name(self) -> str:
        return self.name_ar or self.name_en or self.username


class Unit(Named, Record):
    """A directorate, section or team of an authority."""

    code = models.SlugField(_("Code"), max_length=40)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, verbose_name=_("Belongs to"))

    class Meta:
        verbose_name = _("Unit")
        verbose_name_plural = _("Units")
        constraints = (
            models.UniqueConstraint(
                "authority",
                "code",
                name="unit_code_is_unique",
                violation_error_message=_("Another unit of the authority has this code. Give another code."),
            ),
        )


class Membership(Dated, Record):
    """A person's role in an authority. Rights in the database follow from the ones in force today.

    The policies themselves read this table, so it has policies of its own: the authority's managers write it. An
    officer's login has no grant on it.
    """

    tenanted = False
    of_managers = True

    class Role(models.TextChoices):
        GIS_OFFICER = "gis_officer", _("GIS officer")
        DESK_OFFICER = "desk_officer", _("Desk officer")
        FIELD_OFFICER = "field_officer", _("Field officer")
        PLANNER = "planner", _("Planner")
        MANAGER = "manager", _("Manager")

    user = models.ForeignKey(User, models.CASCADE, related_name="memberships", verbose_name=_("Person"))
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, verbose_name=_("Unit"))
    role = models.CharField(_("Role"), max_length=20, choices=Role)

    objects = DatedQuerySet.as_manager()

    class Meta:
        verbose_name = _("Membership")
        verbose_name_plural = _("Memberships")
        constraints = (
            *Dated.Meta.constraints,
            models.UniqueConstraint(
                "user",
                "authority",
                "role",
                "valid_from",
                name="membership_is_unique",
                violation_error_message=_(
                    "This person has this role from this day already. Choose another role or another day."
                ),
            ),
        )

    def __str__(self) -> str:
        return f"{self.user} · {self.get_role_display()}"


class DeskLogin(Record):
    """An officer's own PostgreSQL login, for QGIS. Row-level security and history know the person by it.

    Read by the policies, and written by managers, as memberships are.
    """

    tenanted = False
    of_managers = True

    user = models.ForeignKey(User, models.CASCADE, related_name="desk_logins", verbose_name=_("Person"))
    rolname = models.CharField(_("Database login"), max_length=63, unique=True)
    active = models.BooleanField(_("Active"), default=True, db_default=True)

    class Meta:
        verbose_name = _("Database login")
        verbose_name_plural = _("Database logins")

    def __str__(self) -> str:
        return self.rolname


class PlatformLogin(models.Model):
    """A login of the platform itself, trusted to say on whose behalf it works. Every other login speaks for itself."""

    rolname = models.CharField(_("Database login"), max_length=63, primary_key=True)

    class Meta:
        verbose_name = _("Platform login")
        verbose_name_plural = _("Platform logins")

    def __str__(self) -> str:
        return self.rolname


class Organisation(Named):
    """A body outside the platform that reads or delivers data: another municipality, a ministry, an office."""

    id = models.UUIDField(primary_key=True, db_default=Uuid7(), editable=False)
    code = models.SlugField(_("Code"), max_length=40, unique=True)

    history = "record"

    class Meta:
        verbose_name = _("Organisation")
        verbose_name_plural = _("Organisations")


class AgencyKey(models.Model):
    """A key by which an organisation's programs read as an agency. Only its SHA-256 is stored."""

    id = models.UUIDField(primary_key=True, db_default=Uuid7(), editable=False)
    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="keys", verbose_name=_("Organisation"))
    digest = models.CharField(_("Digest"), max_length=64, unique=True, editable=False)
    purpose = models.CharField(_("Purpose"), max_length=200)
    made_at = models.DateTimeField(_("Made at"), editable=False)
    ends_at = models.DateTimeField(_("Ends at"), null=True, blank=True)
    scoped = models.BooleanField(_("Limited by scopes"), default=False, db_default=False, editable=False)

    history = "record"

    class Meta:
        verbose_name = _("Agency key")
        verbose_name_plural = _("Agency keys")

    def __str__(self) -> str:
        return f"{self.organisation}: {self.purpose}"


class KeyScope(models.Model):
    """What a key with scopes opens, one line of it. Given with the key and never changed.

    A key that is `scoped` opens these and nothing else, so that one whose lines are lost opens nothing.
    """

    class Verb(models.TextChoices):
        READ = READ, _("read")
        INSERT = INSERT, _("add")
        UPDATE = UPDATE, _("change")
        DELETE = DELETE, _("delete")

    id = models.UUIDField(primary_key=True, db_default=Uuid7(), editable=False)
    key = models.ForeignKey(AgencyKey, models.CASCADE, related_name="scopes", verbose_name=_("Agency key"))
    layer = models.CharField(_("Layer"), max_length=60, blank=True, default="", db_default="")
    authority = models.ForeignKey(
        "territory.Authority", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("Municipality")
    )
    fields = ArrayField(models.CharField(max_length=60), verbose_name=_("Fields"), default=list, blank=True)
    verbs = ArrayField(models.CharField(max_length=10), verbose_name=_("May"), default=list)

    history = "record"

    class Meta:
        verbose_name = _("Scope")
        verbose_name_plural = _("Scopes")

    def __str__(self) -> str:
        return self.in_words()

    def in_words(self) -> str:
        """What it opens, in one line."""
        layer = registry.get(self.layer)
        where = str(layer.title) if layer else self.layer or str(_("Every layer"))
        if self.authority is not None:
            where = f"{where}, {self.authority}"
        fields = f" ({', '.join(self.fields)})" if self.fields else ""
        return f"{where}{fields}: {', '.join(str(self.Verb(verb).label) for verb in sorted(self.verbs))}"


class AccessToken(models.Model):
    """A token that a key was exchanged for (OAuth2): it opens what the key opens, for a short time."""

    digest = models.CharField(max_length=64, primary_key=True)
    key = models.ForeignKey(AgencyKey, models.CASCADE, related_name="tokens")
    ends_at = models.DateTimeField()

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return str(self.key)


class Tally(models.Model):
    """How often something was tried under a key, a digest of who tried and what; see `services/limits.py`."""

    key = models.CharField(max_length=64, primary_key=True)
    taken = models.PositiveIntegerField()
    since = models.DateTimeField()
    until = models.DateTimeField()

    def __str__(self) -> str:
        return self.key


class Party(Named, Record):
    """A natural or legal person in the records of an authority (ISO 19152 LA_Party). Personal, so erasable."""

    history = "personal"

    class Kind(models.TextChoices):
        NATURAL = "natural", _("Person")
        LEGAL = "legal", _("Organisation")

    kind = models.CharField(_("Kind"), max_length=10, choices=Kind, default=Kind.NATURAL, db_default=Kind.NATURAL)
    civil_no = models.CharField(_("Civil number"), max_length=20, blank=True, default="", db_default="")
    register_no = models.CharField(
        _("Commercial register number"), max_length=20, blank=True, default="", db_default=""
    )
    phone = models.CharField(_("Phone"), max_length=20, blank=True, default="", db_default="")
    email = models.EmailField(_("E-mail"), blank=True, default="", db_default="")

    class Meta:
        verbose_name = _("Party")
        verbose_name_plural = _("Parties")
        constraints = (
            models.UniqueConstraint(
                "authority",
                "civil_no",
                condition=~Q(civil_no=""),
                name="party_civil_number_is_unique",
                violation_error_message=_(
                    "Another party of the authority has this civil number. Check the number, or use that party."
                ),
            ),
        )
