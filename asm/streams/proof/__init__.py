"""The check made on every run of linear tensor code: its timeline does what its statements say.

Nobody knows the values, so numbers stand for them: a number for what an op makes is mixed of the op and of the numbers
of its sources. `physics` finds for each element of a timeline what is on its streams, in its v registers, planes, maps
and rows of memory when it issues; `meaning` takes the statements one after the other by the names of their values.
Both must leave the same in memory.
"""
