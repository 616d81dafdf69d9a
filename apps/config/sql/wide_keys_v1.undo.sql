ALTER TABLE django_content_type ALTER COLUMN id TYPE integer;
ALTER TABLE auth_permission ALTER COLUMN id TYPE integer, ALTER COLUMN content_type_id TYPE integer;
ALTER TABLE auth_group ALTER COLUMN id TYPE integer;
ALTER TABLE auth_group_permissions ALTER COLUMN group_id TYPE integer, ALTER COLUMN permission_id TYPE integer;
ALTER TABLE accounts_user_groups ALTER COLUMN group_id TYPE integer;
ALTER TABLE accounts_user_user_permissions ALTER COLUMN permission_id TYPE integer;
ALTER TABLE django_admin_log ALTER COLUMN id TYPE integer, ALTER COLUMN content_type_id TYPE integer;
