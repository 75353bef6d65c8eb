// CRC-32C (Castagnoli, RFC 3309 §2), which the PROXY protocol may carry over its own header.

const REVERSED_POLYNOMIAL = 0x82f63b78

/** Of all the bytes in a row. */
export function crc32c(bytes: Iterable<number>): number {
  let remainder = 0xffff_ffff
  for (const byte of bytes) {
    remainder ^= byte
    // Bit by bit: a header is short, and comes once for each connection.
    for (let bit = 0; bit < 8; bit++)
      remainder = (remainder & 1) === 1 ? (remainder >>> 1) ^ REVERSED_POLYNOMIAL : remainder >>> 1
  }
  return ~remainder >>> 0
}
