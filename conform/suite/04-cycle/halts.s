; `halt` ends fetching; the run is over in the cycle after it.
; rules M-4.9 M-4.10
; expect halt cycle 2
; leaves count after 0

        .unchecked
        { mov r1, 1 }
        { assert r1, 1  ||  halt }
after:  { trap 1 }
