from django.db import migrations

from gis.db.operations import SQLFile


class Migration(migrations.Migration):
    dependencies = [("spatial", "0002_systems")]
    operations = [
        SQLFile("gis", "history_schemas_v1"),
        SQLFile("gis", "history_refuse_v1"),
        SQLFile("gis", "history_eras_v1"),
        SQLFile("gis", "history_erasures_v1"),
        SQLFile("gis", "history_blocks_v1"),
        SQLFile("gis", "history_digest_v1"),
        SQLFile("gis", "history_identity_v1"),
        SQLFile("gis", "history_era_v1"),
        SQLFile("gis", "history_statement_v1"),
        SQLFile("gis", "history_write_v1"),
        SQLFile("gis", "history_columns_v1"),
        SQLFile("gis", "history_keeper_v1"),
        SQLFile("gis", "history_moment_v1"),
        SQLFile("gis", "history_valid_at_v1"),
        SQLFile("gis", "history_past_v1"),
        SQLFile("gis", "history_triggers_v1"),
        SQLFile("gis", "history_track_v1"),
        SQLFile("gis", "history_adopt_v1"),
        SQLFile("gis", "history_drift_v1"),
        SQLFile("gis", "history_erase_v1"),
        SQLFile("gis", "history_place_v1"),
        SQLFile("gis", "history_leaves_v1"),
        SQLFile("gis", "history_next_block_v1"),
        SQLFile("gis", "history_seal_v1"),
        SQLFile("gis", "history_sign_v1"),
        SQLFile("gis", "history_personal_faults_v1"),
    ]
