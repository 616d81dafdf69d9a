DROP SEQUENCE reports_number;
