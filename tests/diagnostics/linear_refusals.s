; Linear tensor code of which more is wanted at once than there is, and what would help.
        .tensor x0: i32[64, 320] @ mw0..mw3.0
        .tensor x1: i32[64, 320] @ mw4..mw7.0
        .tensor x2: i32[64, 320] @ mw8..mw11.0
        .tensor x3: i32[64, 320] @ mw12..mw15.0
        .tensor x4: i32[64, 320] @ mw16..mw19.0
        .tensor x5: i32[64, 320] @ mw20..mw23.0
        .tensor x6: i32[64, 320] @ mw24..mw27.0
        .tensor x7: i32[64, 320] @ mw28..mw31.0
        .tensor x8: i32[64, 320] @ mw32..mw35.0
        .tensor x9: i32[64, 320] @ mw36..mw39.0
        .tensor z: i32[64, 320] @ me0..me3.0
        .tensor half: i32[32, 320] @ me0..me3.1
        .tensor table: u32[64, 320] @ me4..me7.0
        .tensor rows: u16[64, 320] @ me4..me5.1
        .tensor map: u16[320] @ me8..me9.0
        .tensor other: u16[320] @ me12..me13.0
; rows of one tensor
        vload   %a, x0, n=32
        vload   %b, x0, row=32, n=32
; error: E-SCHEDULE 9-13: `vload` of `x0` needs mw0.rp while `vload` of `x0` does, and neither can wait
; note 19:9-13: `vload` of `x0` is here
; help: a slice has one such port: rows that are wanted at once lie in tensors of their own, in different slices
        vadd.i32.w %c, %a, %b
        vstore  half, %c
        .cycles 0
; more ops than units, of which none waits
        vload   %a, x0
        .rept 17
        vneg.i32.w %a, %a
; error: E-SCHEDULE 9-18: 17 vector ALUs are needed at once; lpu1 has 16
; help: what shares values runs at once: store a value half-way, and load it again further down
        .endr
        vstore  z, %a
        .cycles 0
; streams of one direction
        .irp n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9
        vload   %x\n, x\n
; error: E-SCHEDULE 9-13: 10 eastward groups of streams are needed at once; lpu1 has 8
; help: tensors on the other side of the vector unit come on streams of the other direction
        .endr
        vadd.i32.w %s, %x0, %x1
        .irp n, 2, 3, 4, 5, 6, 7, 8, 9
        vadd.i32.w %s, %s, %x\n
        .endr
        vstore  z, %s
        .cycles 0
; pins: a cycle, a unit, a stream, a register, a switch
        vload   %a, x0
        vstore  z, %a
        vload   %b, x0, n=32 !cycle=10
; error: E-SCHEDULE 9-13: `vload` of `x0` needs mw0.rp while `vload` of `x0` does, and neither can wait
; note 49:9-13: `vload` of `x0` is here
; help: the pin is in its way: `!cycle=64` lets it wait, or leave it out
        vstore  half, %b
        .cycles 0
        vload   %a, x0
        vstore  z, %a
        vload   %b, x0, n=32
; error: E-SCHEDULE 9-13: `vload` of `x0` needs mw0.rp while `vload` of `x0` does, and neither can wait
; note 57:9-13: `vload` of `x0` is here
; help: the pin of `vneg.i32.w` in line 63 is in its way: `!cycle=67` lets it wait, or leave it out
        vneg.i32.w %b, %b !cycle=12
        vstore  half, %b
        .cycles 0
        vload   %a, x0
        vneg.i32.w %b, %a !V3
        vabs.i32.w %b, %b !V3
; error: E-SCHEDULE 9-18: `vabs.i32.w` needs V3 while `vneg.i32.w` does, and neither can wait
; note 67:9-18: `vneg.i32.w` is here
; help: leave V3 out of one of them, and the assembler finds another
        vstore  z, %b
        .cycles 0
        vload   se4, x0
        vneg.i32.w %a, se4
        vload   se4, x1
; error: E-SCHEDULE 9-13: `vload` of `x1` needs se4 while `vload` of `x0` does, and neither can wait
; note 74:9-13: `vload` of `x0` is here
; help: a value named `%a` goes where there is room; one of them need not be se4
        vadd.i32.w %a, se4, %a
        vstore  z, %a
        .cycles 0
        vload   %a, x0
        vneg.i32.w v3, %a
        vabs.i32.s v3, v3
; error: E-SCHEDULE 9-18: `vabs.i32.s` needs V3 while `vneg.i32.w` does, and neither can wait
; note 84:9-18: `vneg.i32.w` is here
; help: leave V3 out of one of them, and the assembler finds another
        vstore  z, v3
        .cycles 0
        vload   %a, x0
        .rept 3
        shift.up.4 %a, %a, 1 !W
; error: E-SCHEDULE 9-18: 3 units to shift and select are needed at once; a switch has 2
; help: the other switch has as many: pin one to it, or leave the pin out
        vneg.i32.w %a, %a
        .endr
        vstore  z, %a
        .cycles 0
; one permuter a switch
        vload   %a, x0
        vload   %map, map
        vload   %other, other
        permute.4 %a, %a, %map !W
        permute.4 %a, %a, %other !W
; error: E-SCHEDULE 9-17: `permute.4` needs W.pm while `permute.4` does, and neither can wait
; note 104:9-17: `permute.4` is here
; help: the other switch has as many: pin one to it, or leave the pin out
        vstore  z, %a
        .cycles 0
; a lookup and its map
        vload   %m, rows
        vgather %y, table, %m
; error: E-SCHEDULE 9-15: `vgather` of `table` needs me4.rp while `vload` of `rows` does, and neither can wait
; note 112:9-13: `vload` of `rows` is here
; help: a slice has one such port: put one of the tensors in other slices, or write `@ auto`
        vstore  z, %y
