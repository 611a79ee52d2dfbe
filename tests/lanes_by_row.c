/* What test_lanes_core.py calls: the lane function of a row, by its number. */
#include "lanes.h"

int lane_function_exists(unsigned row) { return lanes_function_of(&lpu_rows[row]) != NULL; }

void call_lane_function(unsigned row, void *d, const void *a, const void *b, const void *c, size_t lanes)
{
    lanes_function_of(&lpu_rows[row])(d, a, b, c, lanes);
}
