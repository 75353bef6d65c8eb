// Options that must do what --help says of them: mounting, addresses, the Server field, processes.

import { existsSync, mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { networkInterfaces, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { get, getRequest, openConnection, startFixtures } from '../harness/fixtures.ts'
import type { GantryProcess } from '../harness/gantry-process.ts'
import { Gate } from '../harness/gate.ts'
import { RawConnection } from '../harness/raw-connection.ts'
import { until } from '../harness/until.ts'

const directory = realpathSync(mkdtempSync(join(tmpdir(), 'gantry-options-')))
afterAll(() => rmSync(directory, { recursive: true }))

const DEADLINE_MS = 15_000
const ONE = ['--workers', '1', '--threads', '1']
const hasIpv6 = Object.values(networkInterfaces()).some((each) =>
  each?.some(({ address }) => address === '::1'),
)

interface ProcessFacts {
  readonly script_name: string
  readonly path_info: string
  readonly server_name: string
  readonly server_port: string
  readonly remote_addr: string
}

/** The dispatcher of the fixtures reads PATH_INFO alone, so a mounted fixture is found as any other. */
async function factsAt(gantry: GantryProcess, target: string): Promise<ProcessFacts> {
  return JSON.parse((await get(gantry, target)).text) as ProcessFacts
}

describe('--script-name', () => {
  test('W18 splits the path at the mount point, and what lies outside of it stays whole', async () => {
    await using gantry = await startFixtures([...ONE, '--script-name', '/shop/caf\u00e9'])
    const mounted = { script_name: '/shop/caf\u00c3\u00a9', path_info: '/shows_its_process/a/b' }
    expect(await factsAt(gantry, '/shop/caf%C3%A9/shows_its_process/a%2Fb?q=1')).toMatchObject(mounted)
    for (const path of ['/shows_its_process', '/shows_its_process/shop/caf%C3%A9/x']) {
      const { script_name, path_info } = await factsAt(gantry, path)
      expect([script_name, path_info]).toEqual([
        '/shop/caf\u00c3\u00a9',
        Buffer.from(decodeURI(path)).toString('latin1'),
      ])
    }
    const { text } = await get(gantry, '/shop/caf%C3%A9/reconstructs_its_url?q=1')
    expect(text).toBe(
      'http://test.example/shop/caf%C3%A9/reconstructs_its_url?q=1\n/shop/caf\u00c3\u00a9/reconstructs_its_url',
    )
  })

  test('W18 does not take a longer segment for the mount point', async () => {
    await using gantry = await startFixtures([...ONE, '--script-name', '/shows'])
    expect(await factsAt(gantry, '/shows_its_process')).toMatchObject({
      script_name: '/shows',
      path_info: '/shows_its_process',
    })
  })
})

describe('--bind', () => {
  test('takes several addresses at once, port 0 a free port each, and prints them', async () => {
    const path = join(directory, 'several.sock')
    const binds = ['127.0.0.1:0', 'localhost:0', `unix:${path}`].flatMap((address) => ['--bind', address])
    await using gantry = await startFixtures([...ONE, ...binds], { hasBind: true })
    const ports = gantry.addresses
      .filter((address) => address.startsWith('http:'))
      .map((address) => new URL(address).port)
    expect(ports).toEqual([expect.stringMatching(/^[1-9]\d*$/), expect.stringMatching(/^[1-9]\d*$/)])
    expect(new Set(ports).size).toBe(2)
    expect(gantry.addresses).toContain(`unix:${path}`)

    for (const port of ports) {
      using connection = await RawConnection.open({ host: 'localhost', port: Number(port) })
      const { text } = await connection.request(getRequest('/shows_its_process'))
      expect(JSON.parse(text)).toMatchObject({ server_port: port })
    }
    using connection = await RawConnection.open({ path })
    const { text } = await connection.request(getRequest('/shows_its_process'))
    expect(JSON.parse(text)).toMatchObject({ server_name: 'localhost', server_port: '80', remote_addr: '' })
    await gantry.stop()
    expect(existsSync(path)).toBe(false)
  })

  test.skipIf(!hasIpv6)('takes an IPv6 address', async () => {
    await using gantry = await startFixtures([...ONE, '--bind', '[::1]:0'], { hasBind: true })
    expect(gantry.url).toMatch(/^http:\/\/\[::1\]:\d+$/)
    using connection = await RawConnection.open({ host: '::1', port: gantry.port })
    const { text } = await connection.request(getRequest('/shows_its_process'))
    expect(JSON.parse(text)).toMatchObject({ remote_addr: '::1', server_name: '::1' })
  })

  test('W11 without a host takes every interface, where an IPv4 client is an IPv4 client', async () => {
    await using gantry = await startFixtures([...ONE, '--bind', ':0'], { hasBind: true })
    expect(await factsAt(gantry, '/shows_its_process')).toMatchObject({ remote_addr: '127.0.0.1' })
  })

  test('may come from a variable, with commas', async () => {
    const env = { GANTRY_BIND: '127.0.0.1:0,127.0.0.1:0' }
    await using gantry = await startFixtures(ONE, { hasBind: true, env })
    expect(gantry.addresses).toHaveLength(2)
  })
})

// Of a Unix socket Linux refuses what no longer fits at once; of a port it lets clients wait.
describe.skipIf(process.platform !== 'linux')('--backlog', () => {
  test('is how many connections the system holds while nobody takes them', async () => {
    const path = join(directory, 'backlog.sock')
    const options = [...ONE, '--bind', `unix:${path}`, '--backlog', '3']
    await using gantry = await startFixtures(options, { hasBind: true })
    const front = gantry.frontPid
    process.kill(front, 'SIGSTOP')
    try {
      const opened = await Promise.allSettled(Array.from({ length: 12 }, () => RawConnection.open({ path })))
      const refused = opened.filter((each) => each.status === 'rejected')
      for (const each of opened) if (each.status === 'fulfilled') each.value.close()
      // The system holds one more than it is told to.
      expect(opened.length - refused.length).toBe(4)
      for (const { reason } of refused) expect(String(reason)).toContain('EAGAIN')
    } finally {
      process.kill(front, 'SIGCONT')
    }
    const isServed = async (): Promise<boolean> => {
      using connection = await RawConnection.open({ path })
      return (await connection.request(getRequest('/answers_hello'))).text === 'hello'
    }
    await until(
      () => isServed().catch(() => false),
      DEADLINE_MS,
      () => 'nobody is served again',
    )
  })
})

describe('--server-header', () => {
  test('W40 changes the Server field, also of error pages', async () => {
    await using gantry = await startFixtures([...ONE, '--server-header', 'shop/1.0 (beta)'])
    for (const target of ['/answers_hello', '/raises_before_headers']) {
      expect((await get(gantry, target)).values('Server')).toEqual(['shop/1.0 (beta)'])
    }
  })

  test('W40 switches the Server field off when it is empty, and leaves that of the application', async () => {
    await using gantry = await startFixtures([...ONE, '--server-header', ''])
    for (const target of ['/answers_hello', '/raises_before_headers']) {
      const answer = await get(gantry, target)
      expect([answer.values('Server'), answer.values('Date')]).toEqual([[], [expect.any(String)]])
    }
    expect((await get(gantry, '/sets_date_and_server')).values('Server')).toEqual(['its own'])
  })
})

describe('--workers and --threads', () => {
  test('as many requests run at once as workers times threads, and no more', async () => {
    using gate = await Gate.start()
    await using gantry = await startFixtures(['--workers', '2', '--threads', '3'])
    expect(gantry.stderr).toMatch(/workers +2 \(flag --workers\) x 3 threads \(flag --threads\)/)
    const connections = await Promise.all(Array.from({ length: 7 }, () => openConnection(gantry)))
    for (const [index, connection] of connections.entries()) {
      connection.send(getRequest(`/waits_at_the_gate?${gate.port}:request-${index}`))
    }
    await gate.arrived(6)
    const perWorker = new Map<string, number>()
    for (const name of gate.names) {
      const pid = name.split(' ')[1]!
      perWorker.set(pid, (perWorker.get(pid) ?? 0) + 1)
    }
    expect([...perWorker.values()]).toEqual([3, 3])
    expect(gate.names).toHaveLength(6)
    gate.open()
    for (const connection of connections) {
      expect((await connection.readResponse()).status).toBe(200)
      connection.close()
    }
    expect(gate.names).toHaveLength(7)
  })
})
