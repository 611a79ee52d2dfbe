"""What a front end shows of a session: values with text lines of any width, and the same as plain data.

floor.floor              the floor plan of one cycle
registers.registers      scalar registers and writes under way; registers.loops: the loop stack
units.units, .bursts     what each unit does, how far bursts are
contents.streams         what arrives where; .vectors, .planes, .accumulators: what is held
"""
