DROP FUNCTION access_key_opens(text, text, text);
