"""Run by SCALE-Sim's own Python: simulates the product described in this folder, prints cycles and processor time."""

import json
import time
from importlib.metadata import version

from scalesim.scale_sim import scalesim

simulation = scalesim(
    save_disk_space=True, verbose=False, config="machine.cfg", topology="product.csv", layout="layout.csv",
    input_type_gemm=True,
)  # fmt: skip
start = time.process_time()
simulation.run_scale(top_path="out")
seconds = time.process_time() - start
(layer,) = simulation.runner.single_layer_sim_object_list
total, *_ = layer.get_compute_report_items()
print(json.dumps({"version": version("scalesim"), "cycles": int(total), "seconds": seconds}))
