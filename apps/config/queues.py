"""The queues of jobs, and how many of each are carried out at once; `manage.py work` starts a worker for each.

Imports take as long as their files are large. In a queue of their own they hold up neither what keeps search and maps
in line with the records, every minute, nor a look at somebody's file.
"""

IMPORTS, LOOKS, OTHERS = "imports", "looks", "default"
# Two looks, because one goes through a whole GeoJSON or KML and others wait to see the first rows of theirs.
AT_ONCE = {OTHERS: 2, IMPORTS: 2, LOOKS: 2}
