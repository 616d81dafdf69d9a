"""The rules of the house as tests. Each rule is a function of a folder, and is also shown a folder that breaks it."""
