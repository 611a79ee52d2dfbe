/* The assembler's ordinary way for many lines: texts to columns of ops, and columns to syllables.
 *
 * Nothing here knows a mnemonic or a rule of the grammar. A line becomes a *key*, its text with *holes* where numbers,
 * registers and names stand; what lines of a key mean is told once, as a recipe of numbers, by the Python side
 * (asm/quick), which works it out with the grammar and the table. What is odd is left to the plain way.
 */
#ifndef LPU_FRONT_H
#define LPU_FRONT_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* declarations begin */
/* Of a line in place of a key. */
enum { FRONT_PLAIN = -1, FRONT_BLANK = -2 };
/* What functions give that fail: there is no memory, or the source is none for this way; or that ask nothing more. */
enum { FRONT_MEMORY = -1, FRONT_UNFIT = -2, FRONT_DONE = -3 };
/* What stands in a key before what a hole is for: a word that stays, a number, a register, a name, a list of integers
 * (where it begins among those of all lists, after how many they are). */
enum { FRONT_WORD = 1, FRONT_NUMBER = 2, FRONT_REGISTER = 3, FRONT_NAME = 4, FRONT_LIST = 5 };
/* What lines are, by their recipes: labels alone; and labels with ops, with a use of a macro, with a list of integers,
 * with what the Python side takes as it stands; or the start of a section. */
enum { FRONT_LABELS, FRONT_CODE, FRONT_CALL, FRONT_NUMBERS, FRONT_ODD, FRONT_SECTION };
/* What a name may be used for, a bit each: the target of a jump, the place of data, a number; a stream, a v register or
 * a hemisphere, by the number that ops on streams have for it. */
enum { FRONT_LABEL = 1, FRONT_DATA = 2, FRONT_CONSTANT = 4, FRONT_STREAM = 8, FRONT_V = 16, FRONT_HEMISPHERE = 32 };
/* Pieces that lines are taken to: a label (name, line, column), ops of linear code (first, end, whether a control op
 * ends them, accesses of memory) and a bundle (first, end, kind, the op that decides what follows or -1). */
enum { FRONT_AT_LABEL, FRONT_LINEAR, FRONT_BUNDLE, FRONT_PIECE = 5 };
/* What lines hold before any of their symbols has a place. Labels: name, line, column, end, and the number of the object
 * of data that it is of, -1 for one of the program. Objects: of the first data type, count and words; where in the words
 * of all they begin, how many they are; line, column and end of the first label or data; the first label, how many there are
 * (none where it goes on with what was open before or begins a section); whether a section ended what was open before, and
 * whether a section began that lies anywhere. */
enum { FRONT_DEFINED = 5, FRONT_DATA_OBJECT = 12 };
/* How many these are, what the first line is that is more than labels (-1 for none), how many labels are `before` the
 * first section that ends what was open, and after them whether data is where they are, whether what data was last goes
 * on, whether sections did as for objects; negative where it `failed`. */
typedef struct {
    int32_t labels, objects, first, before, failed;
    bool in_data, is_open, is_closed, is_anywhere;
} front_gathered;
enum { FRONT_FIELDS = 8, FRONT_OP = 16, FRONT_ENCODED = -1, FRONT_SPOT = 4 };
/* What a burst, an op on streams, has among its values in place of fields, of which it may have so many; and how many
 * numbers are told of one. */
enum { FRONT_BURST, FRONT_ROW, FRONT_LINE, FRONT_UNIT, FRONT_BURST_FIELDS = 12, FRONT_WRITTEN = 3 };
/* The columns of what is written: an address, a place and an op for each op; the address of each entry; the ops that
 * refer to symbols, by their numbers in the columns before, with their forms, the symbols and the addends; the names and
 * addresses of labels; which of the different places is each op's; and the origins that there are, as they come, for
 * those of ops count these. */
enum {
    FRONT_ADDRESSES, FRONT_ORIGINS, FRONT_LINES, FRONT_STARTS, FRONT_ENDS, FRONT_OPS, FRONT_ENTRIES, FRONT_REFERENCES,
    FRONT_FORMS, FRONT_NAMES, FRONT_ADDENDS, FRONT_NAMED, FRONT_PLACES, FRONT_SPOTS, FRONT_SOURCES, FRONT_COLUMNS
};

/* An op: its form, where it is written, the symbol that one of its fields refers to (-1 for none) with an addend, and
 * what it does to registers, equal for ops that are alike in it. One of form FRONT_ENCODED comes from elsewhere: its
 * values are its syllables, the second 0 where there is none, its name -1 or what the Python side counts it by. A burst
 * has a number, equal for those alike in all fields but the row, its row, the line that it stands in, and its unit once
 * that is chosen, -1 before. */
typedef struct {
    int64_t form, origin, line, column, end, name, uses, addend, values[FRONT_FIELDS];
} front_op;

/* What fills a hole, and the columns [column, end) of the line that it stands in, from 1. */
typedef struct {
    int64_t value;
    int32_t column, end;
} front_hole;

/* Lines [start, end) that can be taken together, none of them blank at first, the uses of macros in them, the lines
 * that these come to, and how far was looked: what is before that and not taken is labels alone. */
typedef struct {
    int32_t start, end, calls, added, looked;
} front_extent;

typedef struct front front;

front *front_new(void);
void front_free(front *f);

/* Read a text; the number of its lines. Characters or lines that no source may have make it unfit. */
int32_t front_read(front *f, const char *text, int64_t bytes);
/* Add a line that came of expansion, of a number and an origin, whose columns are those of the source up to a limit;
 * where it stands among the lines. */
int32_t front_append(front *f, const char *text, int64_t bytes, int32_t number, int32_t origin, int64_t limit);
int32_t front_keys(const front *f);
int32_t front_key(const front *f, int32_t key, const char **bytes);
/* The names from one on: their bytes, one after the other, and where each ends, counted from the first name of all. */
int32_t front_names(const front *f, int32_t first, const char **bytes, const size_t **ends);

/* Take note of a form of ops, and of what the lines of a key are: the number of the form; 0. */
int32_t front_form(front *f, const int64_t *numbers, int32_t count);
int32_t front_recipe(front *f, int32_t key, const int64_t *numbers, int32_t count);
/* How many more lines have no recipe than have one, blank ones not counted. */
int32_t front_plain(const front *f);
/* Say what a symbol may be used for, and where its data is or what number it is. */
void front_symbol(front *f, int32_t name, int32_t uses, int64_t value);
/* The same of names from the first on. */
int32_t front_set_symbols(front *f, const uint8_t *uses, const int64_t *values, int32_t count);

/* What a line is by its recipe, FRONT_PLAIN when it has none; its key; its holes, and how many they are. */
int32_t front_kind(const front *f, int32_t line);
int32_t front_line_key(const front *f, int32_t line);
int32_t front_holes(const front *f, int32_t line, const front_hole **holes);
/* Say that a hole of a line of the body of a macro is filled by one of its use. */
void front_give(front *f, int32_t line, int32_t number, int32_t given);

/* The next lines from one on and before another that have recipes, the last of them no label alone. */
front_extent front_stretch(const front *f, int32_t line, int32_t end);
/* The labels and the data of lines, given whether they are where data is and whether data before them goes on. */
front_gathered front_gather(front *f, int32_t line, int32_t end, bool in_data, bool is_open);
const int32_t *front_labels(const front *f);
const int32_t *front_objects(const front *f);
const uint8_t *front_data(const front *f);
int64_t front_data_size(const front *f);
/* Take lines to ops and pieces; the number of those that cannot be taken, of each of which the line and the pieces so
 * far are told. */
int32_t front_take(front *f, int32_t line, int32_t end);
const int32_t *front_left(const front *f);
/* A use of a macro by its number as an origin, -1 for the first: origin, line, column, end and macro. */
const int32_t *front_call(const front *f, int32_t origin);
const int32_t *front_pieces(const front *f);
int32_t front_count_pieces(const front *f);
/* The ops so far, FRONT_OP numbers each. */
const int64_t *front_ops(const front *f);
/* The rows that bursts may name; how many bursts differ in more than that, and one of them: its form, and the values of
 * FRONT_BURST_FIELDS fields with 0 for the row and those that it has not. */
void front_limit_rows(front *f, int64_t rows);
int32_t front_count_bursts(const front *f);
const int64_t *front_burst(const front *f, int32_t number);
/* Tell of all of these the syllables, of row 0 and unit 0, the second 0 where there is none, and whether a unit is to be
 * chosen. */
int32_t front_tell_bursts(front *f, const uint64_t *syllables, int32_t count);
/* A number for ops [first, end), equal for those that the scheduler treats alike. */
int32_t front_likeness(front *f, int32_t first, int32_t end);

/* Add ops that are encoded already, FRONT_OP numbers each; the number of the first. */
int32_t front_encoded(front *f, const int64_t *numbers, int32_t count);
/* A way in which ops go to bundles; its number. */
int32_t front_pattern(front *f, const int64_t *numbers, int32_t count);
/* Write bundles: `entries` are (pattern, first op, op near by); the number of syllables. */
int32_t front_write(front *f, const int32_t *entries, int32_t count);
/* Fill in the program addresses of symbols, which are known now. */
int32_t front_settle(front *f);
const uint64_t *front_text(const front *f);
const int64_t *front_column(const front *f, int32_t column);
int32_t front_length(const front *f, int32_t column);

/* A program from pieces to bundles: see plan.h. What asks gives the number of a block or bundle until it is told of all.
 *
 * How an op decides what follows: from FRONT_LOOPS on a run ends with it, from FRONT_JUMPS on nothing falls through;
 * FRONT_OWN stands for what a block's own op does. */
enum {
    FRONT_PASSES, FRONT_PAUSES, FRONT_BRANCHES, FRONT_LOOPS, FRONT_JUMPS, FRONT_CALLS, FRONT_RETURNS, FRONT_STOPS,
    FRONT_OWN
};
/* The rounds of a loop as far as they matter: none, one, more, or not known. */
enum { FRONT_NEVER, FRONT_ONCE, FRONT_AGAIN, FRONT_UNKNOWN };
/* How a name is entered, a bit each: from anywhere, by a jump. */
enum { FRONT_ENTERED = 1, FRONT_TARGET = 2 };
/* Registers, the condition code among them; the numbers of a beat, of how an op leaves and of a bundle that is seen; and
 * what stands in place of a form for ops of objects, waits that the scheduler added, and ops that are objects. */
enum { FRONT_REGISTERS = 33, FRONT_BEAT = 4, FRONT_LEAVING = 5, FRONT_SEEN = 14 };
enum { FRONT_OBJECT = -1, FRONT_ADDED = -2, FRONT_LOOSE = -3 };

int32_t front_intern(front *f, const char *name, int64_t bytes);
int32_t front_enter(front *f, int32_t name, int32_t how);

/* Cut into blocks: pieces [first, end) of those taken, a label, the start of a timeline, a bundle of objects of a kind, an
 * op that is an object; the end. How they leave is (how, the cycles until the next bundle and until what it jumps to, the name of that or -1,
 * the rounds of a loop). Objects and ops are numbered from 0 on. */
int32_t front_cut(front *f, int32_t first, int32_t end);
int32_t front_cut_label(front *f, int32_t name);
int32_t front_cut_timeline(front *f);
int32_t front_cut_object(front *f, int32_t kind, const int32_t *leaving);
int32_t front_cut_op(front *f, bool is_access, const int32_t *leaving);
int32_t front_cut_end(front *f);
/* The next block from one on that jumps back to itself or has a loop follow it, and the block before which that ends, -1
 * for none. What there is in the program: registers, calls and returns, jumps to a name. */
int32_t front_next_loop(const front *f, int32_t number);
int32_t front_end_of_loop(const front *f, int32_t number);
uint64_t front_touched(const front *f);
bool front_has_calls(const front *f);
int32_t front_jumps_to(const front *f, int32_t name);
/* Put other blocks in place of some: take what there are away, keep [first, end) of these, begin one, give it a name, a
 * bundle of objects that the scheduler made, or an op, end it with what it leaves by; done. */
void front_replace(front *f);
int32_t front_keep(front *f, int32_t first, int32_t end);
void front_begin(front *f, bool is_explicit);
int32_t front_add_name(front *f, int32_t name);
int32_t front_add_object(front *f, int32_t kind, const int32_t *leaving);
int32_t front_add_op(front *f);
int32_t front_end(front *f, const int32_t *leaving);
int32_t front_replaced(front *f);
/* What a block is: ops [first, end), its kind, whether some are objects, is explicit, goes on with the one before, ends
 * the body of a loop, where its names begin, how many they are; a bundle: ops [first, end), its likeness. */
void front_block(const front *f, int32_t number, int32_t *numbers);
const int32_t *front_names_of(const front *f, int32_t first);
const int32_t *front_loose(const front *f, int32_t first);
int32_t front_count_blocks(const front *f);
/* How names are entered, from the first on; the others are not. */
int32_t front_count_marks(const front *f);
const uint8_t *front_marks(const front *f);
void front_bundle(const front *f, int32_t number, int32_t *numbers);

/* Kinds of blocks, by the registers that they touch, those of some objects of less than -1; of bundles (registers read, registers touched, and of each register
 * the latency with which it is written or 0) with the pattern of those in the columns, and which ones are of them. */
int32_t front_ask_kind(front *f);
int32_t front_tell_kind(front *f, int32_t kind, uint64_t touched);
void front_tell_loose(front *f, int32_t number, int32_t kind, uint64_t touched);
int32_t front_bundle_kind(front *f, const int64_t *numbers, int32_t pattern);
int32_t front_ask_bundle(front *f);
int32_t front_tell_bundle(front *f, int32_t likeness, int32_t kind);
/* Draw the ways between blocks; say which op is near what is added before the first. */
int32_t front_connect(front *f);
void front_tell_near(front *f, int32_t op);

/* Schedules of blocks for what is in flight on entry: last and latest cycle, landings, limits, as plan.h has them. */
int32_t front_ask_schedule(front *f);
const int32_t *front_in_flight(const front *f, int32_t number);
int32_t front_tell_schedule(front *f, int32_t number, const int32_t *numbers);

/* Packings of blocks that are left so many cycles later than scheduled: pattern, whether it is objects that are added,
 * length, and of each beat its cycle, its kind, how it leaves and the cycles until the next. */
int32_t front_ask_packing(front *f);
int32_t front_shortfall(const front *f, int32_t number);
int32_t front_tell_packing(front *f, int32_t number, const int32_t *numbers, int32_t beats);

/* The bundles, FRONT_SEEN numbers each: kind, the bundle it jumps to or -1, run, cycle, entry, beat (-1 in explicit ones,
 * -2 less the number of the object in those of objects), whether it may be entered from anywhere, whether the scheduler
 * made it; how it leaves, and the number of such control ops or -1. */
int32_t front_count_seen(const front *f);
const int32_t *front_seen(const front *f);
/* What control ops of a number are alike in: a form and the cycles until the next bundle, FRONT_ADDED and these, or
 * FRONT_OBJECT or FRONT_LOOSE and the number of an object. */
void front_control(const front *f, int32_t number, int32_t *alike);
/* The entries as front_write takes them, but for those of objects. */
const int32_t *front_entries(const front *f);
/* Whether a read or write comes too early somewhere. */
int32_t front_is_at_fault(front *f);

/* The runs in which units are to be chosen for bursts in the columns: bundles [first, end), and a number, equal for those
 * in which the same are chosen. Told are the same numbers by kind as for checks; then, for each number, where its units
 * begin, which are in the order of the bursts. */
int32_t front_find_runs(front *f, const int32_t *kinds);
const int32_t *front_runs(const front *f);
void front_tell_units(front *f, const int32_t *kinds, const int32_t *starts, const int32_t *units);

/* What is told of bundles for the checks of bursts: numbers by kind (accesses of memory, those of banks that no register
 * chooses, ops, whether some are bursts); by object the cycles for which its bursts may have an effect, FRONT_NOTHING
 * without any, and its content, equal where the checks say the same; by form the field that holds such a word address,
 * FRONT_FREE where registers choose the bank and FRONT_WHOLE where all fields count; by name the bank that it is in or
 * -1; by burst the cycles for which it may have an effect, how far before its row and after it rows are that it touches,
 * FRONT_LASTING where that is not known, and the first of the banks that it may come near and how many these are. */
enum { FRONT_RUN = 3 };
enum { FRONT_TOLD = 4, FRONT_FREE = -1, FRONT_WHOLE = -2, FRONT_NOTHING = -1, FRONT_LASTING = 0x7fffffff };
enum { FRONT_EFFECT, FRONT_BEFORE, FRONT_AFTER, FRONT_NEAR, FRONT_NEARS, FRONT_BURST_TOLD };
typedef struct {
    const int32_t *kinds, *contents, *fixed, *banks;
    const int64_t *effects, *bursts;
    int64_t words_per_bank, rows_per_bank;
} front_told;
/* The stretches with bursts, FRONT_STRETCH numbers each: the first bundle; the cycles for which what was issued before
 * may still have an effect, FRONT_NOTHING where nothing was; a number, equal for those that the checks say the same of. */
enum { FRONT_STRETCH = 3 };
int32_t front_find_stretches(front *f, const front_told *told);
const int64_t *front_stretches(const front *f);

/* Tell of a bundle of objects its pattern, its first op, and the one near what follows it; then write all. */
int32_t front_tell_object(front *f, int32_t object, int32_t pattern, int32_t first, int32_t last);
int32_t front_write_program(front *f);
/* Tell apart the places of what is written: how many there are, each (origin, line, column, end), as they come. */
int32_t front_spots(front *f);
/* Count the column of places from a number on. The records of these places in a file, given the file and how many places
 * are behind those of each origin; what is behind them, given this of each origin, from where on and where it ends in all;
 * how many words they are. */
void front_number_spots(front *f, int64_t first);
int32_t front_place_records(front *f, const uint32_t *files, const uint32_t *depths);
int32_t front_trail_records(front *f, const uint32_t *pairs, const uint32_t *starts);
/* The rows of a line program of DWARF, given the number of the file of each origin; how many bytes they are. */
int32_t front_program(front *f, const int64_t *files);
const char *front_program_bytes(const front *f);
/* declarations end */

#endif
