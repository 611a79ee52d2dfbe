; Those of one bundle clash at the later in unit order.
; rules M-19.7 M-19.26 M-19.2
; needs quads = 2, vxm_alus >= 4
; expect E-STREAM-CLASH cycle 0 pc 0 slot 0 address 1 stream 0 position 4 element 0
;        other_pc 0 other_slot 1 other_cycle 0 other_landing 1 other_element 0

        .unchecked
        { vmov.u8 se0, 1 !V3  ||  vmov.u8 se0, 2 !V1 }
        { halt }
