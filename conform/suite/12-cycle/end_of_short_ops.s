; A stream value on its way does not keep a run: it is over when the result has left.
; rules M-12.6 M-18.4
; expect halt cycle 2

        .unchecked
        { vmov.i32 se0, 7 }
        { halt }
