DROP FUNCTION history_personal_faults();
