import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, writeFileSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type ControlSocket, openControlSocket } from '../../../src/server/control/control-socket.ts'
import { type Target, findServer } from '../../../src/server/control/find-server.ts'
import { serverStatus } from '../../cli/server-status.ts'
import { TemporaryDirectory } from '../../harness/temporary-directory.ts'
import { ControlledFake } from './controlled-fake.ts'

let directory: TemporaryDirectory
const open: ControlSocket[] = []

beforeEach(() => {
  directory = new TemporaryDirectory()
  for (const name of ['one', 'other', 'open']) mkdirSync(directory.join(name), { mode: 0o700 })
})

afterEach(() => {
  for (const socket of open.splice(0)) socket.close()
  directory[Symbol.dispose]()
})

async function serve(path: string, pid: number): Promise<string> {
  const controlled = new ControlledFake()
  controlled.current = serverStatus({ pid })
  const controlSocket = directory.join(path)
  open.push(await openControlSocket({ controlSocket, origins: {} as never }, controlled))
  return controlSocket
}

/** The process id of the server that is found. */
async function found(target: Target, names = ['one', 'other', 'missing']): Promise<number> {
  const client = await findServer(target, {}, () => names.map((name) => directory.join(name)))
  const { pid } = await client.ask({ command: 'status' })
  client.close()
  return pid
}

describe('the server that a command speaks to', () => {
  test('is the only one of this user, wherever its socket is', async () => {
    await expect(found({})).rejects.toMatchObject({ code: 'GANTRY_NO_SERVER', exitStatus: 1 })
    writeFileSync(directory.join('one/17.sock'), 'not a socket')
    await serve('other/4711.sock', 4711)
    expect(await found({})).toBe(4711)
  })

  test('has to be named where there are several', async () => {
    const path = await serve('one/4711.sock', 4711)
    await serve('other/4712.sock', 4712)
    await expect(found({})).rejects.toMatchObject({
      code: 'GANTRY_SEVERAL_SERVERS',
      message: expect.stringMatching(
        /pid 4711 {2}shop.wsgi:application {2}http:\/\/127\.0\.0\.1:8000\n.*pid 4712/,
      ) as string,
    })
    expect(await found({ pid: 4712 })).toBe(4712)
    expect(await found({ controlSocket: path })).toBe(4711)
    writeFileSync(directory.join('gantry.pid'), '4712\n')
    expect(await found({ pidFile: directory.join('gantry.pid') })).toBe(4712)
    await expect(found({ pid: 4713 })).rejects.toThrow('process 4713 is no running server')
  })

  test.skipIf(process.getuid?.() !== 0)(
    'may have gone on as another user since it opened its socket',
    async () => {
      const server = spawn('sleep', ['60'], { uid: 65_534 })
      await once(server, 'spawn')
      await serve(`one/${server.pid}.sock`, server.pid!)
      expect(await found({ pid: server.pid })).toBe(server.pid)
      server.kill('SIGKILL')
    },
  )

  test('is not looked for where somebody else could have put a socket', async () => {
    const shared = directory.join('shared')
    mkdirSync(shared, { mode: 0o755 })
    await serve('shared/4711.sock', 4711)
    await expect(found({}, ['shared'])).rejects.toThrow('no server of this user is running')
  })

  test('is told from what is none', async () => {
    const file = directory.join('file')
    writeFileSync(file, 'no id')
    await expect(found({ controlSocket: directory.join('no.sock') })).rejects.toThrow(
      'there is no such socket',
    )
    await expect(found({ controlSocket: file })).rejects.toMatchObject({ code: 'GANTRY_SERVER_UNREACHABLE' })
    await expect(found({ controlSocket: directory.join('x'.repeat(100)) })).rejects.toThrow(
      'at most 107 bytes',
    )
    await expect(found({ pidFile: file })).rejects.toThrow('it holds no process id')
    await expect(found({ pidFile: directory.join('none') })).rejects.toThrow('it cannot be read')
  })
})
