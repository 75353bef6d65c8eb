// Addresses that cannot be listened on, and flags that are none.

import { once } from 'node:events'
import { mkdtempSync, realpathSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { type AddressInfo, createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { failToStart } from '../harness/failed-start.ts'
import { FIXTURE_ARGUMENTS, getRequest, startFixtures } from '../harness/fixtures.ts'
import { RawConnection } from '../harness/raw-connection.ts'

const FAILED = { code: 1, signal: null }
const MISCONFIGURED = { code: 2, signal: null }
const WITH_BIND = { hasBind: true } as const
const directory = realpathSync(mkdtempSync(join(tmpdir(), 'gantry-binding-')))
afterAll(() => rmSync(directory, { recursive: true }))

/** A server of this process. */
async function listening(where: number | string): Promise<Server> {
  const server = createServer()
  if (typeof where === 'number') server.listen(where, '127.0.0.1')
  else server.listen(where)
  await once(server, 'listening')
  return server
}

const portOf = (server: Server): number => (server.address() as AddressInfo).port

describe('an address that is taken', () => {
  test('a port: its owner is named', async () => {
    const server = await listening(0)
    const address = `127.0.0.1:${portOf(server)}`
    const { problems, exit } = await failToStart([...FIXTURE_ARGUMENTS, '--bind', address], WITH_BIND)
    server.close()
    expect(exit).toEqual(FAILED)
    const owner = process.platform === 'linux' ? ` by process ${process.pid} (` : ''
    expect(problems).toHaveLength(1)
    expect(problems[0]).toContain(`${address} is in use${owner}`)
  })

  test('two ports at once: both are named', async () => {
    const servers = await Promise.all([listening(0), listening(0)])
    const addresses = servers.map((server) => `127.0.0.1:${portOf(server)}`)
    const binds = addresses.flatMap((address) => ['--bind', address])
    const { problems, exit } = await failToStart([...FIXTURE_ARGUMENTS, ...binds], WITH_BIND)
    for (const server of servers) server.close()
    expect(exit).toEqual(FAILED)
    expect(problems).toHaveLength(2)
    for (const [index, address] of addresses.entries())
      expect(problems[index]).toContain(`${address} is in use`)
  })

  test('a Unix socket that a server listens on: it is left alone', async () => {
    const path = join(directory, 'taken.sock')
    const server = await listening(path)
    const { problems, exit } = await failToStart([...FIXTURE_ARGUMENTS, '--bind', `unix:${path}`], WITH_BIND)
    expect(exit).toEqual(FAILED)
    expect(problems[0]).toContain(`unix:${path} is in use`)
    using connection = await RawConnection.open({ path })
    expect(connection.hasEnded).toBe(false)
    server.close()
  })

  test('a Unix socket whose path is an ordinary file: the file is left alone', async () => {
    const path = join(directory, 'file')
    writeFileSync(path, 'precious')
    const { exit } = await failToStart([...FIXTURE_ARGUMENTS, '--bind', `unix:${path}`], WITH_BIND)
    expect(exit).toEqual(FAILED)
    expect(statSync(path).size).toBe('precious'.length)
  })

  test('the file of a Unix socket that a killed server left behind is replaced', async () => {
    const path = join(directory, 'stale.sock')
    const options = ['--workers', '1', '--bind', `unix:${path}`]
    await using killed = await startFixtures(options, WITH_BIND)
    killed.child.kill('SIGKILL')
    await killed.exited
    expect(statSync(path).isSocket()).toBe(true)

    await using gantry = await startFixtures(options, WITH_BIND)
    using connection = await RawConnection.open({ path })
    expect((await connection.request(getRequest('/answers_hello'))).text).toBe('hello')
    await gantry.stop()
    expect(statSync(path, { throwIfNoEntry: false })).toBeUndefined()
  })
})

describe('an address that cannot be', () => {
  test('a host that is none of this machine', async () => {
    const { problems, exit } = await failToStart([...FIXTURE_ARGUMENTS, '--bind', '192.0.2.1:0'], WITH_BIND)
    expect(exit).toEqual(FAILED)
    expect(problems[0]).toContain('192.0.2.1:0 is not an address of this machine')
  })

  test('a Unix socket in a directory that does not exist', async () => {
    const path = join(directory, 'nowhere', 'a.sock')
    const { problems, exit } = await failToStart([...FIXTURE_ARGUMENTS, '--bind', `unix:${path}`], WITH_BIND)
    expect(exit).toEqual(FAILED)
    expect(problems[0]).toContain(`unix:${path}`)
  })

  test('one that is given twice', async () => {
    const binds = ['--bind', '127.0.0.1:8000', '--bind', '127.0.0.1:8000']
    const { problems, exit } = await failToStart([...FIXTURE_ARGUMENTS, ...binds], WITH_BIND)
    expect(exit).toEqual(MISCONFIGURED)
    expect(problems).toEqual([expect.stringMatching(/^flag --bind: .*127\.0\.0\.1:8000 is given twice$/)])
  })
})

describe('flags that are none', () => {
  test('a misspelt one: the nearest is named', async () => {
    const { problems, exit } = await failToStart([...FIXTURE_ARGUMENTS, '--wokers', '2'])
    expect(exit).toEqual(MISCONFIGURED)
    expect(problems).toEqual(['unknown flag --wokers; did you mean --workers?'])
  })

  test('a misspelt variable: the nearest is named', async () => {
    const { problems, exit } = await failToStart(FIXTURE_ARGUMENTS, { env: { GANTRY_TREADS: '2' } })
    expect(exit).toEqual(MISCONFIGURED)
    expect(problems).toEqual(['unknown variable GANTRY_TREADS; did you mean GANTRY_THREADS?'])
  })

  test('several mistakes are told at once', async () => {
    const { problems, exit } = await failToStart([
      ...FIXTURE_ARGUMENTS,
      '--threads',
      'many',
      '--queue-size',
      '0',
      '--colour=1',
    ])
    expect(exit).toEqual(MISCONFIGURED)
    expect(problems).toHaveLength(3)
  })
})
