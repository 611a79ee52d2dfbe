; Two writes of one bundle to one register clash, at the later in unit order, whatever their latencies.
; rules M-5.4 M-5.6 M-8.16
; expect E-WRITE-CLASH cycle 0 pc 0 slot 0 resource 1 address 3
;        other_pc 0 other_slot 1 other_cycle 0 other_landing 1

        .unchecked
        { mul r1, r2, r3  ||  mov r1, 5 }
        { halt }
