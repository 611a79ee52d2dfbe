/* Which values of a round need lanes, and the ops that make them, in order: first what ends the rounds, for what comes
 * after it has fewer lanes then. */
#include "strip_make.h"

static bool is_exit(const strip_check *check) { return check->kind == STRIP_EXIT || check->kind == STRIP_LAST_EXIT; }

/* Whether a check looks at lanes of a value. */
static bool looks_at_value(const strip_check *check)
{
    return is_exit(check) || check->kind == STRIP_ASSERT || check->kind == STRIP_TEST_REGISTER
           || check->kind == STRIP_TEST_GUARD;
}

/* Needs ----------------------------------------------------------------------------------------------------------- */
static void need_lanes(strip_maker *maker, uint16_t number);

static void need_base(strip_maker *maker, uint16_t number)
{
    const strip_value *value = &maker->values[number];
    if (maker->is_needed[number])
        return;
    maker->is_needed[number] = true;
    if (value->kind == STRIP_PHI)
        need_base(maker, value->last);
    for (uint32_t i = 0; is_step(value) && i < 3; i++)
        need_base(maker, value->sources[i]);
}

static void need_address(strip_maker *maker, uint16_t number)
{
    if (maker->values[number].is_linear)
        need_base(maker, number);
    else
        need_lanes(maker, number);
}

static void need_lanes(strip_maker *maker, uint16_t number)
{
    strip_value *value = &maker->values[number];
    if (value->in_lanes)
        return;
    value->in_lanes = true;
    if (value->is_linear)
        need_base(maker, number);
    else if (value->kind == STRIP_PHI)
        need_lanes(maker, value->last);
    else if (value->kind == STRIP_LOAD)
        need_address(maker, value->sources[0]);
    else
        for (uint32_t i = 0; i < 3; i++)
            need_lanes(maker, value->sources[i]);
}

/* Of a value the last round is needed. */
static void need_last(strip_maker *maker, uint16_t number)
{
    const strip_value *value = &maker->values[number];
    if (value->is_linear)
        need_base(maker, number);
    else if (!is_step(value) || value->in_lanes)
        need_lanes(maker, number);
    else if (!maker->is_lone[number]) {
        maker->is_lone[number] = true;
        for (uint32_t i = 0; i < 3; i++)
            need_last(maker, value->sources[i]);
    }
}

static void need_check(strip_maker *maker, const strip_check *check)
{
    if (check->kind == STRIP_STORE) {
        need_address(maker, check->value);
        need_lanes(maker, maker->accesses[check->other].value);
        return;
    }
    need_lanes(maker, check->value);
    if (check->kind == STRIP_ASSERT)
        need_lanes(maker, check->other);
}

static void find_needs(strip_maker *maker)
{
    for (uint32_t i = 0; i < maker->check_count; i++)
        need_check(maker, &maker->checks[i]);
    for (uint32_t i = 0; i < maker->result_count; i++)
        need_last(maker, maker->results[i].value);
    for (uint32_t i = 0; i < maker->value_count; i++)
        maker->is_lone[i] &= !maker->values[i].in_lanes;
}

/* Reach ----------------------------------------------------------------------------------------------------------- */
static bool reaches(const strip_maker *maker, uint16_t from, uint16_t to)
{
    return maker->reached[from][to / 64] >> to % 64 & 1;
}

/* Everything reached from a source, and itself; whether that is news. */
static bool reach_source(strip_maker *maker, uint16_t from, uint16_t source)
{
    uint64_t *set = maker->reached[from], news = 0;
    for (uint32_t i = 0; i < SET_WORDS; i++) {
        uint64_t more = maker->reached[source][i] | (uint64_t)(i == source / 64u) << source % 64;
        news |= more & ~set[i];
        set[i] |= more;
    }
    return news;
}

static bool reach_further(strip_maker *maker, uint16_t number)
{
    const strip_value *value = &maker->values[number];
    bool is_news = false;
    if (value->is_linear)
        return false;
    if (value->kind == STRIP_PHI)
        return reach_source(maker, number, value->last);
    for (uint32_t i = 0; i < 3; i++)
        is_news |= reach_source(maker, number, value->sources[i]);
    return is_news;
}

static void find_reach(strip_maker *maker)
{
    bool is_news = true;
    while (is_news) {
        is_news = false;
        for (uint16_t i = 0; i < maker->value_count; i++)
            is_news |= reach_further(maker, i);
    }
}

/* Drafts ---------------------------------------------------------------------------------------------------------- */
static void draft_value(strip_maker *maker, uint16_t number);

static void draft(strip_maker *maker, strip_draft op)
{
    if (maker->draft_count == MOST_OPS)
        maker->failed = true;
    else
        maker->drafts[maker->draft_count++] = op;
}

static void draft_step(strip_maker *maker, uint16_t number)
{
    const strip_value *value = &maker->values[number];
    draft(maker, (strip_draft){value->kind, value->k, number, 0,
                               {value->sources[0], value->sources[1], value->sources[2]}});
}

/* Whether values need each other. */
static bool are_bound(const strip_maker *maker, uint16_t one, uint16_t other)
{
    return reaches(maker, one, other) && reaches(maker, other, one);
}

static uint32_t users_of(const strip_maker *maker, uint16_t number)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < maker->value_count; i++) {
        const strip_value *value = &maker->values[i];
        count += value->kind == STRIP_PHI && value->last == number;
        for (uint32_t j = 0; j < 3 && is_step(value) && value->in_lanes; j++)
            count += value->sources[j] == number;
    }
    for (uint32_t i = 0; i < maker->check_count; i++) {
        const strip_check *check = &maker->checks[i];
        uint16_t stored = check->kind == STRIP_STORE ? maker->accesses[check->other].value : NO_VALUE;
        count += stored == number || (looks_at_value(check) && check->value == number);
        count += check->kind == STRIP_ASSERT && check->other == number;
    }
    return count;
}

/* Whether all members of a group are additions, and each is of use to the next alone. */
static bool only_sums(const strip_maker *maker, uint16_t member)
{
    for (uint16_t i = 0; i < maker->value_count; i++) {
        const strip_value *value = &maker->values[i];
        if (are_bound(maker, member, i) && ((value->kind != STRIP_PHI && !is_sum(value)) || users_of(maker, i) != 1))
            return false;
    }
    return true;
}

/* The members of a group, what they need from outside being there. */
static void draft_members(strip_maker *maker, uint16_t number, uint32_t kind)
{
    uint32_t head = maker->draft_count;
    draft(maker, (strip_draft){.kind = kind, .value = number});
    for (uint16_t i = 0; i < maker->value_count && !maker->failed; i++) {
        if (!are_bound(maker, number, i) || maker->values[i].kind == STRIP_PHI)
            continue;
        draft_step(maker, i);
        strip_draft *op = &maker->drafts[maker->draft_count - 1];
        if (kind == STRIP_SUM && are_bound(maker, number, op->sources[1])) {
            op->sources[1] = op->sources[0];
            op->sources[0] = maker->values[i].sources[1];
        }
        maker->drafts[head].count++;
    }
}

/* A group has no checks in it. */
static bool may_be_bound(const strip_value *value)
{
    return is_step(value) && value->kind != STRIP_ADDRESS && !divides(value->kind);
}

static void draft_group(strip_maker *maker, uint16_t number)
{
    for (uint16_t i = 0; i < maker->value_count; i++) {
        const strip_value *value = &maker->values[i];
        if (!are_bound(maker, number, i))
            continue;
        maker->is_drafted[i] = true;
        maker->failed |= value->kind != STRIP_PHI && !may_be_bound(value);
        for (uint32_t j = 0; is_step(value) && j < 3; j++)
            if (!are_bound(maker, number, value->sources[j]))
                draft_value(maker, value->sources[j]);
    }
    if (only_sums(maker, number))
        maker->is_late[number] = true;
    else
        draft_members(maker, number, STRIP_GROUP);
}

static void draft_access(strip_maker *maker, uint32_t kind, uint16_t number)
{
    const strip_access *access = &maker->accesses[number];
    if (!maker->values[access->address].is_linear)
        draft_value(maker, access->address);
    draft(maker, (strip_draft){.kind = kind, .value = number});
}

/* Once all addresses are there. */
static void draft_banks(strip_maker *maker)
{
    for (uint16_t i = 0; i < maker->access_count; i++)
        if (maker->accesses[i].has_partner)
            draft(maker, (strip_draft){.kind = STRIP_BANKS, .value = i});
}

static void draft_made(strip_maker *maker, uint16_t number)
{
    const strip_value *value = &maker->values[number];
    for (uint32_t i = 0; i < 3; i++)
        draft_value(maker, value->sources[i]);
    if (divides(value->kind))
        draft(maker, (strip_draft){STRIP_DIVISOR, value->kind, number, 0, {value->sources[0], value->sources[1], 0}});
    draft_step(maker, number);
}

static void draft_value(strip_maker *maker, uint16_t number)
{
    const strip_value *value = &maker->values[number];
    if (maker->is_drafted[number] || maker->failed)
        return;
    maker->is_drafted[number] = true;
    if (value->is_constant)
        return;
    if (value->is_linear)
        draft(maker, (strip_draft){.kind = STRIP_RAMP, .value = number});
    else if (reaches(maker, number, number))
        draft_group(maker, number);
    else if (value->kind == STRIP_PHI)
        draft_value(maker, value->last);
    else if (value->kind == STRIP_LOAD)
        draft_access(maker, STRIP_LOAD, (uint16_t)value->k);
    else
        draft_made(maker, number);
}

static void draft_check(strip_maker *maker, const strip_check *check)
{
    if (check->kind == STRIP_STORE) {
        draft_access(maker, STRIP_STORE, check->other);
        draft_value(maker, maker->accesses[check->other].value);
        return;
    }
    draft_value(maker, check->value);
    if (check->kind == STRIP_ASSERT)
        draft_value(maker, check->other);
    if (check->kind == STRIP_TEST_STORE)
        draft(maker, (strip_draft){.kind = STRIP_TEST_STORE, .value = check->other});
    else if (looks_at_value(check))
        draft(maker, (strip_draft){check->kind, check->k, check->value, 0, {check->value, check->other, check->value}});
}

static void draft_checks(strip_maker *maker, bool are_exits)
{
    for (uint32_t i = 0; i < maker->check_count; i++)
        if (is_exit(&maker->checks[i]) == are_exits)
            draft_check(maker, &maker->checks[i]);
}

/* Steps of a group that are not all alike are no faster than in the run loop, so there must be more of the others. */
static bool pays(const strip_maker *maker)
{
    uint32_t mixed = 0;
    for (uint32_t i = 0; i < maker->draft_count; i++) {
        const strip_draft *op = &maker->drafts[i];
        for (uint32_t j = 2; op->kind == STRIP_GROUP && j <= op->count; j++)
            if (op[j].kind != op[1].kind) {
                mixed += op->count;
                break;
            }
    }
    return 2 * mixed < maker->draft_count;
}

void lpu_strip_order(strip_maker *maker)
{
    find_needs(maker);
    find_reach(maker);
    draft_checks(maker, true);
    draft_checks(maker, false);
    draft_banks(maker);
    for (uint16_t i = 0; i < maker->value_count; i++)
        if (maker->values[i].in_lanes)
            draft_value(maker, i);
    maker->sum_first = maker->draft_count;
    for (uint16_t i = 0; i < maker->value_count; i++)
        if (maker->is_late[i])
            draft_members(maker, i, STRIP_SUM);
    maker->failed |= !pays(maker);
}
