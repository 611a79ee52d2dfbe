; Shellsort, in place.
;
; Computes   x in ascending order, int32.
; Teaches    loops whose length depends on the data: compare, jump, and a condition code that the jump reads
;            one cycle later. What can be decided without a jump is cheaper without one.
; Bound      control: an inner step takes a load (4 cycles), a compare and two jumps, one of them taken (3).
;
; cycles 1202                               ; 12 where an element moves up, 11 or 17 for one that is put in its place
; expect x = [-31, -6, -5, -1, 0, 1, 1, 2, 3, 4, 5, 7, 8, 9, 12, 40]

        .param n = 16                   ; other sizes: -D n=1000 -i x=x.npy
.if n == 16
x:      .i32 3, -1, 4, 1, -5, 9, 2, -6, 5, 40, 8, -31, 7, 12, 0, 1
.else
        .array x: i32[n]
.endif
        .input x
        .output x

        mov     r1, n / 2               ; the gap
gap:    cmp     r1, 0
        jle     done
        mov     r2, r1                  ; i
element:
        cmp     r2, n
        jge     gap_done
        ld      r5, [x + r2]            ; the element to insert among x[i-gap], x[i-2*gap], ...
        mov     r3, r2                  ; j, where it may go
shift:  sub     r4, r3, r1
        cmp     r4, 0
        jlt     insert
        ld      r6, [x + r4]
        cmp     r6, r5
        jle     insert
        st      [x + r3], r6            ; x[j-gap] is greater and moves up
        mov     r3, r4
        jmp     shift
insert: st      [x + r3], r5
        add     r2, r2, 1
        jmp     element
gap_done:
        shr     r1, r1, 1
        jmp     gap
done:
