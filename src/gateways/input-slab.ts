// Where received bytes are kept while a request needs them. Small pieces, which most requests are, share a slab.

const SLAB_BYTES = 262_144
const LARGEST_SHARED_BYTES = 32_768
const LARGEST_LOOP_BYTES = 256

let slab = Buffer.allocUnsafeSlow(SLAB_BYTES)
let used = 0

/** A copy: `bytes` from `start` to `end`. Filled by `keep`, and overwritten by the next. */
export const kept = { bytes: slab, start: 0, end: 0 }

/** Copies `bytes` from `from` to `to`; `kept` says where they are then. */
export function keep(bytes: Buffer, from: number, to: number): void {
  const length = to - from
  if (length > LARGEST_SHARED_BYTES) {
    kept.bytes = Buffer.allocUnsafeSlow(length)
    kept.start = 0
  } else {
    if (slab.length - used < length) {
      slab = Buffer.allocUnsafeSlow(SLAB_BYTES)
      used = 0
    }
    kept.bytes = slab
    kept.start = used
    used += length
  }
  kept.end = kept.start + length
  if (length <= LARGEST_LOOP_BYTES)
    for (let i = 0; i < length; i++) kept.bytes[kept.start + i] = bytes[from + i]!
  else kept.bytes.set(bytes.subarray(from, to), kept.start)
}
