; Causal attention weights: a masked softmax over rows of 32 lanes; it has a planted bug, which docs/debugging.md finds.
;
; Computes   p = softmax(score + mask), row by row; token i may look at the tokens up to itself, so that the mask is
;            0 up to lane i and minus infinity behind it.
; Teaches    where a NaN comes from: minus infinity less minus infinity.
; The bug    -D reach=1 mends it. As it stands token 0 may look at nothing.

        .machine lpu-tiny
        .equ tokens = 8
        .equ reach = 0                  ; lanes below i + reach are looked at
        .equ hidden = f32bits(0xFF800000)
        .tensor score: f32[tokens, 32] @ mw0..mw3 = each(i, j, (i * 7 + j * 5) % 13 / 4.0)
        .tensor mask: f32[tokens, 32] @ mw4..mw7 = each(i, j, j < i + reach ? 0.0 : hidden)
        .tensor p: f32[tokens, 32] @ me0..me3
        .output p

        vload   %score, score
        vload   %mask, mask
        vadd.f32 %x, %score, %mask
        reduce.max.f32 %most, %x
        vsub.f32 %x, %x, %most
        vexp.f32 %x, %x
        reduce.add.f32 %sum, %x
        vdiv.f32 %p, %x, %sum
        vstore  p, %p
