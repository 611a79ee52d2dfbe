; What is on its way when the run ends is not lost: in the cycle that would drop it the run is over.
; rules M-18.4 M-18.6
; needs quads >= 2
; expect halt cycle 6
; leaves losses 0, Value 1

        .unchecked
        { vmov.u8 se0, 7 }              ; leaves the VXM in 1, the planes in 5
        { nop 4 }
        { halt }
