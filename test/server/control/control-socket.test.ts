import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, existsSync, mkdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { type Socket, connect } from 'node:net'
import { dirname } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { openControlSocket } from '../../../src/server/control/control-socket.ts'
import { currentUser, isPrivateOf, makePrivate } from '../../../src/server/control/places.ts'
import { LONGEST_REQUEST_BYTES } from '../../../src/server/control/protocol.ts'
import { TemporaryDirectory } from '../../harness/temporary-directory.ts'
import { ControlledFake } from './controlled-fake.ts'

let directory: TemporaryDirectory
let controlled: ControlledFake

beforeEach(() => {
  directory = new TemporaryDirectory()
  controlled = new ControlledFake()
})

afterEach(() => {
  directory[Symbol.dispose]()
  vi.unstubAllEnvs()
})

const open = (controlSocket: string | undefined) =>
  openControlSocket(
    { controlSocket, origins: { controlSocket: 'flag --control-socket' } as never },
    controlled,
  )

describe('the control socket', () => {
  test('is for its owner only, from the start', async () => {
    const path = directory.join('control.sock')
    const opening = open(path)
    writeFileSync(directory.join('file'), '')
    const socket = await opening
    expect(statSync(path).mode & 0o777).toBe(0o600)
    // The mode bits of other files are as they were.
    expect(statSync(directory.join('file')).mode & 0o077).not.toBe(0)
    socket.close()
    expect(existsSync(path)).toBe(false)
  })

  test('answers requests in their order, and says what it cannot do', async () => {
    const socket = await open(directory.join('control.sock'))
    const answers = await say(socket.path, [
      '{"gantry":1,"command":"resize","by":-1}',
      '{"gantry":1,"command":"dump"}',
      '{"gantry":1,"command":"reload","why":"a new release"}',
      '{"gantry":1,"command":"stop"}',
    ])
    expect(controlled.asked).toEqual(['resize: -1', 'dump', 'reload: a new release', 'stop'])
    expect(answers).toEqual([
      { gantry: 1, isDone: true, result: { fewest: 1, most: 8 } },
      { gantry: 1, isDone: false, message: 'nothing to see' },
      { gantry: 1, isDone: true, result: { isDone: true, generation: 2 } },
      { gantry: 1, isDone: true, result: { pid: process.pid } },
    ])
    socket.close()
  })

  test('answers a client that has nothing more to say, however long that takes', async () => {
    const socket = await open(directory.join('control.sock'))
    controlled.gate = new Promise((resolve) => setTimeout(resolve, 100))
    const answers = await say(socket.path, ['{"gantry":1,"command":"reload"}'])
    expect(answers).toMatchObject([{ isDone: true }])
    socket.close()
  })

  test('refuses what is no request, and goes on', async () => {
    const socket = await open(directory.join('control.sock'))
    const answers = await say(socket.path, [
      'GET / HTTP/1.1',
      '[]',
      '{"command":"stop"}',
      '{"gantry":2,"command":"stop"}',
      '{"gantry":1,"command":"restart"}',
      '{"gantry":1,"command":"resize","by":0.5}',
      '{"gantry":1,"command":"resize","by":100000}',
      '{"gantry":1,"command":"reload","why":7}',
      '{"gantry":1,"command":"status"}',
    ])
    expect(answers.map(({ isDone }) => isDone)).toEqual([...Array<boolean>(8).fill(false), true])
    expect(answers[3]).toMatchObject({ message: expect.stringContaining('version 1') as string })
    expect(controlled.asked).toEqual(['status'])
    socket.close()
  })

  test('ends the conversation with who sends lines without end', async () => {
    const socket = await open(directory.join('control.sock'))
    const client = connect(socket.path!)
    client.write('x'.repeat(LONGEST_REQUEST_BYTES + 1))
    expect(JSON.parse(await everything(client))).toMatchObject({ isDone: false })
    expect(await say(socket.path, ['{"gantry":1,"command":"status"}'])).toHaveLength(1)
    socket.close()
  })

  test('outlives a client that leaves while the server works for it', async () => {
    let goOn = (): void => undefined
    controlled.gate = new Promise((resolve) => (goOn = resolve))
    const socket = await open(directory.join('control.sock'))
    const client = connect(socket.path!)
    client.write('{"gantry":1,"command":"reload","why":"x"}\n')
    await vi.waitFor(() => expect(controlled.asked).toHaveLength(1))
    client.destroy()
    goOn()
    expect(await say(socket.path, ['{"gantry":1,"command":"status"}'])).toHaveLength(1)
    socket.close()
  })

  test('is not there with none', async () => {
    const { path, problem } = await open('none')
    expect([path, problem]).toEqual([undefined, undefined])
  })

  test('takes the place of one whose server was killed, and of nothing else', async () => {
    const stale = directory.join('stale.sock')
    leaveSocket(stale)
    expect(existsSync(stale)).toBe(true)
    const socket = await open(stale)
    await expect(open(stale)).rejects.toThrow('another server uses it')
    const file = directory.join('notes.txt')
    writeFileSync(file, 'notes')
    await expect(open(file)).rejects.toThrow('there is something of that name already, and it is no socket')
    expect(await say(stale, ['{"gantry":1,"command":"status"}'])).toHaveLength(1)
    socket.close()
  })

  test('says so where its path is too long for the kernel', async () => {
    const path = directory.join('x'.repeat(107))
    await expect(open(path)).rejects.toMatchObject({
      code: 'GANTRY_CONTROL_SOCKET_FAILED',
      message: expect.stringMatching(/flag --control-socket.* bytes, and a socket's may have 107/) as string,
    })
  })
})

describe('the place of the control socket', () => {
  beforeEach(() => {
    chmodSync(directory.path, 0o700)
    vi.stubEnv('XDG_RUNTIME_DIR', directory.path)
  })

  test('is named after the process, in a directory of the user alone', async () => {
    const socket = await open(undefined)
    expect(socket.path).toBe(directory.join(`gantry/${process.pid}.sock`))
    expect(statSync(dirname(socket.path!)).mode & 0o777).toBe(0o700)
    socket.close()
  })

  test('is rid of the sockets of dead processes, and of no others', async () => {
    mkdirSync(directory.join('gantry'), { mode: 0o700 })
    const { pid } = spawnSync('true')
    const [dead, own, other] = [`${pid}`, `${process.ppid}`, 'notes'].map((name) =>
      directory.join(`gantry/${name}.sock`),
    )
    for (const path of [dead, own, other]) leaveSocket(path!)
    const socket = await open(undefined)
    expect([dead, own, other].map((path) => existsSync(path!))).toEqual([false, true, true])
    socket.close()
  })

  test('is never a directory that others can enter, or a link to one', () => {
    const uid = currentUser()
    mkdirSync(directory.join('open'), { mode: 0o755 })
    symlinkSync(directory.path, directory.join('link'))
    writeFileSync(directory.join('file'), '')
    for (const name of ['open', 'link', 'file'])
      expect(() => makePrivate(directory.join(name), uid)).toThrow(/not a directory of this user's alone/)
    makePrivate(directory.join('new'), uid)
    expect(isPrivateOf(directory.join('new'), uid)).toBe(true)
    expect(isPrivateOf(directory.join('new'), uid + 1)).toBe(false)
  })
})

/** A socket file that nobody listens on any more, as a process leaves it that is killed. */
function leaveSocket(path: string): void {
  const script = 'import socket, sys; socket.socket(socket.AF_UNIX).bind(sys.argv[1])'
  expect(spawnSync('python3', ['-c', script, path]).status).toBe(0)
}

async function say(path: string | undefined, lines: readonly string[]): Promise<Record<string, unknown>[]> {
  const client = connect({ path: path!, allowHalfOpen: true })
  client.end(lines.map((line) => `${line}\n`).join(''))
  const text = await everything(client)
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>)
}

async function everything(client: Socket): Promise<string> {
  let text = ''
  client.setEncoding('utf8').on('data', (part: string) => (text += part))
  await once(client, 'end')
  client.destroy()
  return text
}
