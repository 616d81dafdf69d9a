DROP INDEX reports_at_work_shown;
