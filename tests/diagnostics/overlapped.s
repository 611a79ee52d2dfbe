        .timeline
        @0      vmov.i8     se0, 1, n=9
        @3      halt
; error: E-OVERLAP 17-20: `halt` stands in a timeline that another overlaps: the cycles after it are not its own
; note 8:9-16: the overlap is here
; help: leave `halt` out: only the last of timelines that overlap ends the program or jumps
        .endtimeline
        .overlap 5
        .timeline
        @0      jeq         x
; error: E-OVERLAP 17-19: `jeq` stands in a timeline that another overlaps: the cycles after it are not its own
; note 16:9-16: the overlap is here
; help: leave `jeq` out: only the last of timelines that overlap ends the program or jumps
        @2      nop 1
        .endtimeline
        .overlap 5
        .timeline
        @0      nop 3
        .endtimeline
        { nop 1 }
x:      .timeline
        @0      nop 3
        .endtimeline
        .overlap 4
; error: E-OVERLAP 9-16: an overlap of 4 cycles is longer than what it overlaps, which takes 3 cycles
; help: write at most `.overlap 3`, or `.overlap max`
        .timeline
        @0      nop 3
        .endtimeline
        .overlap 99999999999999999999999999
        .timeline
        @0      nop 3
        .endtimeline
