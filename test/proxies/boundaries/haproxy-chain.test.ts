// HAProxy → Gantry over the whole corpus: the two never disagree on where a request ends (RFC 9112 §6.3, §11.2).

import { afterAll, beforeAll, describe } from 'vitest'
import { missingTools } from '../../harness/test-tools.ts'
import { canHaveClientAddress } from '../client-view.ts'
import { describeChain } from './describe-chain.ts'
import { haproxyForwarded, startHaproxyChain } from './haproxy-chain.ts'
import { RecordingServer } from './recording-gantry.ts'

const VARIANTS = [
  ['HAProxy', { isLenient: false }],
  ['HAProxy that passes on what it should refuse', { isLenient: true }],
] as const

const missing = await missingTools(['haproxy'])

describe.skipIf(!canHaveClientAddress || missing.has('haproxy'))('message boundaries', () => {
  let gantry: RecordingServer
  beforeAll(async () => {
    gantry = await RecordingServer.start()
  })
  afterAll(async () => {
    await gantry[Symbol.asyncDispose]()
  })

  for (const [name, { isLenient }] of VARIANTS) {
    const start = (gantryPort: number) => startHaproxyChain(gantryPort, isLenient)
    describeChain({ name, start, forwardedBy: haproxyForwarded }, () => gantry)
  }
})
