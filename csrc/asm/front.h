/* The assembler's ordinary way for many lines: texts to columns of ops, and columns to syllables.
 *
 * Nothing here knows a mnemonic or a rule of the grammar. A line becomes a *key*, its text with *holes* where numbers,
 * registers and names stand; what lines of a key mean is told once, as a recipe of numbers, by the Python side
 * (asm/quick), which works it out with the grammar and the table. What is odd is left to the plain way.
 */
#ifndef LPU_FRONT_H
#define LPU_FRONT_H
#include <stdint.h>

/* declarations begin */
/* Of a line in place of a key. */
enum { FRONT_PLAIN = -1, FRONT_BLANK = -2 };
/* What functions give that fail: there is no memory, or the source is none for this way. */
enum { FRONT_MEMORY = -1, FRONT_UNFIT = -2 };
/* What stands in a key before what a hole is for: a word that stays, a number, a register, a name. */
enum { FRONT_WORD = 1, FRONT_NUMBER = 2, FRONT_REGISTER = 3, FRONT_NAME = 4 };
/* What a symbol may be used for, a bit each: the target of a jump, the place of data, a number. */
enum { FRONT_LABEL = 1, FRONT_DATA = 2, FRONT_CONSTANT = 4 };
/* Pieces that lines are taken to: a label (name, line, column), ops of linear code (first, end, whether a control op
 * ends them, accesses of memory) and a bundle (first, end, kind, the op that decides what follows or -1). */
enum { FRONT_AT_LABEL, FRONT_LINEAR, FRONT_BUNDLE, FRONT_PIECE = 5 };
enum { FRONT_FIELDS = 8, FRONT_OP = 16, FRONT_ENCODED = -1 };
/* The columns of what is written: an address, a place and an op for each op, the address of each entry, and the ops,
 * by their numbers in the columns before, that refer to symbols. */
enum {
    FRONT_ADDRESSES, FRONT_ORIGINS, FRONT_LINES, FRONT_STARTS, FRONT_ENDS, FRONT_OPS, FRONT_ENTRIES, FRONT_REFERENCES,
    FRONT_COLUMNS
};

/* An op: its form, where it is written, the symbol that one of its fields refers to (-1 for none) with an addend, and
 * what it does to registers, equal for ops that are alike in it. One of form FRONT_ENCODED comes from elsewhere: its
 * values are its syllables, the second 0 where there is none, its name -1 or what the Python side counts it by. */
typedef struct {
    int64_t form, origin, line, column, end, name, uses, addend, values[FRONT_FIELDS];
} front_op;

typedef struct front front;

front *front_new(void);
void front_free(front *f);

/* Read a text; the number of its lines. */
int32_t front_read(front *f, const char *text, int64_t bytes);
/* Add a line that came of expansion, of a number and an origin, whose columns are those of the source up to a limit;
 * where it stands among the lines. */
int32_t front_append(front *f, const char *text, int64_t bytes, int32_t number, int32_t origin, int64_t limit);
int32_t front_keys(const front *f);
int32_t front_key(const front *f, int32_t key, const char **bytes);
int32_t front_names(const front *f);
int32_t front_name(const front *f, int32_t name, const char **bytes);

/* Take note of a form of ops, and of what the lines of a key are: the number of the form; 0. */
int32_t front_form(front *f, const int64_t *numbers, int32_t count);
int32_t front_recipe(front *f, int32_t key, const int64_t *numbers, int32_t count);
/* How many more lines have no recipe than have one, blank ones not counted. */
int32_t front_plain(const front *f);
/* Say what a symbol may be used for, and where its data is or what number it is. */
void front_symbol(front *f, int32_t name, int32_t uses, int64_t value);

/* The end of the lines from one on and before another that have recipes, the last of them with ops; the line itself
 * when there is none. */
int32_t front_stretch(const front *f, int32_t line, int32_t end);
/* The labels of lines alone as pieces, and lines taken to ops and pieces, all or none; the number of pieces. */
int32_t front_labels(front *f, int32_t line, int32_t end);
int32_t front_take(front *f, int32_t line, int32_t end);
const int32_t *front_pieces(const front *f);
/* The ops so far, FRONT_OP numbers each. */
const int64_t *front_ops(const front *f);
/* A number for ops [first, end), equal for those that the scheduler treats alike. */
int32_t front_likeness(front *f, int32_t first, int32_t end);

/* Add an op that is encoded already; its number. */
int32_t front_encoded(front *f, const front_op *op);
/* A way in which ops go to bundles; its number. */
int32_t front_pattern(front *f, const int64_t *numbers, int32_t count);
/* Write bundles: `entries` are (pattern, first op, op near by); the number of syllables. */
int32_t front_write(front *f, const int32_t *entries, int32_t count);
/* Fill in the program addresses of symbols, which are known now. */
int32_t front_settle(front *f);
const uint64_t *front_text(const front *f);
const int64_t *front_column(const front *f, int32_t column);
int32_t front_length(const front *f, int32_t column);
/* declarations end */

#endif
