DROP FUNCTION follower_versions(text, text);
