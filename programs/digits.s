; Handwritten digits: a linear classifier over 8 x 8 images.
;
; Computes   score[c] = bias[c] + sum over p of image[p] * weights[p, c], and label = the c of the greatest score
;            (the lowest c of equal ones), for n images of 64 pixels of 0..16, packed four to a word.
; Teaches    a real computation end to end: weights trained elsewhere come in from .npy files at assembly,
;            images and labels with -i and -o. Ten sums live in ten registers; a pixel is extracted once and
;            used ten times. The weight of the next pixel is loaded into a register in the cycle in which the
;            multiplier reads it for this one, and lands 4 cycles later, well before it is needed.
; Bound      the multiplier: 640 products an image, one a cycle. A round (one word, four pixels) makes 40; its
;            first 5 cycles, until the pixels are there, overlap with the round before.
;
; cycles 1196803                            ; 1 + n (16 * 40 + 26): sixteen words; around them the bias and the greatest score
;
; digits_train.py made the weights and writes the images:
;            python programs/digits_train.py --images images.npy
;            lpu run programs/digits.s -i images=images.npy -o labels=labels.npy

        .param n = 1797
        .array images: u8[n, 64]
        .array weights: i32[64, 10] = "digits_weights.npy"
        .array bias: i32[10] = "digits_bias.npy"
        .array labels: i32[n]
        .input images
        .output labels

; r0..r3 four pixels, r4 the word they come in, r5 next word of images, r6 next row of weights, r7 image
; r10..r19 the sums, r20..r29 one weight for each

.macro pixel p, offset
        product \p, 0 + \offset, r10, r20
        product \p, 1 + \offset, r11, r21
        product \p, 2 + \offset, r12, r22
        product \p, 3 + \offset, r13, r23
        product \p, 4 + \offset, r14, r24
        product \p, 5 + \offset, r15, r25
        product \p, 6 + \offset, r16, r26
        product \p, 7 + \offset, r17, r27
        product \p, 8 + \offset, r18, r28
        product \p, 9 + \offset, r19, r29
.endm
.macro product p, offset, sum, weight
        ld      \weight, [weights + \offset + r6]
        mad     \sum, \weight, \p, \sum
.endm
.macro greater c, sum                   ; r8 the greatest score, r9 its digit
        cmp     r8, \sum
        sel.lt  r8, \sum, r8
        mov     r0, \c
        sel.lt  r9, r0, r9
.endm

        mov     r5, 0
        mov     r7, 0
        loop    n, done
        ld      r10, [bias + 0]
        ld      r11, [bias + 1]
        ld      r12, [bias + 2]
        ld      r13, [bias + 3]
        ld      r14, [bias + 4]
        ld      r15, [bias + 5]
        ld      r16, [bias + 6]
        ld      r17, [bias + 7]
        ld      r18, [bias + 8]
        ld      r19, [bias + 9]
        mov     r6, 0
        loop    16, scored
        ld      r4, [images + r5]
        ext.u32 r0, r4, 0, 8
        ext.u32 r1, r4, 8, 8
        ext.u32 r2, r4, 16, 8
        ext.u32 r3, r4, 24, 8
        pixel   r0, 0
        pixel   r1, 10
        pixel   r2, 20
        pixel   r3, 30
        add     r5, r5, 1
        add     r6, r6, 40
scored: mov     r8, r10
        mov     r9, 0
        greater 1, r11
        greater 2, r12
        greater 3, r13
        greater 4, r14
        greater 5, r15
        greater 6, r16
        greater 7, r17
        greater 8, r18
        greater 9, r19
        st      [labels + r7], r9
        add     r7, r7, 1
done:
