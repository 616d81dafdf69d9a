DROP SCHEMA past; DROP SCHEMA personal_history; DROP SCHEMA history CASCADE;
