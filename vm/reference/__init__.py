"""The golden model: the machine written to be read. When engines differ, this is looked at first.

Read in this order: `integer` and `floats` (what an op computes), `memory` (the bytes it touches), `control`
(where fetching goes on), `program` (text to bundles), `issue` and `machine` (a cycle).

Of the tensor face: `streams` and `values` (what flows), `bursts` (when elements issue), `cycle` (what an element sees
and leaves), then the units: `slices`, `vector` with `lanes` (what an ALU computes), `matrix` with `product`,
`switch`; `tensor` (a cycle's losses and effects), `face` (the state) and `face_items` (the same as plain items).
"""

from vm.reference.machine import ReferenceEngine

__all__ = ["ReferenceEngine"]
