DROP TRIGGER reports_category_place ON reports_category;
DROP FUNCTION reports_category_place();
