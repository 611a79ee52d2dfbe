; Even the last of the scalar faults does.
; rules M-8.5 M-5.4
; expect E-WRITE-CLASH cycle 0 pc 0 slot 1 resource 1 address 1
;        other_pc 0 other_slot 0 other_cycle 0 other_landing 1

        .unchecked
        { mov r1, 4  ||  mov r1, 5  ||  halt }
