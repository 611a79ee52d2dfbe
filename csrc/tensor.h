/* The tensor face: its ops as the engine keeps them, and its state.
 *
 * Streams do not move here. What an eastward stream holds at position p in cycle t was at p+1 a cycle later, so a
 * value stays in the cell of its *diagonal*, (t - p) mod positions, and westward in that of (t + p) mod positions. An
 * op samples that cell; a result that lands replaces it; when time passes, the diagonal that leaves the chip is
 * emptied. Results are computed when their element issues and wait in a ring of landing cycles.
 */
#ifndef LPU_TENSOR_H
#define LPU_TENSOR_H
#include "lanes.h"
#include "machine.h"
#include "matrix.h"
#include "switch.h"

enum {
    STREAMS = 32, /* a direction */
    DIRECTIONS = 2,
    MAX_POSITIONS = 2 * 16 + 5,
    MAX_LANES = 512,
    MAX_GROUP = 4,
    BUFFER_PLANES = 2 * MAX_GROUP, /* in the room of one buffer */
    MAX_TAKEN = 16, /* streams that one element samples or replaces */
    MAX_SOURCES = 3,
    V_COUNT = 16,
    MAX_BANKS = 256,
    LANDINGS = 32, /* landing cycles told apart: a power of two above LPU_MAX_TENSOR_LATENCY */
    NOWHERE = -1,    /* the position of a slice that the machine has not */
    IMMEDIATE = 255, /* the number of an operand that is one */
};

#define NEVER UINT64_MAX

/* An operand that is sampled or written: `groups` groups of `width` streams from `number` on, or a v register or a
 * scalar register of that number. `operand` is its place among the row's operands. */
typedef struct {
    uint8_t number, width, groups, operand;
} lpu_place;

typedef struct lpu_family lpu_family;   /* units.h */
typedef struct lpu_stretch lpu_stretch; /* stretch.h */

/* An op of the tensor face. Numbers that its row has no operand for are 0. */
struct lpu_tensor_op {
    const lpu_row *row;
    const lpu_family *family;
    lane_function *lanes; /* of a vector op */
    uint32_t pc, n, m, d, e, stride, stride2;
    uint32_t base;   /* the row of a slice, accumulators or weights that the first element takes */
    uint32_t amount; /* an immediate, or lanes to shift by */
    uint32_t losses; /* where the first of its loss counts is */
    uint32_t first_bank; /* of a slice that the machine has, the number of its first bank, and that of its first byte */
    size_t first_byte;
    uint16_t slot, unit;
    int8_t position;
    uint8_t latency, slice, bank, plane, hemi, number, span, link;
    uint8_t register_count, registers[MAX_SOURCES]; /* scalar registers read, in operand order */
    uint8_t source_count;
    bool wants_elements; /* the form in which what a read put on its streams was asked for: see buffers.h */
    lpu_place sources[MAX_SOURCES], target; /* a target without groups is none */
};

/* The lanes of a result: see buffers.h. */
typedef struct {
    uint32_t holders;
    uint32_t reader; /* the number of the op, from 1, if it was read out of memory */
    uint8_t width, forms;
    const void *lent; /* where its elements are when that is not in its own room, else NULL */
} lpu_buffer;

typedef struct {
    lpu_buffer *all; /* numbers are from 1 */
    uint8_t *data;   /* BUFFER_PLANES * lane_stride bytes a buffer */
    uint32_t *free, free_count, fresh;
} lpu_buffers;

/* A result of `width` bytes a lane, on a group of streams or on its way to one; `stream` is the first. Of its bytes some
 * are `carried`, all but for what was put in from outside, and those that have landed and were not replaced `held`. */
typedef struct {
    uint64_t issued;
    uint32_t op, element, buffer, next; /* `next` of those that land in one cycle; 0 ends */
    uint8_t stream, position, width, carried, held;
} lpu_value;

/* Cells and pending results are numbers of values, from 1. */
typedef struct {
    uint32_t occupied[DIRECTIONS][MAX_POSITIONS], sampled[DIRECTIONS][MAX_POSITIONS]; /* a bit a stream */
    uint32_t cells[DIRECTIONS][MAX_POSITIONS][STREAMS];
    uint32_t landing[LANDINGS];
    uint64_t claimed[LANDINGS][MAX_POSITIONS]; /* a bit a stream: a result lands there */
    uint32_t pending;                          /* results on their way */
    lpu_value *values;
    uint32_t *free, free_count, fresh;
} lpu_streams;

/* What a v register holds, or will: `width` bytes a lane, 0 for nothing. */
typedef struct {
    uint64_t issued;
    uint32_t op, element, buffer;
    uint8_t width;
} lpu_vector;

/* A burst with elements to issue: the next is element (j, i), in cycle `due`. Its units are free from cycle `end` on. */
typedef struct {
    uint64_t started, due, end;
    uint32_t op, i, j, registers[MAX_SOURCES];
} lpu_burst;

/* Who holds a unit, and the first cycle in which it is free. */
typedef struct {
    uint64_t free, started;
    uint32_t op;
} lpu_hold;

/* A byte a lane of what is sampled: of a buffer, plane `byte`. */
typedef struct {
    uint32_t buffer, byte;
} lpu_sample;

/* An element that issues in this cycle. */
typedef struct {
    const lpu_tensor_op *op;
    uint64_t started;
    uint32_t number, row; /* `row` is the one it takes of a slice, of accumulators or of weights */
    uint32_t registers[MAX_SOURCES];
    bool first;   /* of its burst */
    bool follows; /* another of its burst was the last to be carried out */
    bool lends;   /* in a stretch: what it sends on as it is may stay where it is until the end */
    uint32_t buffers[MAX_SOURCES];              /* of a source that is all of one result, else 0 */
    lpu_sample samples[MAX_SOURCES][MAX_TAKEN]; /* of one that is not, its streams */
    uint32_t *results; /* in a stretch, where the buffers of its results go, a group each; else NULL */
} lpu_element;

struct lpu_tensor {
    lpu_tensor_op *ops; /* by (pc, unit) */
    uint32_t op_count, op_room, loss_count;
    uint64_t *losses;
    size_t lanes, lane_stride;
    unsigned positions;
    /* The cycle that streams and landings stand at, about to begin, and it modulo the positions: they are brought up to
     * date when the face is next looked at. */
    uint64_t now;
    unsigned phase;
    uint64_t settled;
    uint64_t due; /* the cycle of the next element of the bursts, or NEVER */
    lpu_buffers buffers;
    lpu_streams streams;
    lpu_vector vectors[V_COUNT], vector_writes[LANDINGS][V_COUNT];
    uint32_t vectors_pending, vectors_landing[LANDINGS]; /* a bit a register */
    lpu_matrix *matrix;
    lpu_maps *maps;
    lpu_burst bursts[LPU_UNITS]; /* in unit order */
    uint32_t burst_count;
    lpu_hold holds[LPU_UNITS];
    uint64_t banks[MAX_BANKS / 64]; /* claimed in this cycle */
    lpu_element elements[LPU_UNITS]; /* of this cycle, in unit order */
    uint32_t element_count;
    uint8_t *item_data; /* the bytes of a v register */
    int64_t item_kind; /* where going through the items stands */
    size_t item_place;
    uint32_t scratch[MAX_SOURCES + 1][MAX_LANES];
    lpu_stretch *stretch;
};

/* tensor.c: these return false when memory runs out; what there is can be destroyed even then. */
bool lpu_create_tensor(lpu_machine *m);
bool lpu_finish_tensor(lpu_machine *m, uint32_t losses); /* once more text is known; so many losses were counted */
void lpu_destroy_tensor(lpu_machine *m);
/* Nothing on the chip, and no losses. */
void lpu_clear_tensor(lpu_machine *m);

#endif
