import django.contrib.gis.db.models.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import gis.db.functions


class Migration(migrations.Migration):
    dependencies = [
        ("parcels", "0003_clashes"),
        ("territory", "0002_base_map_indexes"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ParcelDraft",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        db_default=gis.db.functions.Uuid7(), editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("plot_no", models.CharField(max_length=40, verbose_name="Plot")),
                (
                    "block_no",
                    models.CharField(blank=True, db_default="", default="", max_length=40, verbose_name="Block"),
                ),
                (
                    "land_use",
                    models.CharField(
                        choices=[
                            ("residential", "Residential"),
                            ("residential_commercial", "Residential and commercial"),
                            ("commercial", "Commercial"),
                            ("industrial", "Industrial"),
                            ("agricultural", "Agricultural"),
                            ("tourism", "Tourism"),
                            ("government", "Government"),
                            ("other", "Other"),
                        ],
                        db_default="other",
                        default="other",
                        max_length=30,
                        verbose_name="Land use",
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[("planned", "Planned"), ("surveyed", "Surveyed"), ("registered", "Registered")],
                        db_default="registered",
                        default="registered",
                        max_length=20,
                        verbose_name="Status",
                    ),
                ),
                (
                    "legal_area_m2",
                    models.DecimalField(
                        blank=True, decimal_places=2, max_digits=14, null=True, verbose_name="Area by deed"
                    ),
                ),
                (
                    "krooki_no",
                    models.CharField(
                        blank=True, db_default="", default="", max_length=40, verbose_name="Krooki number"
                    ),
                ),
                (
                    "deed_no",
                    models.CharField(blank=True, db_default="", default="", max_length=40, verbose_name="Deed number"),
                ),
                (
                    "geom",
                    django.contrib.gis.db.models.fields.MultiPolygonField(srid=4326, verbose_name="Proposed outline"),
                ),
                ("original", models.BinaryField(verbose_name="Original coordinates (EWKB)")),
                ("system", models.TextField(verbose_name="Coordinate system")),
                ("seen", models.CharField(blank=True, db_default="", default="", editable=False, max_length=64)),
                ("valid_from", models.DateField(verbose_name="Valid from")),
                ("reason", models.TextField(verbose_name="Reason")),
                ("proposed_at", models.DateTimeField(verbose_name="Proposed at")),
                (
                    "state",
                    models.CharField(
                        choices=[("proposed", "Proposed"), ("approved", "Approved"), ("rejected", "Rejected")],
                        db_default="proposed",
                        default="proposed",
                        max_length=10,
                        verbose_name="State",
                    ),
                ),
                ("decided_at", models.DateTimeField(blank=True, null=True, verbose_name="Decided at")),
                ("answer", models.TextField(blank=True, db_default="", default="", verbose_name="Answer")),
                (
                    "authority",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="territory.authority",
                        verbose_name="Authority",
                    ),
                ),
                (
                    "decided_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="Decided by",
                    ),
                ),
                (
                    "parcel",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="drafts",
                        to="parcels.parcel",
                        verbose_name="Parcel",
                    ),
                ),
                (
                    "proposed_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="Proposed by",
                    ),
                ),
                (
                    "scheme",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="parcels.scheme",
                        verbose_name="Scheme",
                    ),
                ),
                (
                    "wilayat",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="territory.wilayat",
                        verbose_name="Wilayat",
                    ),
                ),
            ],
            options={
                "verbose_name": "Draft of a parcel",
                "verbose_name_plural": "Drafts of parcels",
                "constraints": [
                    models.CheckConstraint(
                        condition=gis.db.functions.Sound("geom"),
                        name="draft_geometry_is_sound",
                        violation_error_message="This shape cannot be kept: its lines cross, or it is empty, lies outside the world or has too many corners. Draw it again so that no line crosses another.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("decided_at__isnull", True), ("decided_by__isnull", True), ("state", "proposed")),
                            models.Q(
                                ("decided_at__isnull", False),
                                ("decided_by__isnull", False),
                                ("state__in", ("approved", "rejected")),
                            ),
                            _connector="OR",
                        ),
                        name="draft_is_decided_by_somebody",
                        violation_error_message="A decided draft says who decided and when, an open one neither. Decide on it on its own page.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("decided_by__isnull", True),
                            models.Q(("decided_by", models.F("proposed_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="draft_is_decided_by_another",
                        violation_error_message="Nobody decides on what they proposed themselves. Ask another officer.",
                    ),
                ],
            },
        ),
    ]
