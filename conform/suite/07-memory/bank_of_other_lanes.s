; A lane access of width 2 leaves the other slices of the quad, and the other banks, to others.
; rules M-7.8 M-2.2
; expect halt

        .unchecked
        { stl.2 mw0[0], 0, r0  ||  stl.2 mw2[0], 0, r0 }
        { stl.4 mw0[1], 0, r0  ||  stl.4 me0[1], 0, r0 }
        { halt }
