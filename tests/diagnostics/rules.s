        .machine lpu-tiny
        { div r4, r5, 0 }
; error: E-DIV 23-23: `div` divides by 0
; help: a divisor is any other number
        { ld r1, [99999] }
; error: E-RANGE 18-24: word address 99999 is past the end of memory
; help: lpu-tiny has 16384 words, the last at 16383
        { ld r1, [0] || ld r2, [1] }
; error: E-BANK 25-26: two accesses of bank mw0.0 in one cycle
; note 8:11-12: `ld` accesses it here
; help: put them in different bundles, or the data in different banks
        { nop 1 || jmp end }
; error: E-UNIT-BUSY 20-22: `jmp` needs B0, which is taken in this bundle
; note 12:11-13: B0 runs `nop`
; help: move this op to a bundle of its own
        { mov r9, 1 || mov r9, 2 }
; error: E-WRITE-CLASH 28-29: r9 is written twice in one bundle, by `mov` and `mov`
; note 16:11-13: also written here
; help: move one of them to another bundle
end:    { loop 3, end }
; error: E-LOOP 19-21: this loop ends before its body begins: the body is the bundles between `loop` and its label
; help: put the label after at least one bundle of body
        { nop 1 }
