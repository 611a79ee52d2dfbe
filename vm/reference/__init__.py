"""The golden model: the machine written to be read. When engines differ, this is looked at first.

Read in this order: `integer` and `floats` (what an op computes), `memory` (the bytes it touches), `control`
(where fetching goes on), `program` (text to bundles), `machine` (a cycle).
"""

from vm.reference.machine import ReferenceEngine

__all__ = ["ReferenceEngine"]
