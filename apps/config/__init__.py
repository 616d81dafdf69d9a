"""The composition root: settings, addresses, the server and the commands that prepare a database."""
