; Embedding lookup: 512 tokens out of a table of 4,096 rows of f32[320], two tokens a cycle.
;
; Computes   y[i] = table[token i]. Both hemispheres hold the table; the west looks up the first half of the tokens.
; Teaches    the scalar face steers the tensor face. A token is one word of memory: `ld` puts it in a register, `vmov`
;            on every lane of a stream, and `gather` takes the row from there. So the tokens need no layout.
;            A load takes 4 cycles, so four registers serve one load a cycle: each is read in the very cycle in which
;            its next load issues. A bank takes one access a cycle, so what comes out of bank 0 goes to the next quad.
; Schedule   the west; the east is its mirror image. Every cycle one more token:
;
;                  0    `ld`, in a register in 4
;                  4    `vmov`, leaves the VXM (13) in 5
;                  6    the map passes quad 0 (12): `gather` in four slices, the row leaves in 10
;                 11    written to quad 1 (11); the last row in 266
;
; Bound      L0 and L1: each loads a token a cycle, so 256 cycles for 512. A token is under way for 4 + 1 cycles and a
;            hop until its map is there, 4 and a hop until its row is: tokens + 11 = 267. A row is 1,280 bytes.
;
; cycles 267
; use L0 95.9 %
; use L1 95.9 %
; use mw0.rp 95.9 %
; use me4.wp 95.9 %

        .equ tokens = 256               ; of each hemisphere
        .equ vocabulary = 4096          ; rows of a bank
        .irp side, w, e
        .array tokens_\side: u32[tokens] @ m\side\()40
        .tensor table_\side: f32[vocabulary, 320] @ m\side\()0..m\side\()3.0
        .tensor y_\side: f32[tokens, 320] @ m\side\()4..m\side\()7
        .input tokens_\side
        .input table_\side
        .output y_\side
        .endr

; The rows that the maps on `map` name, on the group of streams p, q, r, s that flows the same way.
        .macro lookup side, map, p, q, r, s
        @6              gather  \p, m\side\()0.0, \map, n=tokens
        @6              gather  \q, m\side\()1.0, \map, n=tokens
        @6              gather  \r, m\side\()2.0, \map, n=tokens
        @6              gather  \s, m\side\()3.0, \map, n=tokens
        @11             write.4 m\side\()4[y_\side], \p, n=tokens
        .endm

        .timeline
        lookup  w, sw0, sw4, sw5, sw6, sw7
        lookup  e, se0, se4, se5, se6, se7
        .set i = 0
        .rept tokens / 4
        .irp k, 0, 1, 2, 3
        @i              ld      r1\k, [tokens_w + i]
        @i              ld      r2\k, [tokens_e + i]
        @i + 4          vmov.u16 sw0, r1\k
        @i + 4          vmov.u16 se0, r2\k
        .set i = i + 1
        .endr
        .endr
        @tokens + 10    halt
        .endtimeline
        .drain tokens + 11
