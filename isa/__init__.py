"""The LPU instruction set as data: machine, floorplan, types, formats, table, codec, files, faults."""
