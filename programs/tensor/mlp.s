; A whole network: 1,797 handwritten digits through a multilayer perceptron, 0.32 cycles an image.
;
; Computes   hidden = u8(scale * (image w1 + b1)), score = hidden w2 + b2, label = the class of the greatest score (the
;            lowest of equal ones), for images of 64 pixels, 128 hidden values, 10 classes. Weights are i8, sums i32,
;            exact; the rounding to u8 saturates at 0 as well: that is the ReLU.
; Teaches    narrow layers side by side. A vector is five images, an array has five copies of the weights along its
;            diagonal, zeros elsewhere. SRAM holds only the 64 rows of a plane's weights, five copies abreast: they
;            are read five times over, and masks blank the copies of the other images on the way to the plane.
;            A layer in each hemisphere: what the planes of the west answer becomes, in ALUs, what those of the east
;            sample; nothing is stored but labels. A plane has half of the hidden layer; an ALU adds the two
;            halves of a score.
;            Argmax is a minimum of keys: class - 16 * score has the class in its low four bits.
; Schedule   All of an image's way; a vector follows each cycle:
;
;                  1    w1 leaves quads 3 to 0 of both sides, one cycle apart, at the VXM in
;                  7    masked, leaves in 10, at the planes of the west (0) in
;                 23    `lw`, 20 cycles; installed in 43. w2 comes 20 cycles behind, to the planes of the east
;                 40    images leave mw40, at the planes in
;                 44    `abc`: sums at the exit in 68, leave in 70
;                 83    at the VXM (13): + b1; times scale, to u8; leaves in 90
;                103    at the planes of the east (26): `abc`; at the exit in 127, leave in 129
;                142    at the VXM: halves added, shifted, taken from the constants; keys leave in 151
;                163    at the switch of the west (1): the least of 16 lanes, leaves in 183
;                195    at the VXM: low four bits, in one byte; leaves in 199
;                211    at the switch of the east (25): from lanes 0, 16, .. 64 to lanes 0 to 4; leaves in 215
;                216    written to me40; the last row in 575
;
; Bound      the planes: each layer takes two of them for a cycle a vector, 360 cycles in all. Most of the products are
;            with zeros, four fifths in layer 1: the price of five images at once. One at a time takes 1,797 cycles.
;            The first vector is under way for 216: 44 until w1 is there, 2 x (24 + 2) in planes, 3 x 13 + 3 x 12 + 1
;            hops, 7 + 9 + 4 in ALUs, 20 + 4 in switches. 360 + 216 = 576; ten more images are two more cycles.
;            At 900 MHz that is 0.64 microseconds for all, 0.36 nanoseconds an image.
;
; mlp_train.py made the .npy files and writes the images:
;            python programs/tensor/mlp_train.py --images images.npy
;            lpu run programs/tensor/mlp.s -i images=images.npy -o labels=labels.npy
;
; cycles 576
; use P0.abc 62.5 %
; use P3.abc 62.5 %

        .equ vectors = 360              ; of five images
        .tensor images: u8[vectors, 320] @ mw40
        .tensor labels: u8[vectors, 5] @ me40
        .tensor w1_0: i8[64, 320] @ me0..me15 layout mxm = "mlp_w1_0.npy"  ; to hidden values 0..63
        .tensor w1_1: i8[64, 320] @ mw0..mw15 layout mxm = "mlp_w1_1.npy"  ; to hidden values 64..127
        .tensor w2_0: i8[64, 80] @ me0..me15 layout mxm = "mlp_w2_0.npy"  ; from hidden values 0..63
        .tensor w2_1: i8[64, 80] @ mw0..mw15 layout mxm = "mlp_w2_1.npy"
        .tensor masks: u8[10, 320] @ mw16 = "mlp_masks.npy"  ; lanes of each image in layer 1, then in layer 2
        .tensor constants: i32[3, 320] @ mw20..mw23 = "mlp_constants.npy"  ; b1 of both halves, class - 16 * b2
        .tensor firsts: u16[5] @ me42..me43 = 0, 16, 32, 48, 64
        .array scale: f32[1] = "mlp_scale.npy"
        .input images
        .output labels

; Sixteen rows of weights a cycle onto streams from `in` on, each of the 64 rows five times.
        .macro rows at, in, slices, weights
        @\at + 3        read.4  \in\()0, \slices\()0[\weights], n=4, m=5, e=4, stride2=0
        @\at + 2        read.4  \in\()4, \slices\()4[\weights], n=4, m=5, e=4, stride2=0
        @\at + 1        read.4  \in\()8, \slices\()8[\weights], n=4, m=5, e=4, stride2=0
        @\at            read.4  \in\()12, \slices\()12[\weights], n=4, m=5, e=4, stride2=0
        .endm

; Four rows, as one u32: on the lanes of their image what they are, elsewhere 0.
        .macro masked at, out, in
        @\at            vsel.u32 \out, se16, \in, r0, n=20
        .endm

; The array of a plane, five images abreast, from 43 cycles after `at` on: weights come on 16 streams from `in`0 on and
; go on to the plane on 16 streams, which are groups a, b, c and d.
        .macro install at, plane, in, slices, weights, a, b, c, d
        rows    \at, \in, \slices, \weights
        masked  \at + 6, \a, \in\()0
        masked  \at + 6, \b, \in\()4
        masked  \at + 6, \c, \in\()8
        masked  \at + 6, \d, \in\()12
        @\at + 22       lw.i8   \plane, \a, n=20
        @\at + 42       iw      \plane
        .endm

; A half of the hidden layer: sums of a plane to activations on stream `to`.
        .macro hidden plane, sums, bias, biased, to
        @44             abc.u8  \plane, sw16, n=vectors
        @68             acc.emit \plane, \sums, n=vectors
        @83             vadd.i32.w \biased, \sums, \bias, n=vectors
        @86             vcvts.u8.i32 \to, \biased, r1, n=vectors
        .endm

        .timeline
        @0              ld      r1, [scale]
        @0              read.2  se30, me42[firsts]
        @3              lmap    E, 0, se30
        @0              read.4  se20, mw20[constants], n=3
        @8              vmov.i32 v8, se20  ; b1 of hidden values 0..63
        @9              vmov.i32 v9, se20  ; of 64..127
        @10             vmov.i32 v10, se20  ; class - 16 * b2
        @0              read    se16, mw16[masks], n=4, stride=0, m=10, e=4, stride2=1
        install 1, 0, sw, me, w1_0, sw0, sw4, sw8, sw12
        install 1, 1, se, mw, w1_1, sw16, sw20, sw24, sw28
        install 21, 2, sw, me, w2_0, se0, se4, se8, se12
        install 21, 3, se, mw, w2_1, se16, se20, se24, se28

; From pixels to labels.
        @40             read    sw16, mw40[images], n=vectors
        hidden  0, se0, v8, v0, se8
        hidden  1, se4, v9, v1, se9
        @103            abc.u8  2, se8, n=vectors
        @103            abc.u8  3, se9, n=vectors
        @127            acc.emit 2, sw0, n=vectors
        @127            acc.emit 3, sw4, n=vectors
        @142            vadd.i32.w v2, sw0, sw4, n=vectors
        @145            vshl.i32 v3, v2, 4, n=vectors
        @148            vsub.i32.w sw8, v10, v3, n=vectors
        @163            reduce.min.i32 W, se12, sw8, span=16, n=vectors
        @195            vand.i32 v4, se12, 15, n=vectors
        @198            vmov.u8 se16, v4, n=vectors
        @211            permute E, sw12, se16, 0, n=vectors
        @216            write   me40[labels], sw12, n=vectors
        @216            halt
        .endtimeline
        .drain vectors + 216
