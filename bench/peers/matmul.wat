;; The int32 matrix product of programs/matmul.s for engines of WebAssembly: C = A B, n x n, `repeats` times.
;; A is at 0, B and C come after it; the host fills A and B and reads C.
(module
  (memory (export "memory") 16)
  (func (export "multiply") (param $n i32) (param $repeats i32)
    (local $row i32) (local $b i32) (local $c i32) (local $i i32) (local $j i32) (local $a i32) (local $at i32)
    (local $end i32) (local $sum i32)
    (local.set $row (i32.shl (local.get $n) (i32.const 2)))
    (local.set $b (i32.mul (local.get $n) (local.get $row)))
    (block $done
      (loop $again
        (br_if $done (i32.eqz (local.get $repeats)))
        (local.set $repeats (i32.sub (local.get $repeats) (i32.const 1)))
        (local.set $c (i32.shl (local.get $b) (i32.const 1)))
        (local.set $i (i32.const 0))
        (loop $rows
          (local.set $j (i32.const 0))
          (loop $columns
            (local.set $sum (i32.const 0))
            (local.set $a (local.get $i))
            (local.set $end (i32.add (local.get $i) (local.get $row)))
            (local.set $at (i32.add (local.get $b) (local.get $j)))
            (loop $depth
              (local.set $sum (i32.add (local.get $sum)
                (i32.mul (i32.load (local.get $a)) (i32.load (local.get $at)))))
              (local.set $a (i32.add (local.get $a) (i32.const 4)))
              (local.set $at (i32.add (local.get $at) (local.get $row)))
              (br_if $depth (i32.lt_u (local.get $a) (local.get $end))))
            (i32.store (local.get $c) (local.get $sum))
            (local.set $c (i32.add (local.get $c) (i32.const 4)))
            (local.set $j (i32.add (local.get $j) (i32.const 4)))
            (br_if $columns (i32.lt_u (local.get $j) (local.get $row))))
          (local.set $i (i32.add (local.get $i) (local.get $row)))
          (br_if $rows (i32.lt_u (local.get $i) (local.get $b))))
        (br $again)))))
