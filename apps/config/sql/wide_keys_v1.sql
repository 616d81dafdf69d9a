-- Django's own apps number their rows with 32 bits. Ours have none, so theirs are widened in the database: Django
-- reads either, and a sequence that has run out is no way to find out.
ALTER TABLE django_content_type ALTER COLUMN id TYPE bigint;
ALTER TABLE auth_permission ALTER COLUMN id TYPE bigint, ALTER COLUMN content_type_id TYPE bigint;
ALTER TABLE auth_group ALTER COLUMN id TYPE bigint;
ALTER TABLE auth_group_permissions ALTER COLUMN group_id TYPE bigint, ALTER COLUMN permission_id TYPE bigint;
ALTER TABLE accounts_user_groups ALTER COLUMN group_id TYPE bigint;
ALTER TABLE accounts_user_user_permissions ALTER COLUMN permission_id TYPE bigint;
ALTER TABLE django_admin_log ALTER COLUMN id TYPE bigint, ALTER COLUMN content_type_id TYPE bigint;
