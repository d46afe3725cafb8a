"""Demo content: the facts of one real evening, and marked examples so that every state can be seen.

The facts (names, roles, organisations, districts, topics, dates, titles, telephone numbers, credits) are public facts
of one page of the association's site; the texts are ours. Examples begin with “Beispiel”.
"""
