"""What a front end shows of a session: values with text lines of any width, and the same as plain data.

floor.floor              the floor plan of one cycle
registers.registers      scalar registers and writes under way; registers.loops: the loop stack
units.units, .bursts     what each unit does, how far bursts are
contents.streams         what arrives where; .vectors, .planes, .accumulators: what is held
timeline.timeline        what issued and what will in some cycles around now, by unit
flow.flow                one stream, positions by cycles
code.disas, .listing     bundles, source lines
dump.x                   memory, as `x/8w A` shows it; memory.memory: the map of it
"""
