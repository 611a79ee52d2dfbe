/* MXM: the planes, their weight buffers, arrays, exits and accumulator rows (docs/machine.md, section 16).
 *
 * Nothing here faults and nothing allocates but matrix_create: whoever calls has checked that the op may issue, with
 * the functions that say what there is. Types are lpu_type codes, NO_WEIGHTS where there is none. Streams are byte
 * vectors of all lanes; the results of a plane are words of all lanes, bits of i32 or of f32.
 *
 * Order within a cycle: first what acc ops take from the exits and what accr reads, and activations; then installs;
 * then loads; last matrix_drop. All of it may follow the checks of the cycle, or each op its own: what a check sees
 * is not changed by an op of another kind of unit, but for the two that the contract orders, `iw` before `lw`.
 *
 * An activation is multiplied as late as possible, in one batch with all others that wait for the same array: when
 * the first of their results is taken, or when another array is about to be installed. Where the process has threads for
 * it (pool.h), one of those may multiply in the meantime what has come so far; that is over after matrix_rest.
 */
#ifndef LPU_MATRIX_H
#define LPU_MATRIX_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { MATRIX_PLANES = 4, MATRIX_ROWS = 1024, MATRIX_STREAMS = 16, MATRIX_LATENCY = 24, NO_WEIGHTS = -1 };
enum { MATRIX_FED = 2 * MATRIX_LATENCY }; /* vectors that are multiplied at a time where they can be given beforehand */

typedef struct lpu_matrix lpu_matrix;

/* The op and element that made a result. */
typedef struct {
    uint64_t issued;
    uint32_t pc, slot, element;
} matrix_maker;

/* All planes, empty; accumulator rows that were never set read as `fill` bytes. NULL when memory runs out.
 * lanes: a multiple of 16 up to 512 */
lpu_matrix *matrix_create(size_t lanes, uint8_t fill);
void matrix_destroy(lpu_matrix *m);
void matrix_clear(lpu_matrix *m);
/* Has memory at hand for products of a plane that go to accumulator rows below `rows`: page by page, during a run, it takes
 * as long as the products. */
void matrix_expect(lpu_matrix *m, unsigned plane, size_t rows);

/* Weights ---------------------------------------------------------------------------------------------------- */
/* The type of the weights in the buffer, or, installed, in the array. */
int matrix_type(const lpu_matrix *m, unsigned plane, bool installed);
/* Whether `iw` may name this plane: not if its buffer is the second half of a 16-bit one. */
bool matrix_can_install(const lpu_matrix *m, unsigned plane);
/* Whether the array goes with activations of a type. */
bool matrix_can_multiply(const lpu_matrix *m, unsigned plane, int type);
/* The rows that one element of `lw` loads. */
size_t matrix_rows_of(int type);

/* Who sees to it that a row stays where it is, and as it is, from `hold` to `release`: both get the row's number with him. */
typedef struct {
    void *keeper;
    void (*hold)(void *keeper, uint32_t number);
    void (*release)(void *keeper, uint32_t number);
} matrix_keeper;
void matrix_set_keeper(lpu_matrix *m, matrix_keeper keeper);
/* lw: puts the rows that 16 streams hold into the buffer, from `row` on; those past the last lane are dropped. With `numbers`,
 * one a stream, rows are not copied but kept, as long as they are in the buffer or the array. */
void matrix_load(lpu_matrix *m, unsigned plane, int type, size_t row, const uint8_t *const *streams,
                 const uint32_t *numbers);
/* iw */
void matrix_install(lpu_matrix *m, unsigned plane);

/* Activations and results ------------------------------------------------------------------------------------ */
/* abc: the result of a vector of elements stands at the exit MATRIX_LATENCY cycles after maker->issued, which is later than
 * all before. */
void matrix_activate(lpu_matrix *m, unsigned plane, int type, const void *x, const matrix_maker *maker);
/* Gives the activations that wait to another thread, when they are many, unless the last are not done. */
void matrix_post(lpu_matrix *m, unsigned plane);
/* matrix_feed.c: `count` results that are to be taken from the exit, one after another with nothing between them that
 * touches these accumulator rows, go to `rows`, all different, set or added: those that are not made when this is said
 * are made there at once. False, and nothing done, when it cannot be, as some of these are set and some added, or none is
 * left to make. All of it is over once they are taken. */
bool matrix_begin_feed(lpu_matrix *m, unsigned plane, int type, const uint32_t *rows, size_t count, const bool *adds);
/* Whether activations are awaited for that, which are all of that type. One that `stays` where it is until the end need not be
 * copied. */
bool matrix_is_fed(const lpu_matrix *m, unsigned plane);
void matrix_feed(lpu_matrix *m, unsigned plane, const void *x, bool stays);
/* Other threads may begin with what has come. */
void matrix_post_feeds(lpu_matrix *m);
/* Takes the result that stands at the exit if it goes to its row so, which is done then; else false. */
bool matrix_take_fed(lpu_matrix *m, unsigned plane);
/* Whose result stands at the exit in this cycle; NULL if none does. Valid until the next call that changes anything. */
const matrix_maker *matrix_standing(const lpu_matrix *m, unsigned plane, uint64_t cycle);
/* Takes the result that stands at the exit: [lanes], valid until matrix_drop. */
const uint32_t *matrix_take(lpu_matrix *m, unsigned plane, bool *floats);
/* The end of a cycle: drops what stood at the exit. Whether it is lost, for nobody took it, and if so whose it was. */
bool matrix_drop(lpu_matrix *m, unsigned plane, uint64_t cycle, matrix_maker *lost);
/* Drops what was taken. */
void matrix_pass(lpu_matrix *m, unsigned plane);
/* The first cycle in which a result will stand at the exit (or does); UINT64_MAX if none is on its way. */
uint64_t matrix_next_exit(const lpu_matrix *m, unsigned plane);

/* Returns when no other thread is at work on any plane. */
void matrix_rest(lpu_matrix *m);

/* Accumulators ----------------------------------------------------------------------------------------------- */
bool matrix_row_is_set(const lpu_matrix *m, unsigned plane, size_t row);
/* The first row that is set, from one on, or MATRIX_ROWS. */
size_t matrix_next_row(const lpu_matrix *m, unsigned plane, size_t row);
/* [lanes], valid as long as the matrix */
const uint32_t *matrix_row(const lpu_matrix *m, unsigned plane, size_t row);
void matrix_set_row(lpu_matrix *m, unsigned plane, size_t row, const uint32_t *values);
/* acc.add: i32 wraps, f32 is rounded once */
void matrix_add_row(lpu_matrix *m, unsigned plane, size_t row, const uint32_t *values, bool floats);
/* accw: sets a row from four streams */
void matrix_write_row(lpu_matrix *m, unsigned plane, size_t row, const uint8_t *const *streams);

/* State as items (vm/items.py) ---------------------------------------------------------------------------------- */
/* Bytes of the data of a Plane: the weights, then a byte per row. */
size_t matrix_plane_bytes(const lpu_matrix *m);
/* The data of a buffer or array that has a type, valid until the next call of any of these functions. */
const uint8_t *matrix_get_plane(lpu_matrix *m, unsigned plane, bool installed);
/* Into a plane without weights; false, with nothing changed, when they are none that a program could leave there. */
bool matrix_set_plane(lpu_matrix *m, unsigned plane, bool installed, int type, const uint8_t *data);
/* Whether the halves of 16-bit weights go together: to be asked once all planes are set. */
bool matrix_is_whole(const lpu_matrix *m);

/* Results at or on their way to an exit, the next first; index below matrix_exits. */
size_t matrix_exits(const lpu_matrix *m, unsigned plane);
uint64_t matrix_exit_cycle(const lpu_matrix *m, unsigned plane, size_t index);
const uint32_t *matrix_get_exit(lpu_matrix *m, unsigned plane, size_t index, matrix_maker *maker, bool *floats);
/* Adds one behind the others, as of the start of a cycle; false when no program could leave it there. */
bool matrix_set_exit(lpu_matrix *m, unsigned plane, uint64_t cycle, matrix_maker maker, bool floats,
                     const uint8_t *data);

#endif
