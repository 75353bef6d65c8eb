// Memory for outgoing heads and small bodies, cut from the end of one slab after another: far cheaper than a Buffer each. A cut is
// never used again, so it may wait in a socket for as long as it likes.

const SLAB_BYTES = 262_144

let slab = Buffer.allocUnsafeSlow(SLAB_BYTES)
let used = 0

/** A slab with room for `bytes` from `reserved()` on. Write there, then cut with `taken`; nothing else may come in between. */
export function reserve(bytes: number): Buffer {
  if (slab.length - used < bytes) {
    slab = Buffer.allocUnsafeSlow(Math.max(bytes, SLAB_BYTES))
    used = 0
  }
  return slab
}

export function reserved(): number {
  return used
}

/** The bytes written from `reserved()` to `end`. */
export function taken(end: number): Buffer {
  const cut = slab.subarray(used, end)
  used = end
  return cut
}
