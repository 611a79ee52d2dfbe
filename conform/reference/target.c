/* A complete target in C: the core behind the protocol of docs/protocol.md, on standard input and output.
 *
 *     cc -std=c11 -ffp-contract=off -O2 -Icsrc conform/reference/target.c csrc/[a-z]*.c -lm -o target
 *     lpu conform --target ./target
 *
 * For another implementation, replace what begins with lpu_. This one lacks the event trace and the injection of bundles.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "lpu.h"

enum { VERSION = 1, REQUEST = 16384, PIECE = 1024, SYLLABLE = 8, MAX_WORDS = 16, RUN_CYCLES = 100000, MAX_TEXT = 1 << 23 };

static const char *const statuses[] = {"running", "halted", "fault"};
static const char *const uninits[] = {"fault", "zero", "poison"};
static const char *const kinds[] = {"value", "result", "vector", "vectorwrite", "plane",
                                    "exit", "accumulator", "map", "burst", "lost"};
static const int kind_numbers[] = {10, 10, 2, 7, 3, 7, 2, 2, 3, 4};

static lpu_parameters parameters;
static uint32_t entry, capacity;
static uint8_t *program;          /* its text so far */
static size_t expected, present; /* syllables of it */
static lpu_machine *machine; /* once all of the text is there */

/* Words ------------------------------------------------------------------------------------- */
static int refuse(const char *what)
{
    printf("error %s\n", what);
    return 0;
}

static int done(void)
{
    puts("ok");
    return 0;
}

/* A number below `end`, or -1. */
static int64_t number(const char *word, int64_t end)
{
    int64_t value = 0;
    if (!*word || strlen(word) > 18)
        return -1;
    for (; *word; word++) {
        if (*word < '0' || *word > '9')
            return -1;
        value = value * 10 + (*word - '0');
    }
    return value < end ? value : -1;
}

static int digit(char c)
{
    const char *digits = "0123456789abcdef", *found = c ? strchr(digits, c) : NULL;
    return found ? (int)(found - digits) : -1;
}

/* Bytes from hex, in place; how many, or -1. */
static long bytes_of(char *word)
{
    size_t digits = strlen(word);
    for (size_t i = 0; i < digits / 2; i++) {
        int high = digit(word[2 * i]), low = digit(word[2 * i + 1]);
        if (high < 0 || low < 0)
            return -1;
        ((uint8_t *)word)[i] = (uint8_t)(16 * high + low);
    }
    return digits % 2 ? -1 : (long)(digits / 2);
}

static void put_hex(const uint8_t *data, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        putchar("0123456789abcdef"[data[i] >> 4]);
        putchar("0123456789abcdef"[data[i] & 15]);
    }
}

/* Memory without stretches of zeros. */
static int put_memory(const uint8_t *data, size_t start, size_t size)
{
    static const uint8_t zeros[PIECE];
    for (size_t place = 0; place < size; place += PIECE) {
        size_t length = size - place < PIECE ? size - place : PIECE;
        if (!memcmp(data + start + place, zeros, length))
            continue;
        printf("at %zu ", start + place);
        put_hex(data + start + place, length);
        putchar('\n');
    }
    return done();
}

/* Requests: the words behind the verb. Each answers, and returns whether the session is over. -- */
static int hello(char **words)
{
    (void)words;
    printf("name core in C\nmachine any\nlacks trace append\nok %d\n", VERSION);
    return 0;
}

/* The machine is made as soon as its text is complete. */
static int make(void)
{
    if (present < expected)
        return done();
    machine = lpu_create(&parameters, program, expected, entry);
    return machine ? done() : refuse("there is no such machine, or no memory for it");
}

static int load(char **words)
{
    uint32_t *sizes[] = {&parameters.superlanes, &parameters.quads, &parameters.banks, &parameters.rows,
                         &parameters.streams, &parameters.vxm_alus, &parameters.mxm_planes, &capacity};
    if (machine)
        lpu_destroy(machine);
    machine = NULL;
    expected = present = 0;
    for (int i = 0; i < 8; i++) {
        int64_t value = number(words[i], MAX_TEXT + 1);
        if (value < 0)
            return refuse("a size of the machine is no number");
        *sizes[i] = (uint32_t)value;
    }
    int uninit = 0;
    while (uninit < 3 && strcmp(words[8], uninits[uninit]))
        uninit++;
    int64_t strict = number(words[9], 2), begin = number(words[10], MAX_TEXT + 1), size = number(words[11], capacity + 1);
    if (uninit == 3 || strict < 0 || begin < 0 || size < 0)
        return refuse("load ends with fault, zero or poison, strict, the entry and the length of the text");
    parameters.uninit = (lpu_uninit)uninit;
    parameters.strict = (uint32_t)strict;
    entry = (uint32_t)begin;
    free(program);
    program = malloc((size_t)size * SYLLABLE + 1);
    if (!program)
        return refuse("there is not enough memory");
    expected = (size_t)size;
    return make();
}

static int text(char **words)
{
    long size = bytes_of(words[0]);
    if (size < 0 || size % SYLLABLE || (size_t)size / SYLLABLE > expected - present)
        return refuse("text is whole syllables, as many as are missing");
    memcpy(program + present * SYLLABLE, words[0], (size_t)size);
    present += (size_t)size / SYLLABLE;
    return make();
}

static int data(char **words)
{
    int64_t address = number(words[0], INT64_MAX);
    long size = bytes_of(words[1]);
    if (address < 0 || size < 0 || lpu_load(machine, (size_t)address, (const uint8_t *)words[1], (size_t)size))
        return refuse("data are bytes inside SRAM");
    return done();
}

static int set_register(char **words)
{
    int64_t reg = number(words[0], LPU_REGISTERS), value = number(words[1], (int64_t)1 << 32);
    if (reg < 0 || value < 0 || lpu_set_register(machine, (uint32_t)reg, (uint32_t)value))
        return refuse("there is no such register, or it has no room for that");
    return done();
}

static int run(char **words)
{
    int64_t until = number(words[0], INT64_MAX);
    if (until < 0 || until > (int64_t)lpu_cycle(machine) + RUN_CYCLES)
        return refuse("that is no cycle, or too far away");
    lpu_status status = lpu_run(machine, (uint64_t)until);
    if (status == LPU_FAULTED) {
        const int64_t *numbers = &lpu_get_fault(machine)->code;
        fputs("fault", stdout);
        for (size_t i = 0; i < sizeof(lpu_fault) / sizeof *numbers; i++)
            printf(" %" PRId64, numbers[i]);
        putchar('\n');
    }
    printf("ok %s %" PRIu64 "\n", statuses[status], lpu_cycle(machine));
    return 0;
}

static void put_items(void)
{
    lpu_item item;
    lpu_items_begin(machine);
    while (lpu_items_next(machine, &item)) {
        fputs(kinds[item.kind], stdout);
        for (int i = 0; i < kind_numbers[item.kind]; i++)
            printf(" %" PRId64, item.numbers[i]);
        fputs(item.size ? " " : " -", stdout);
        put_hex(item.data, item.size);
        putchar('\n');
    }
}

static int state(char **words)
{
    (void)words;
    lpu_state s;
    lpu_get_state(machine, &s);
    fputs("registers", stdout);
    for (int i = 0; i < LPU_REGISTERS; i++)
        printf(" %" PRIu32, s.registers[i]);
    printf("\nflags %" PRIu32 " %" PRIu32 "\nfetch %" PRIu32 " %" PRIu64 " %" PRIu32 " %" PRId64 " %" PRId64 " %" PRId64
           " %" PRIu64 "\n", s.cc, s.exit_code, s.pc, s.next_fetch, s.fetch_ended, s.jump_pc, s.jump_slot, s.jump_cycle,
           s.settled);
    for (uint32_t i = 0; i < s.write_count; i++) {
        const lpu_write *w = &s.writes[i];
        printf("write %d %" PRIu32 " %" PRIu64 " %" PRIu64 " %" PRIu32 " %d\n", w->reg, w->value, w->landing, w->issued,
               w->pc, w->slot);
    }
    for (uint32_t i = 0; i < s.loop_count; i++)
        printf("loop %" PRIu32 " %" PRIu32 " %" PRIu32 "\n", s.loops[i].start, s.loops[i].end, s.loops[i].remaining);
    put_items();
    return done();
}

static int memory(char **words)
{
    int64_t all = (int64_t)lpu_sram_bytes(machine);
    int64_t start = number(words[0], all + 1), size = number(words[1], all + 1);
    if (start < 0 || size < 0 || start > all - size)
        return refuse("that is outside SRAM");
    return put_memory(lpu_sram(machine), (size_t)start, (size_t)size);
}

static int written(char **words)
{
    (void)words;
    size_t size = lpu_sram_bytes(machine) / 8;
    uint8_t *bits = malloc(size);
    if (!bits || lpu_get_written(machine, 0, bits, size))
        return refuse("no memory for the written bits");
    int answered = put_memory(bits, 0, size);
    free(bits);
    return answered;
}

static int counts(char **words)
{
    (void)words;
    const uint64_t *issued = lpu_issue_counts(machine);
    for (size_t at = lpu_next_issued(machine, 0); at < expected; at = lpu_next_issued(machine, at + 1))
        printf("issued %zu %" PRIu64 "\n", at, issued[at]);
    return done();
}

static int end(char **words)
{
    (void)words;
    done();
    return 1;
}

/* The session ------------------------------------------------------------------------------- */
static const struct {
    const char *verb;
    int words, needs_machine;
    int (*answer)(char **words);
} requests[] = {
    {"hello", 1, 0, hello}, {"load", 12, 0, load}, {"text", 1, 0, text}, {"data", 2, 1, data},
    {"register", 2, 1, set_register}, {"run", 1, 1, run}, {"state", 0, 1, state}, {"memory", 2, 1, memory},
    {"written", 0, 1, written}, {"counts", 0, 1, counts}, {"end", 0, 0, end},
};

static int answer(char *line)
{
    char *words[MAX_WORDS] = {0}, *verb = strtok(line, " ");
    int count = 0;
    while (verb && count < MAX_WORDS && (words[count] = strtok(NULL, " ")))
        count++;
    for (size_t i = 0; verb && i < sizeof requests / sizeof *requests; i++) {
        if (strcmp(verb, requests[i].verb))
            continue;
        if (count != requests[i].words)
            return refuse("that is the wrong number of words");
        return requests[i].needs_machine && !machine ? refuse("there is no program yet") : requests[i].answer(words);
    }
    return refuse("that is no request");
}

int main(void)
{
    static char line[REQUEST + 1];
    int over = 0;
    while (!over && fgets(line, sizeof line, stdin)) {
        size_t length = strlen(line);
        over = !length || line[length - 1] != '\n';
        if (over)
            refuse("a request has at most 16384 bytes, none of them zero, and ends with a newline");
        else {
            line[length - 1] = 0;
            over = answer(line);
        }
        fflush(stdout);
    }
    return 0;
}
