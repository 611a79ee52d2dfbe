        { mul r10, r8, r9 }
        { add r6, r6, r10 }
; error: E-HAZARD 23-25: r10 is read 1 cycle after `mul` issues; it is ready after 3
; note 1:11-13: written here, ready in cycle 3, read in cycle 1
; help: issue this bundle 2 cycles later, or put `nop 2` before line 2
        { mul r1, r2, r3 }
        { mov r1, 5 }
; error: E-WRITE-CLASH 15-16: `mov` writes r1 after 1 cycle, but the write of `mul` before it is in flight for 2 cycles more
; note 6:11-13: the write before it, lands in cycle 5
; help: issue this bundle 2 cycles later, or put `nop 2` before line 7
