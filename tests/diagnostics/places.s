        .machine lpu-tiny
        .data   mw0.0
        .org    16
a:      .i32    1, 2, 3
        .data   mw0.0
        .org    18
; error: E-PLACE 9-12: `b` overlaps `a` in mw0.0
; note 3:9-12: `a` is here
; help: `a` ends at word 19 of the memory
b:      .i32    4
        .data   mw0.0
        .org    510
; error: E-PLACE 9-12: 3 words do not fit mw0.0 from word 510 on
; help: start 1 word lower
c:      .i32    1, 2, 3
        .array  d: i32[513] @ mw1.0
; error: E-PLACE 17-17: `d` needs 513 words in mw1.0; 512 are left there
        .tensor e: f32[64, 320] @ mw0..mw3
; error: E-PLACE 17-42: `e` needs 20480 words; lpu-tiny has 16384
        .data   mw2
        .org    3
        .tensor f: i8[4, 32]
; error: E-PLACE 9-15: a tensor starts at the start of a row
; help: put `.row` before it
