-- The release before makes its indexes again after each migrate.
SELECT;
