; A 3 x 3 convolution over an image.
;
; Computes   out[y,x] = sum of image[y+dy, x+dx] * kernel[dy, dx], the "valid" part, wrapping (as a neural
;            network has it: the kernel is not turned).
; Teaches    constant offsets in addresses: [image + dy*w + dx + r4*w + r5] is one load, whatever dy and dx.
;            The nine weights stay in registers. Four sums are kept, because `mad` takes 3 cycles.
; Bound      the bank of the image and the multiplier: nine loads, nine products, one a cycle. The ninth product
;            follows 4 cycles after its load, 3 later the last sum, then the store: 17 cycles a pixel, and a
;            pixel starts every 9.
;
; cycles 120                                ; 9 for the weights, then a row at a time: 1 + 9 (w - 3) + 17 + 1
; expect out = [[-16, 4, 4], [-16, 4, 4], [-16, 4, 4]]

        .param h = 5
        .param w = 5
.if h == 5 && w == 5
        .array image: i32[h, w] = 0, 7, 4, 1, 8, 5, 2, 9, 6, 3, 0, 7, 4, 1, 8, 5, 2, 9, 6, 3, 0, 7, 4, 1, 8
.else
        .array image: i32[h, w]
.endif
        .array kernel: i32[3, 3] = 1, 0, -1, 2, 0, -2, 1, 0, -1
        .array out: i32[h - 2, w - 2]
        .input image
        .input kernel
        .output out

        ld      r20, [kernel + 0]
        ld      r21, [kernel + 1]
        ld      r22, [kernel + 2]
        ld      r23, [kernel + 3]
        ld      r24, [kernel + 4]
        ld      r25, [kernel + 5]
        ld      r26, [kernel + 6]
        ld      r27, [kernel + 7]
        ld      r28, [kernel + 8]

.macro first dy, dx, pixel, weight, sum
        ld      \pixel, [image + \dy*w + \dx + r4*w + r5]
        mul     \sum, \pixel, \weight
.endm
.macro tap dy, dx, pixel, weight, sum
        ld      \pixel, [image + \dy*w + \dx + r4*w + r5]
        mad     \sum, \pixel, \weight, \sum
.endm

        mov     r3, 0                   ; where the output goes
        mov     r4, 0                   ; y
        loop    h - 2, done
        mov     r5, 0                   ; x
        loop    w - 2, row_done
        first   0, 0, r10, r20, r6
        first   0, 1, r11, r21, r7
        first   0, 2, r12, r22, r8
        first   1, 0, r13, r23, r9
        tap     1, 1, r14, r24, r6
        tap     1, 2, r15, r25, r7
        tap     2, 0, r16, r26, r8
        tap     2, 1, r17, r27, r9
        tap     2, 2, r18, r28, r6
        add     r7, r7, r8
        add     r7, r7, r9
        add     r6, r6, r7
        st      [out + r3], r6
        add     r3, r3, 1
        add     r5, r5, 1
row_done:
        add     r4, r4, 1
done:
