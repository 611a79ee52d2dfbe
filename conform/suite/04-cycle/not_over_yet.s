; A run is not over while a register write is in flight, though fetching has ended.
; rules M-4.10
; run until=17
; expect running cycle 17
; leaves InFlight 1, InFlight.landing 18, InFlight.issued 0

        .unchecked
        { div r3, r1, 7 }
        { halt }
