"""Files made to harm: each a name, the bytes of a file or what makes it, and how it may end."""
