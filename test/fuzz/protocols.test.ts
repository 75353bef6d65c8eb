// Whatever a web server sends by FastCGI, SCGI or uwsgi, it is a request or refused, however it is cut. `npm run fuzz` goes on from here.

import { expect, test } from 'vitest'
import { FUZZED_PROTOCOLS, fuzzProtocol } from './fuzz-protocols.ts'

const ROUNDS = 10_000
const SEED = 1

test.each(FUZZED_PROTOCOLS)('%s is taken or refused', (protocol) => {
  const ends = fuzzProtocol(protocol, SEED, 0, ROUNDS)
  expect(ends.taken).toBeGreaterThan(0)
  expect(ends.refused).toBeGreaterThan(0)
})
