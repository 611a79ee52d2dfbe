; A batch of sequences and the embedding of their positions, a row a cycle; it has a planted bug, which
; docs/debugging.md finds.
;
; Computes   y = x + position, for 3 sequences of 4 tokens: token t of every sequence gets row t of the table.
; Teaches    bursts of two levels: n rows, m rounds of them, `stride2` rows from one round to the next.
; The bug    -D again=0 mends it. As it stands only the first sequence is right.

        .machine lpu-tiny
        .equ sequences = 3
        .equ tokens = 4
        .equ rows = sequences * tokens
        .equ again = 1                  ; rows of the table from the first of a sequence to the first of the next
        .tensor x: f32[rows, 32] @ mw0..mw3 = each(i, j, i + j / 32.0)
        .tensor position: f32[8, 32] @ mw4..mw7 = each(i, j, 100 * i + j)
        .tensor y: f32[rows, 32] @ me0..me3
        .output y

        .timeline
        @0              read.4  se4, mw4[position], n=tokens, m=sequences, e=tokens, stride2=again
        @1              read.4  se0, mw0[x], n=rows  ; one hop nearer, so one cycle later
        @4              vadd.f32 se8, se0, se4, n=rows
        @8              write.4 me0[y], se8, n=rows
        .endtimeline
