; A run is over when all has landed, not when fetching ends.
; rules M-4.9 M-4.10
; expect halt cycle 18
; leaves count after 0

        .unchecked
        { div r3, r1, 7 }
        { halt }
after:  { trap 1 }
