DROP TRIGGER reports_public_place ON reports_report;
DROP FUNCTION reports_public_place();
