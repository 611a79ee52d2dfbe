; Embedding lookup: ../gather.s as values. Registers that have no name here hold the tokens that are under way.
; cycles 267
        .equ tokens = 256               ; of each hemisphere
        .irp side, w, e
        .array tokens_\side: u32[tokens] @ m\side\()40
        .tensor table_\side: f32[4096, 320] @ m\side\()0..m\side\()3.0
        .tensor y_\side: f32[tokens, 320] @ m\side\()4..m\side\()7
        .input tokens_\side
        .input table_\side
        .output y_\side
        .set i = 0
        .rept tokens
        ld      r1, [tokens_\side + i]
        vmov.u16 %row, r1
        vgather %row, table_\side, %row
        vstore  y_\side, %row, row=i
        .set i = i + 1
        .endr
        .endr
