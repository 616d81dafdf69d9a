DROP FUNCTION access_key_codes(text, text, text);
