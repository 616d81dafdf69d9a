DROP FUNCTION history_track(regclass, name[]);
