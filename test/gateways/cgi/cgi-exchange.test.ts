// What no application in the conformance tests brings about: files, error pages, outputs that nobody takes.

import { openSync, writeFileSync } from 'node:fs'
import { Writable } from 'node:stream'
import { expect, test } from 'vitest'
import { CgiExchange } from '../../../src/gateways/cgi/cgi-exchange.ts'
import { checkHead } from '../../../src/wsgi/checked-head.ts'
import { TemporaryDirectory } from '../../harness/temporary-directory.ts'

interface Opened {
  readonly exchange: CgiExchange
  readonly output: () => string
  readonly lost: string[]
}

/** `takes`: how many writes succeed. */
function open(method = 'GET', takes = Infinity): Opened {
  const lost: string[] = []
  let text = ''
  let writes = 0
  const output = new Writable({
    write(block: Buffer, _, done) {
      writes++
      if (writes <= takes) text += block.toString('latin1')
      done(writes > takes ? new Error('nobody reads') : null)
    },
  })
  const exchange = new CgiExchange({
    strings: { REQUEST_METHOD: method, REQUEST_URI: '/' },
    id: 'one',
    body: new Uint8Array(0),
    output,
    lost: (_, reason) => lost.push(reason),
  })
  return { exchange, output: () => text, lost }
}

test('a file is sent from where it is to begin, and the answer ends behind it', async () => {
  using directory = new TemporaryDirectory()
  writeFileSync(directory.join('file'), `skipped${'x'.repeat(200_000)}`)
  const { exchange, output } = open()
  exchange.begin(checkHead('200 OK', []))
  exchange.sendFile({ descriptor: openSync(directory.join('file'), 'r'), offset: 7, size: 200_000 })
  exchange.end()
  expect(await exchange.whenOver).toBe('answered')
  expect(output()).toBe(`Status: 200 OK\r\n\r\n${'x'.repeat(200_000)}`)
})

test('W61 a Status of the application is no second one, and a whole answer has its length', async () => {
  const { exchange, output } = open()
  exchange.answer(checkHead('200 OK', [['sTatus', '500 no']]), Buffer.from('a hello'), 2, 7)
  expect(await exchange.whenOver).toBe('answered')
  expect(output()).toBe('Status: 200 OK\r\nContent-Length: 5\r\n\r\nhello')
})

test('an error page of HEAD has a head only', async () => {
  const { exchange, output } = open('HEAD')
  exchange.fail(500, undefined, [['X-Added', 'yes']])
  expect(await exchange.whenOver).toBe('failed')
  expect(output()).toMatch(/^Status: 500 Internal Server Error\r\n(.+\r\n)*X-Added: yes\r\n(.+\r\n)*\r\n$/)
})

test('an output that fails ends what runs, once, and nothing is answered', async () => {
  const { exchange, lost } = open('GET', 1)
  let ended = 0
  exchange.onGone = () => ended++
  exchange.begin(checkHead('200 OK', []))
  exchange.write(Buffer.from('nobody takes this'))
  expect(await exchange.whenOver).toBe('gone')
  exchange.lose('again')
  expect([ended, exchange.client, lost]).toEqual([
    1,
    'gone',
    ['the client left before its answer was complete (nobody reads)'],
  ])
})
