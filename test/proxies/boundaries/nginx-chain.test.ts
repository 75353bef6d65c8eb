// nginx → Gantry over the whole corpus: the two never disagree on where a request ends (RFC 9112 §6.3, §11.2).

import { afterAll, beforeAll, describe } from 'vitest'
import { missingTools } from '../../harness/test-tools.ts'
import { canHaveClientAddress } from '../client-view.ts'
import { describeChain } from './describe-chain.ts'
import { nginxForwarded, startNginxChain } from './nginx-chain.ts'
import { RecordingServer } from './recording-gantry.ts'

const VARIANTS = [
  ['nginx that sends bodies on as they come', { isBuffering: false, isLenient: false }],
  ['nginx that collects bodies', { isBuffering: true, isLenient: false }],
  ['nginx that passes on what it should drop', { isBuffering: false, isLenient: true }],
] as const

const missing = await missingTools(['nginx'])

describe.skipIf(!canHaveClientAddress || missing.has('nginx'))('message boundaries', () => {
  let gantry: RecordingServer
  beforeAll(async () => {
    gantry = await RecordingServer.start()
  })
  afterAll(async () => {
    await gantry[Symbol.asyncDispose]()
  })

  for (const [name, variant] of VARIANTS) {
    const start = (gantryPort: number) => startNginxChain(gantryPort, variant)
    describeChain({ name, start, forwardedBy: nginxForwarded }, () => gantry)
  }
})
