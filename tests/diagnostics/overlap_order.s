        .timeline
        @0      read        se0, mw0[9], n=8, d=2
        @3      vmov.i8     se4, se0, n=8, d=2 !V0
        @5      write       me0[9], se4, n=8, d=2
        .endtimeline
        .overlap 16
        .timeline
        @0      read        se8, me0[9], n=8, d=2
; error: E-OVERLAP 17-20: with an overlap of 16 cycles `read` comes to row 9 of me0.0 before `write` is done with it
; note 4:17-21: `write` of what is overlapped
; help: write `.overlap 14`
        @4      write       me8[9], se8, n=8, d=2
        .endtimeline
        .overlap 18
        .timeline
        @0      read        se4, mw8[9], n=8, d=2
; error: E-OVERLAP 17-20: with an overlap of 18 cycles values of `read` and `vmov.i8` meet on se4
; note 3:17-23: `vmov.i8` of what is overlapped
; help: write `.overlap 17`
; warning: W-STREAM-LOST 29-31: 5 of the 8 values that `read` puts on se4 are lost: nothing samples them
; note 3:17-23: `vmov.i8` overwrites them
        @7      write       me4[9], se4, n=8, d=2
        @23     nop         1
        .endtimeline
        .drain 29
