"""Linear tensor statements to an explicit timeline: places, times and streams are chosen, values meet."""
