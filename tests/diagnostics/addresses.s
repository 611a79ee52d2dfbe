        .param  m = 4
        .array  A: i32[4]
        .array  B: i32[4]
        ld      r1, [A + m]
; error: E-PARAM 26-26: parameter `m` beside other terms of an address could mean its place or its value
; help: write `addr(m)` for the place of its word or `val(m)` for its number
        ld      r1, [r2*3 + r3*4]
; error: E-ADDRESS 21-33: this address has 2 scaled registers; the machine scales one
; help: an address is a place, a register times a factor and one more register: [A + r1*4 + r2]
        ld      r1, [r2 + r3 + r4]
; error: E-ADDRESS 21-34: this address has 3 register terms; the machine adds two
; help: an address is a place, a register times a factor and one more register: [A + r1*4 + r2]
        ld      r1, [r2*r3*r4]
; error: E-ADDRESS 22-29: this address multiplies more than two registers, or sums of them
; help: an address is a place, a register times a factor and one more register: [A + r1*4 + r2]
        ld      r1, [r2*r3 + r4*r5]
; error: E-ADDRESS 22-34: this address has two products of registers
; help: an address is a place, a register times a factor and one more register: [A + r1*4 + r2]
        ld      r1, [A + B]
; error: E-ADDRESS 22-26: this address adds two places
; help: an address is a place, a register times a factor and one more register: [A + r1*4 + r2]
        ld      r1, [A - B + r1]
; error: E-ADDRESS 22-26: this address subtracts or multiplies the place `B`
; help: an address is a place, a register times a factor and one more register: [A + r1*4 + r2]
        ld      r1, [r2*A]
; error: E-ADDRESS 25-25: `A` is a place, not a number, so nothing can be multiplied by it
; help: declare it with `.param A = ...` to use its value as a factor
        ld      r1, [1.5]
; error: E-ADDRESS 22-24: an address counts words; 1.5 is not an integer
        ld      r1, [0x1_0000_0000]
; error: E-RANGE 21-35: 4294967296 in an address does not fit 32 bits; it must be between -2147483648 and 4294967295
        ld      r1, [A + 0x1_0000_0000]
; error: E-RANGE 21-39: 4294967296 in an address does not fit 32 bits; it must be between -2147483648 and 4294967295
        ld      r1, [here]
; error: E-TYPE 21-26: `here` is a place in the program; loads and stores reach only data
here:   ld      r1, [A - r2*(r3 + r4)]
; error: E-ADDRESS 26-37: this address multiplies more than two registers, or sums of them
; help: an address is a place, a register times a factor and one more register: [A + r1*4 + r2]
        ld      r1, [r2*r3 + r4*5]
; error: E-ADDRESS 21-34: this address has 2 scaled registers; the machine scales one
; help: an address is a place, a register times a factor and one more register: [A + r1*4 + r2]
