/* Lines to keys: what is alike but for numbers, registers and names has one.
 *
 * A word stays in the key where it says what is meant: at the start of an op, and before `=`, `[` and `(`. All that
 * could be read in another way - strings, pins, times, numbers that are no integers, directives of anything else -
 * leaves a line plain.
 */
#include <string.h>
#include "state.h"

enum { MOST_KEY = 1000, MOST_KEYS = 20000, MOST_DIGITS = 10, MOST_BYTES = UINT16_MAX, REGISTERS = 32 };

/* `op_next` says that the next word begins an op, `blank` that there was space since the last token. Words that stay
 * end before `limit`, and there are no labels where `has_labels` is not set: their columns are those of the source. */
typedef struct {
    front *f;
    const char *start, *at, *end, *limit;
    bool has_labels;
    char key[MOST_KEY];
    size_t size;
    bool op_next, blank;
} cursor;

static bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\f' || c == '\v'; }
static bool is_digit(char c) { return c >= '0' && c <= '9'; }
static bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
static bool is_word(char c) { return is_letter(c) || is_digit(c); }
/* The character so many places on, 0 past the end. */
static char ahead(const cursor *c, size_t offset) { return offset < (size_t)(c->end - c->at) ? c->at[offset] : 0; }

/* Whether there is nothing left but a comment. */
static bool at_end(const cursor *c)
{
    return c->at == c->end || *c->at == ';' || (*c->at == '/' && ahead(c, 1) == '/');
}

static bool put(cursor *c, char byte)
{
    if (c->size + 2 > MOST_KEY)
        return false;
    if (c->blank && c->size)
        c->key[c->size++] = ' ';
    c->blank = false;
    c->key[c->size++] = byte;
    return true;
}

/* Put a hole for the next `length` characters into the key, and what fills it beside the line. */
static bool put_hole(cursor *c, char kind, int64_t value, size_t length)
{
    hole *h = put(c, kind) ? grow(&c->f->holes, sizeof *h) : NULL;
    if (!h)
        return false;
    int32_t column = (int32_t)(c->at - c->start) + 1;
    *h = (hole){value, column, column + (int32_t)length};
    c->at += length;
    return true;
}

static bool put_word(cursor *c, size_t length)
{
    const char *word = c->at;
    if (c->limit - word < (ptrdiff_t)length || !put_hole(c, FRONT_WORD, 0, length) || c->size + length > MOST_KEY)
        return false;
    memcpy(c->key + c->size, word, length);
    c->size += length;
    return true;
}

static size_t word_length(const cursor *c)
{
    size_t length = 0;
    while (is_word(ahead(c, length)) || (ahead(c, length) == '.' && is_word(ahead(c, length + 1))))
        length++;
    return length;
}

/* The first character after a word that is no space. */
static char follower(const cursor *c, size_t length)
{
    while (is_blank(ahead(c, length)))
        length++;
    return ahead(c, length);
}

/* The number of a register, -1 when a word names none. */
static int register_of(const char *word, size_t length)
{
    if ((word[0] != 'r' && word[0] != 'R') || length < 2 || length > 3 || !is_digit(word[1]))
        return -1;
    int number = word[1] - '0';
    if (length == 3)
        number = is_digit(word[2]) && number ? 10 * number + word[2] - '0' : REGISTERS;
    return number < REGISTERS ? number : -1;
}

static bool scan_word(cursor *c)
{
    size_t length = word_length(c);
    char next = follower(c, length);
    if (next == ':')
        return c->has_labels && put_hole(c, FRONT_NAME, intern(&c->f->names, c->at, length), length);
    if (c->op_next || next == '=' || next == '[' || next == '(') {
        c->op_next = false;
        return put_word(c, length);
    }
    int number = register_of(c->at, length);
    if (number >= 0)
        return put_hole(c, FRONT_REGISTER, number, length);
    return put_hole(c, FRONT_NAME, intern(&c->f->names, c->at, length), length);
}

/* The value of a hexadecimal digit, 16 for none. */
static int digit_of(char c)
{
    int lower = c | 0x20;
    if (is_digit(c))
        return c - '0';
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : 16;
}

/* The length of an integer, 0 when there is none or it is odd. */
static size_t read_integer(const cursor *c, int64_t *value)
{
    bool is_hex = ahead(c, 0) == '0' && (ahead(c, 1) | 0x20) == 'x';
    size_t start = is_hex ? 2 : 0, length = start;
    int base = is_hex ? 16 : 10;
    for (*value = 0; length - start < MOST_DIGITS && digit_of(ahead(c, length)) < base;)
        *value = base * *value + digit_of(ahead(c, length++));
    bool is_odd = length == start || is_word(ahead(c, length)) || ahead(c, length) == '.';
    return is_odd || (!is_hex && length > 1 && c->at[0] == '0') ? 0 : length;
}

static bool scan_number(cursor *c)
{
    int64_t value;
    size_t length = read_integer(c, &value);
    return length && follower(c, length) != ':' && put_hole(c, FRONT_NUMBER, value, length);
}

static bool add_integer(front *f, int64_t value)
{
    int64_t *at = grow(&f->integers, sizeof *at);
    if (at)
        *at = value;
    return at;
}

static void skip_blanks(cursor *c)
{
    while (is_blank(ahead(c, 0)))
        c->at++;
}

/* Integers between commas, up to the end. */
static bool scan_list(cursor *c)
{
    int64_t start = COUNT(c->f->integers, int64_t), value, sign;
    if (!put_hole(c, FRONT_LIST, start, 0) || !add_integer(c->f, 0))
        return false;
    for (;; c->at++) {
        skip_blanks(c);
        sign = ahead(c, 0) == '-' ? -1 : 1;
        c->at += sign < 0;
        size_t length = read_integer(c, &value);
        if (!length || !add_integer(c->f, sign * value))
            return false;
        c->at += length;
        ITEMS(c->f->integers, int64_t)[start]++;
        skip_blanks(c);
        if (ahead(c, 0) != ',')
            return at_end(c);
    }
}

/* The name of a directive, and a list of integers or nothing. */
static bool scan_directive(cursor *c)
{
    c->at++;
    size_t length = word_length(c);
    c->at--;
    c->op_next = false;
    if (!c->has_labels || !is_letter(ahead(c, 1)) || !put_word(c, length + 1))
        return false;
    c->blank = is_blank(ahead(c, 0));
    skip_blanks(c);
    return at_end(c) || (c->blank && scan_list(c));
}

static bool scan_mark(cursor *c)
{
    char mark = *c->at++;
    if (mark == '|') { /* never alone */
        if (ahead(c, 0) != '|' || !put(c, mark))
            return false;
        c->at++;
    }
    if (mark == '=' && ahead(c, 0) == '=')
        return false;
    c->op_next = mark == '|' || mark == '{' || mark == '}' || mark == ':';
    return strchr("|,[](){}+-*:=", mark) && put(c, mark);
}

/* Whether a line has a key, which may be empty. */
static bool scan_line(cursor *c)
{
    while (!at_end(c)) {
        bool is_good = true;
        if (is_blank(*c->at))
            c->at++, c->blank = true;
        else if (is_letter(*c->at))
            is_good = scan_word(c);
        else if (*c->at == '.' && c->op_next)
            is_good = scan_directive(c);
        else
            is_good = is_digit(*c->at) ? scan_number(c) : *c->at && scan_mark(c);
        if (!is_good)
            return false;
    }
    return true;
}

/* Read the line at a cursor, of a number and an origin; false when there is no memory. */
static bool read_line(cursor *c, int32_t number, int32_t origin)
{
    size_t before = c->f->holes.size;
    line_read *line = grow(&c->f->lines, sizeof *line);
    if (!line)
        return false;
    *line = (line_read){FRONT_PLAIN, (uint32_t)(before / sizeof(hole)), number, origin};
    if (scan_line(c))
        line->key = c->size ? intern(&c->f->keys, c->key, c->size) : FRONT_BLANK;
    else
        c->f->holes.size = before;
    return line->key != FRONT_PLAIN || c->f->holes.size == before;
}

static cursor cursor_at(front *f, const char *start, const char *end)
{
    return (cursor){.f = f, .start = start, .at = start, .end = end, .limit = end, .has_labels = true, .op_next = true};
}

/* Whether there is a character that no source may have. */
static bool has_control(const char *text, size_t bytes)
{
    bool found = false;
    for (size_t i = 0; i < bytes; i++) {
        uint8_t c = (uint8_t)text[i];
        found |= (c < 0x20 && (c < '\t' || c > '\r')) || c == 0x7f;
    }
    return found;
}

/* The same of a text of any length, most of which is far from being control characters: 8 bytes at once. */
static bool is_binary(const char *text, size_t bytes)
{
    const uint64_t ones = UINT64_C(0x0101010101010101), highs = 0x80 * ones;
    for (; bytes >= sizeof ones; text += sizeof ones, bytes -= sizeof ones) {
        uint64_t word;
        memcpy(&word, text, sizeof word);
        uint64_t deletes = word ^ 0x7f * ones;
        uint64_t found = ((word - 0x20 * ones) & ~word) | ((deletes - ones) & ~deletes);
        if (found & highs && has_control(text, sizeof word))
            return true;
    }
    return has_control(text, bytes);
}

int32_t front_read(front *f, const char *text, int64_t bytes)
{
    const char *end = text + bytes;
    if (is_binary(text, (size_t)bytes))
        return FRONT_UNFIT;
    for (const char *start = text, *stop; start <= end; start = stop + 1) {
        stop = memchr(start, '\n', (size_t)(end - start));
        stop = stop ? stop : end;
        cursor c = cursor_at(f, start, stop);
        if (!read_line(&c, COUNT(f->lines, line_read) + 1, 0))
            return FRONT_MEMORY;
        if (f->keys.count > MOST_KEYS || stop - start > MOST_BYTES)
            return FRONT_UNFIT;
    }
    return COUNT(f->lines, line_read);
}

int32_t front_append(front *f, const char *text, int64_t bytes, int32_t number, int32_t origin, int64_t limit)
{
    cursor c = cursor_at(f, text, text + bytes);
    c.has_labels = false;
    if (limit >= 0 && limit < bytes)
        c.limit = text + limit;
    if (!read_line(&c, number, origin))
        return FRONT_MEMORY;
    return f->keys.count > MOST_KEYS ? FRONT_UNFIT : COUNT(f->lines, line_read) - 1;
}
