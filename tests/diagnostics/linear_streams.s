; Linear tensor code that has no schedule.
        .tensor x: f32[64, 320] @ mw0..mw3
        .tensor y: f32[64, 320] @ mw0..mw3
        .tensor z: f32[64, 320] @ me0..me3
        vload   %a, x
        vload   %b, y
; error: E-SCHEDULE 9-13: `vload` and `vload` need mw0.rp at the same time, and neither can wait
; note 5:9-13: `vload` is the other
; help: put one of the tensors in another place, or write `@ auto`
        vadd.f32 %c, %a, %b
        vstore  z, %c
