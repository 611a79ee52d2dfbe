/* Who samples what, in a stretch. See stretch.h. */
#include "stretch_tape.h"

/* What a code found for the first stream of a group is for the group: 0 if it is not right for it. A single stream takes
 * anything; more are all of a result, or, of many groups, from its beginning on. */
static uint32_t fitted(const lpu_tensor *t, const lpu_place *place, unsigned stream, uint32_t code)
{
    unsigned width, first = group_of(t, code, &width);
    if (place->width == 1)
        return width == 1 ? code : code | IS_PART;
    return stream == first && (place->groups > 1 ? width >= place->width : width == place->width) ? code : 0;
}

static void note_use(lpu_stretch *s, stretch_node *node, uint32_t code)
{
    if (code & IS_NEW) {
        s->results[code & CODE_NUMBER].uses++;
        node->after |= 1ull << s->results[code & CODE_NUMBER].node;
    }
}

/* Copy codes from a tape; whether some of it is empty. */
LPU_CLONES static bool copy_codes(uint32_t *restrict codes, uint32_t *restrict tape, size_t count)
{
    bool empty = false;
    for (; count >= CHUNK; count -= CHUNK, codes += CHUNK, tape += CHUNK)
        for (size_t i = 0; i < CHUNK; i++) {
            codes[i] = tape[i] & ~SAMPLED;
            empty |= !tape[i];
            tape[i] |= SAMPLED;
        }
    for (size_t i = 0; i < count; i++) {
        codes[i] = tape[i] & ~SAMPLED;
        empty |= !tape[i];
        tape[i] |= SAMPLED;
    }
    return empty;
}

/* Whether others are on another tape. */
LPU_CLONES static bool compare_codes(const uint32_t *restrict codes, uint32_t *restrict tape, size_t count)
{
    uint32_t differing = 0;
    for (; count >= CHUNK; count -= CHUNK, codes += CHUNK, tape += CHUNK)
        for (size_t i = 0; i < CHUNK; i++) {
            differing |= (tape[i] ^ codes[i]) & ~SAMPLED;
            tape[i] |= SAMPLED;
        }
    for (size_t i = 0; i < count; i++) {
        differing |= (tape[i] ^ codes[i]) & ~SAMPLED;
        tape[i] |= SAMPLED;
    }
    return differing;
}

/* How many of the codes from one on are of results of the same burst as it is, which it was fitted for. */
static uint32_t note_run(lpu_stretch *s, stretch_node *node, uint32_t *codes, uint32_t count, uint32_t fitted_code)
{
    const stretch_node *maker = maker_of(s, fitted_code);
    uint32_t first = IS_NEW | maker->first_result, results = maker->count * maker->op->target.groups, i = 0;
    for (; i < count && codes[i] - first < results; i++) {
        s->results[codes[i] & CODE_NUMBER].uses++;
        codes[i] |= fitted_code & IS_PART;
    }
    node->after |= 1ull << (maker - s->nodes);
    return i;
}

/* Fit all codes, run by run; false when one is not right. */
static bool fit_runs(lpu_tensor *t, stretch_node *node, const lpu_place *place, unsigned stream, uint32_t *codes)
{
    for (uint32_t i = 0; i < node->count;) {
        uint32_t code = fitted(t, place, stream, codes[i]);
        if (!code)
            return false;
        if (code & IS_NEW)
            i += note_run(t->stretch, node, codes + i, node->count - i, code);
        else
            codes[i++] = code;
    }
    return true;
}

/* The same as sample_group of a burst with an element in each cycle; false when that has to say what is wrong. */
static bool sample_dense(lpu_tensor *t, stretch_node *node, const lpu_place *place, unsigned stream, uint32_t *codes)
{
    unsigned cycle = t->stretch->times[node->first_time];
    if (!node->is_dense || (place->groups > 1 && place->width > 1))
        return false;
    bool is_wrong = copy_codes(codes, tape_at(t, node, stream, cycle), node->count);
    for (unsigned k = 1; k < place->width; k++)
        is_wrong |= compare_codes(codes, tape_at(t, node, stream + k, cycle), node->count);
    return !is_wrong && fit_runs(t, node, place, stream, codes);
}

/* Sample a group of streams from `stream` on; what was found goes to `codes`, for each stream or for all as one. */
static void sample_group(lpu_tensor *t, stretch_node *node, const lpu_place *place, unsigned stream, uint32_t *codes)
{
    lpu_stretch *s = t->stretch;
    unsigned rank = rank_of(t, direction_of(stream), (unsigned)node->op->position);
    const uint8_t *times = &s->times[node->first_time];
    bool as_one = place->groups == 1;
    for (uint32_t i = 0; i < node->count; i++) {
        unsigned at = place_of(rank, times[i]);
        uint32_t code = s->tapes[stream][at] & ~SAMPLED;
        bool is_right = code;
        for (unsigned k = 0; k < place->width; k++) {
            is_right &= (s->tapes[stream + k][at] & ~SAMPLED) == code;
            s->tapes[stream + k][at] |= SAMPLED;
        }
        if (!is_right || !(code = fitted(t, place, stream, code))) {
            stretch_cut(s, times[i]);
            return;
        }
        for (unsigned k = 0; k < (as_one ? 1 : place->width); k++) {
            codes[k * node->count + i] = code;
            note_use(s, node, code);
        }
    }
}

void stretch_sample(lpu_tensor *t, stretch_node *node, unsigned source)
{
    const lpu_place *place = &node->op->sources[source];
    uint32_t *codes = &t->stretch->samples[node->first_sample[source]];
    for (unsigned g = 0; g < place->groups; g++, codes += place->width * node->count)
        if (!sample_dense(t, node, place, place->number + g * place->width, codes))
            sample_group(t, node, place, place->number + g * place->width, codes);
}
