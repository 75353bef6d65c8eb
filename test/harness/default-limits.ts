// The limits of the codec as users have them by default. test/config/resolve.test.ts holds the options to the same figures.

import type { HttpLimits } from '../../src/http/limits.ts'

export const DEFAULT_LIMITS: HttpLimits = {
  maxRequestLineBytes: 8192,
  maxHeaderBytes: 16_384,
  maxHeadBytes: 65_536,
  maxHeaders: 100,
  maxTrailerBytes: 16_384,
  maxChunkExtensionBytes: 16_384,
  maxBodyBytes: 1_073_741_824,
}
