        { vmov.i8 v0, 3, n=100 !V0 }
        { vmov.i8 v0, 4 !V0 }
; error: E-UNIT-BUSY 11-17: `vmov.i8` needs V0 in cycle 1; `vmov.i8` holds it until cycle 99
; note 1:11-17: V0 runs `vmov.i8` from cycle 0 on
; help: issue `vmov.i8` 99 cycles later
        { read se1, mw4[0], n=64 }
        { write mw4[8], se1, n=4 }
; error: E-BANK 11-15: two accesses of bank mw4.0 in cycle 3
; note 6:11-14: `read` accesses it here
; help: issue them in different cycles, or put the data in different banks
; error: E-STREAM-EMPTY 25-27: se1 is empty at mw4 in cycle 3, when element 0 of `write` samples it
; help: nothing in this code puts a value on se1 where it flows to mw4
        { read se3, mw8[8190], n=4 }
; error: E-RANGE 21-29: element 2 of `read` is in row 8192, outside the slice
; help: a slice has rows 0 to 8191
        { vmov.i32 v2, 1 !V2 || vneg.i32.w se4, r1 !V3 }
        { nop 1 }
        { vmov.i32 se4, 2 !V2 || vneg.f32 v1, v2 !V1 }
; error: E-STREAM-CLASH 11-18: `vneg.i32.w` and `vmov.i32` both put a result on se4 at the VXM in cycle 8
; note 16:33-42: `vneg.i32.w`, which issues in cycle 5
; help: issue `vmov.i32` 1 cycle later, or give it another place
        { nop 1 }
        { vmov.f32 v1, 1.0 !V1 }
; error: E-WRITE-CLASH 11-18: `vneg.f32` and `vmov.f32` both put a result on v1 in cycle 10
; note 18:34-41: `vneg.f32`, which issues in cycle 7
; help: issue `vmov.f32` 1 cycle later, or give it another place
