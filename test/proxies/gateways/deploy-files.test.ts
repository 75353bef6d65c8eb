// The commands in the heads of deploy/nginx and deploy/apache: they bind what the rest of the file connects to.

import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { parseBindAddress } from '../../../src/config/bind-address.ts'
import { REPOSITORY } from '../../harness/gantry-process.ts'
import { FILES, PROTOCOLS, bindOf, commandOf } from './gateways.ts'

describe.each(['nginx', 'apache'] as const)('deploy/%s', (server) => {
  test.each(PROTOCOLS)('%s', (protocol) => {
    const text = readFileSync(`${REPOSITORY}deploy/${server}/${FILES[protocol]}`, 'utf8')
    const [, bind = ''] = /--bind (\S+)/.exec(commandOf(server, protocol)) ?? []
    expect(bind).toBe(
      bindOf({ protocol, transport: 'unix' }, '/run/gantry').replace(`${protocol}.sock`, 'shop.sock'),
    )
    expect(parseBindAddress(bind).ok).toBe(true)
    expect(text).toContain(
      server === 'nginx' ? 'server unix:/run/gantry/shop.sock;' : 'unix:/run/gantry/shop.sock|',
    )
  })
})
