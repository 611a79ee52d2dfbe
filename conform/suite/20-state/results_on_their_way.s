; A result on its way is told with the cycle in which it lands.
; rules M-20.1
; run until=4
; expect running cycle 4
; leaves Result 4, Result.landing 9, Result.issued 1, Result.stream 32

        .unchecked
        { nop 1 }
        { vdiv.f32 sw0, r1, 1.0 }
        { nop 9 }
        { halt }
