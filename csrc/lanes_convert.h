/* The functions of conversions; each family has a file of its own. */
#ifndef LPU_LANES_CONVERT_H
#define LPU_LANES_CONVERT_H
#include "lanes.h"

lane_function *conversion_of(const lpu_row *row);        /* vcvt */
lane_function *scaled_conversion_of(const lpu_row *row); /* vcvts */

#endif
