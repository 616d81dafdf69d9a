"""The country at full size, made in the database: `plan` says where each quarter lies, `fill` makes its records.

The SQL beside it is what is said of one quarter; every record goes through the rules and the history of its table.
"""
