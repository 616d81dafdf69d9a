"""The queues of jobs, and how many of each are carried out at once; `manage.py work` starts a worker for each.

Imports take as long as their files are large. In a queue of their own they hold up neither what keeps search and maps
in line with the records, every minute, nor a look at somebody's file. Exports take as long as a layer is large. What
the feed computes has its own queue too: anybody may ask for it.
"""

IMPORTS, LOOKS, EXPORTS, PROCESSES = "imports", "looks", "exports", "processes"
WEBHOOKS, OTHERS = "webhooks", "default"
# Two looks, because one goes through a whole GeoJSON or KML and others wait to see the first rows of theirs.
AT_ONCE = {OTHERS: 2, IMPORTS: 2, LOOKS: 2, EXPORTS: 1, PROCESSES: 2, WEBHOOKS: 1}
# Every few seconds one, whose own log says what it did: those that went well leave no trace in the queue.
LEAVE_NO_TRACE = (WEBHOOKS,)
