        .timeline
        @0      read        se0, mw4[0], n=8
; warning: W-STREAM-LOST 29-31: 2 of the 8 values that `read` puts on se0 are lost: nothing samples them
        @4      vneg.i8.w   v0, se0, n=6
        @2      read        se2, mw8[0], n=4
; warning: W-STREAM-LOST 29-31: all 4 values that `read` puts on se2 are lost: nothing samples them
        @3      read        se2, mw12[8], n=2
; warning: W-STREAM-LOST 29-31: all 2 values that `read` puts on se2 are lost: nothing samples them
; note 5:17-20: `read` overwrites them
        @2      vmov.i32    se4, 5
; warning: W-STREAM-LOST 29-31: the value that `vmov.i32` puts on se5..se7 is lost: nothing samples it
        @4      write       me0[0], se4
        @100    halt
        .endtimeline
