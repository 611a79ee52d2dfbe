        .array  z: i32[4] @ mw3.1
        ldl     r1, mw8[z], 0
; error: E-PLACE 21-26: `z` is not in mw8; it is in mw3
; note 1:17-17: `z` is defined here
; help: write `mw8[row(z)]` if that row of mw8 is meant
        ldl     r1, mw99[0], 0
; error: E-PLACE 21-27: lpu1 has no slice mw99; it has mw0 to mw43
        ldl     r1, mx0[0], 0
; error: E-PLACE 21-26: `mx0` is not a slice
; help: slices are mw0, mw1, ... and me0, me1, ...
        ldl     r1, mw0[8192], 0
; error: E-RANGE 21-29: row 8192 is outside the slice; its rows are 0 to 8191
        ldl     r1, mw0[r1*2], 0
; error: E-ADDRESS 21-29: a row is a number, a symbol and at most one register
; help: compute the row in a register first
        ldl     r1, mw3[z + 8000], 0
; error: E-RANGE 21-33: row 12096 is outside the slice; its rows are 0 to 8191
        ldl     r1, mw3[here], 0
; error: E-TYPE 21-29: `here` is a place in the program; loads and stores reach only data
here:   stl     mw0[0], 512, r1
; error: E-RANGE 25-27: `lane` of `stl` is 512; it must be between 0 and 511
