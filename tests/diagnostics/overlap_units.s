        .timeline
        @0      vmov.i8     se0, 1, n=9 !V0
        @10     nop 1
        .cycles 11
        .endtimeline
        .drain  11
        .overlap 5
        .timeline
        @0      vmov.i8     se4, 1, n=5 !V0
; error: E-UNIT-BUSY 17-23: `vmov.i8` needs V0 in cycle 6; `vmov.i8` holds it until cycle 8
; note 2:17-23: V0 runs `vmov.i8` from cycle 0 on
; help: issue `vmov.i8` 3 cycles later
        @0      halt
        .drain  6
; error: E-CYCLES 9-14: this region is drained in 5 cycles, not in 6
; note 9:17-23: the region begins here
; help: write `.drain 5` if that is what is meant
        .endtimeline
        .drain  12
; error: E-CYCLES 9-14: this region is drained in 11 cycles, not in 12
; note 2:17-23: the region begins here
; help: write `.drain 11` if that is what is meant
