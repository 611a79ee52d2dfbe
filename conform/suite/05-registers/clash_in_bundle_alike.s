; Two writes of one bundle to one register clash.
; rules M-5.4 M-5.6 M-8.16
; expect E-WRITE-CLASH cycle 0 pc 0 slot 1 resource 1 address 1
;        other_pc 0 other_slot 0 other_cycle 0 other_landing 1

        .unchecked
        { mov r1, 7  ||  mov r1, 5 }
        { halt }
