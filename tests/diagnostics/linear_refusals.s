; Linear tensor code of which more is wanted at once than there is, and what would help.
        .tensor x0: i32[64, 320] @ mw0..mw3.0
        .tensor z: i32[64, 320] @ me0..me3.0
        .tensor half: i32[32, 320] @ me0..me3.1
; more ops than units, of which none waits
        vload   %a, x0
        .rept 17
        vneg.i32.w %a, %a
; error: E-SCHEDULE 9-18: 17 vector ALUs are needed at once; lpu1 has 16
; help: what shares values runs at once: store a value half-way, and load it again further down
        .endr
        vstore  z, %a
        .cycles 0
; pins to a cycle
        vload   %a, x0
        vstore  z, %a
        vload   %b, x0, n=32 !cycle=10
; error: E-SCHEDULE 9-13: `vload` of `x0` needs mw0.rp while `vload` of `x0` does, and neither can wait
; note 15:9-13: `vload` of `x0` is here
; help: the pin is in its way: `!cycle=64` lets it wait, or leave it out
        vstore  half, %b
        .cycles 0
        vload   %a, x0
        vstore  z, %a
        vload   %b, x0, n=32
; error: E-SCHEDULE 9-13: `vload` of `x0` needs mw0.rp while `vload` of `x0` does, and neither can wait
; note 23:9-13: `vload` of `x0` is here
; help: the pin of `vneg.i32.w` in line 29 is in its way: `!cycle=67` lets it wait, or leave it out
        vneg.i32.w %b, %b !cycle=12
        vstore  half, %b
