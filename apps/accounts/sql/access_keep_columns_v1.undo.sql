DROP FUNCTION access_keep_columns() CASCADE;
