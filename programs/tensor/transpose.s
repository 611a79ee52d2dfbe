; Transpose of a matrix, i8[320, 320]: 16 rows in and 16 rows out a cycle.
;
; Computes   t = a^T. Both lie as weights do (layout mxm): row 16 R + i of a is row R of slice mw(i), row 16 C + j of t
;            is row C of slice me(28 + j). A superlane is 16 lanes, so 16 slices hold a row of 16 x 16 blocks.
; Teaches    the transposer only works within superlanes: it turns each 16 x 16 block, and block (R, C), which comes in
;            superlane C, must leave in superlane R. No op sends the superlanes of one row block to one superlane;
;            along a diagonal each goes to another one, by the same distance. So, for k = 0..19:
;              gather     superlane C takes row block C + k (all modulo 20): a diagonal of blocks
;              rotate     by k superlanes: block (R, R - k) gets to superlane R
;              transpose  the 16 streams, within superlanes
;              scatter    superlane R to row block R - k of t
;            Two ways to rotate: `permute`, its map changed in every cycle, or `shift.up` beside `shift.down` and
;            `vor` where both pass the VXM. Each takes four streams a cycle, and both switches do both.
;            `shift` by 0 lanes turns a stream round.
; Schedule   Quads 0 to 3 (positions 12 to 9) hold a, quads 7 to 10 of the east (21 to 24) t; maps are in quad 0 of
;            the east (14). A diagonal a cycle:
;
;                  4 ... 7    the map of the diagonal passes quads 0 to 3: `gather`, rows leave in 8 ... 11
;                 19          quads 2 and 3 at the switch of the west (1): quad 2 permuted, quad 3 shifted both ways
;                 21, 23      quad 0 at the switch of the east (25), shifted both ways; quad 1, permuted
;                 35 ... 39   all at the VXM (13): halves joined, the early ones delayed; all leave in 40
;                 52          at the switch of the east: `transpose`, rows leave in 72, and with them their map
;                 73 ... 76   `scatter` to quads 10 to 7; the last of 20 diagonals in 95
;
; Bound      ports and rotations: 16 slices read a row each, 2 x 2 ways to rotate take four streams each: 20 cycles.
;            The longest way of a diagonal, that of quad 1, is 77: its map 2, `gather` 4, `permute` 4, `vmov` 1,
;            `transpose` 20, `scatter` 1, and 3 + 14 + 12 + 12 + 4 hops. The second visit to a switch takes 24 of
;            these: no op samples what another one at the same place has just made. blocks + 76 = 96.
;
; cycles 96
; use E.tr0 20.8 %
; use E.pm 20.8 %
; use W.sh0 20.8 %
; use W.sh1 20.8 %
; use mw0.rp 20.8 %
; use me43.wp 20.8 %

        .equ blocks = 20                ; superlanes; a matrix is blocks x blocks
        .equ lanes = 16 * blocks
; `gather` and `scatter` count the rows of a bank: a and t lie at its beginning.
        .tensor a: i8[lanes, lanes] @ mw0..mw15 layout mxm
        .tensor t: i8[lanes, lanes] @ me28..me43 layout mxm
        .input a
        .output t

; Row k: in lane 0 of superlane s the row block (s + k) mod 20, the low bytes in me0, the high ones, all 0, in me1.
        .data me0
diagonals:
        .set i = 0
        .rept (blocks + 1) * blocks
        .u32 (i / blocks + i) % blocks, 0, 0, 0
        .set i = i + 1
        .endr
        .data me1
        .fill 4 * (blocks + 1) * blocks, 0

; Row k: the map that rotates by k superlanes, low bytes in me2, high ones in me3. `lane` is the first of the 16 lanes
; that superlane i mod 20 takes.
        .equ four = 0x01010101          ; times a byte: a word of four
        .macro next_lane
        .set lane = 16 * ((i + blocks - i / blocks) % blocks)
        .set i = i + 1
        .endm
        .data me2
rotations:
        .set i = 0
        .rept blocks * blocks
        next_lane
        .u32 lane % 256 * four + 0x03020100, lane % 256 * four + 0x07060504
        .u32 lane % 256 * four + 0x0B0A0908, lane % 256 * four + 0x0F0E0D0C
        .endr
        .data me3
        .set i = 0
        .rept blocks * blocks
        next_lane
        .fill 4, lane / 256 * four
        .endr

        .macro scatters at, s0, s1, s2, s3, t0, t1, t2, t3
        @\at            scatter \s0\().0, \t0, sw0, n=blocks
        @\at            scatter \s1\().0, \t1, sw0, n=blocks
        @\at            scatter \s2\().0, \t2, sw0, n=blocks
        @\at            scatter \s3\().0, \t3, sw0, n=blocks
        .endm

        .timeline
; Diagonals of blocks, slice mw(i) on stream i: quads 0 and 1 to the east, 2 and 3 to the west.
        @0              read.2  sw20, me0[diagonals], n=blocks
        .irp i, 0, 1, 2, 3
        @4              gather  se\i, mw\i\().0, sw20, n=blocks
        .endr
        .irp i, 4, 5, 6, 7
        @5              gather  se\i, mw\i\().0, sw20, n=blocks
        .endr
        .irp i, 8, 9, 10, 11
        @6              gather  sw\i, mw\i\().0, sw20, n=blocks
        .endr
        .irp i, 12, 13, 14, 15
        @7              gather  sw\i, mw\i\().0, sw20, n=blocks
        .endr

; Rotations. Their maps come past the VXM, which also sends them to the east.
        @3              read.2  sw22, me2[rotations], n=blocks
        @6              vmov.u16 se8, sw22, delay=3, n=blocks
        @19             permute.4 W, se24, sw8, 0, n=blocks
        @23             permute.4 E, sw8, se4, 0, n=blocks
        .set k = 0
        .rept blocks
        @18 + k         lmap    W, 0, sw22
        @19 + k         shift.up.4 W, se16, sw12, 16 * k
        @19 + k         shift.down.4 W, se20, sw12, lanes - 16 * k
        @21 + k         shift.up.4 E, sw0, se0, 16 * k
        @21 + k         shift.down.4 E, sw4, se0, lanes - 16 * k
        @22 + k         lmap    E, 0, se8
        .set k = k + 1
        .endr

; Quad i on se(16 + 4 i), all in step.
        @37             vor.u32 se16, sw0, sw4, n=blocks
        @39             vmov.u32 se20, sw8, n=blocks
        @35             vmov.u32 se24, se24, delay=4, n=blocks
        @35             vor.u32 v0, se16, se20, n=blocks
        @38             vmov.u32 se28, v0, delay=1, n=blocks

; Blocks turned, and the diagonals once more, backward: superlane s to row block s - k.
        @52             transpose E, sw16, se16, n=blocks
        @55             read.2  se10, me0[diagonals + blocks], n=blocks, stride=-1
        @68             shift.up.2 E, sw0, se10, 0, n=blocks
        scatters 73, me40, me41, me42, me43, sw28, sw29, sw30, sw31
        scatters 74, me36, me37, me38, me39, sw24, sw25, sw26, sw27
        scatters 75, me32, me33, me34, me35, sw20, sw21, sw22, sw23
        scatters 76, me28, me29, me30, me31, sw16, sw17, sw18, sw19
        @76             halt
        .endtimeline
        .drain blocks + 76
