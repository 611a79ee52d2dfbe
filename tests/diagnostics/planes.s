        .timeline
        @0      read        sw16, mw0[0], n=3
        @14     abc.i8      0, sw16
; error: E-TYPE 17-22: plane 0 has no array in cycle 14, when `abc.i8` needs one
; help: load weights with `lw` and install them with `iw`
        @14     iw          0
        @15     iw          1
        @15     abc.i8      0, sw16, n=2
; error: E-TYPE 17-22: plane 0 has no array in cycle 15, when `abc.i8` needs one
; note 6:17-18: installed here
; help: load weights with `lw` and install them with `iw`
        @39     acc.set     0, 1023, n=3
; error: E-ACC-EMPTY 29-29: element 2 of `acc.set` finds no result at the exit of plane 0 in cycle 41
; note 8:17-22: `abc.i8` makes 2 values
; help: its first 2 elements find values: write n=2, or make more of them
; error: E-RANGE 32-35: element 1 of `acc.set` is in accumulator row 1024
; help: a plane has rows 0 to 1023
        @15     lw.i8       2, se0, row0=310, n=2
; error: E-RANGE 17-21: element 1 of `lw.i8` loads row 326 of the weights
; help: a plane of lpu1 has rows 0 to 319
; error: E-STREAM-EMPTY 32-34: se0 is empty at plane 2 in cycle 15, when element 0 of `lw.i8` samples it
; help: nothing in this code puts a value on se0 where it flows to plane 2
        @100    halt
        .endtimeline
