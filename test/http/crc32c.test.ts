import { expect, test } from 'vitest'
import { crc32c } from '../../src/http/crc32c.ts'

test.each([
  ['nothing', Buffer.alloc(0), 0],
  ['123456789', Buffer.from('123456789'), 0xe3069283],
  // RFC 3720 (iSCSI) appendix B.4, which gives the bytes of the checksum in the order they are sent, the least first.
  ['32 zeros', Buffer.alloc(32), 0x8a9136aa],
  ['32 ones', Buffer.alloc(32, 0xff), 0x62a8ab43],
])('CRC-32C of %s', (_what, bytes, checksum) => {
  expect(crc32c(bytes)).toBe(checksum)
})
