/* Memory of all zeros that costs nothing until it is touched, however often machines are made and destroyed. */
#ifndef LPU_ZEROS_H
#define LPU_ZEROS_H
#include <stddef.h>

/* `count` things of a size, 64-byte aligned and zero; NULL when memory runs out. */
void *lpu_zeros(size_t count, size_t size);
/* Say that a part of such memory is about to be used: it gets its pages now, all at once, where the system can do that. */
void lpu_ready_zeros(void *memory, size_t bytes);
/* Bytes of any contents, aligned as those, that are going to be filled right away; NULL when memory runs out. */
void *lpu_room(size_t bytes);
/* Give memory of these functions back, or NULL. */
void lpu_free_zeros(void *memory);

#endif
