import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { once } from 'node:events'
import { platform, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { portOwner } from '../../src/server/port-owner.ts'

const HEADING =
  '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n'
const row = (local: string, state: string, inode: number): string =>
  `   0: ${local} 00000000:0000 ${state} 00000000:00000000 00:00000000 00000000     0        0 ${inode} 1 0 100\n`

let proc: string

beforeEach(() => {
  proc = mkdtempSync(join(tmpdir(), 'gantry-proc-'))
})

afterEach(() => {
  rmSync(proc, { recursive: true })
})

function write(path: string, text: string): void {
  mkdirSync(join(proc, path, '..'), { recursive: true })
  writeFileSync(join(proc, path), text)
}

function holdSocket(pid: number, inode: number, command: string): void {
  write(`${pid}/cmdline`, command)
  mkdirSync(join(proc, `${pid}/fd`))
  symlinkSync(`socket:[${inode}]`, join(proc, `${pid}/fd/3`))
}

describe('portOwner', () => {
  test('finds the process that listens, by its command line (IPv4)', () => {
    write('net/tcp', HEADING + row('0100007F:1F40', '0A', 555))
    holdSocket(41, 444, 'other\0')
    holdSocket(42, 555, 'python3\0-m\0http.server\0')
    expect(portOwner(8000, proc)).toEqual({ pid: 42, command: 'python3 -m http.server' })
  })

  test('finds the process that listens on IPv6', () => {
    write('net/tcp6', HEADING + row('00000000000000000000000001000000:1F40', '0A', 555))
    holdSocket(42, 555, 'node\0')
    expect(portOwner(8000, proc)?.pid).toBe(42)
  })

  test('does not take a connection for a listener', () => {
    write('net/tcp', HEADING + row('0100007F:1F40', '01', 555))
    holdSocket(42, 555, 'curl\0')
    expect(portOwner(8000, proc)).toBeUndefined()
  })

  test('keeps the command line short and free of control characters', () => {
    write('net/tcp', HEADING + row('0100007F:1F40', '0A', 555))
    holdSocket(42, 555, `\u001b[31mred\n${'x'.repeat(500)}\0`)
    const command = portOwner(8000, proc)?.command ?? ''
    expect(command.startsWith('[31mred x')).toBe(true)
    expect(command).toHaveLength(101)
  })

  test('does not know an owner that it may not look into', () => {
    write('net/tcp', HEADING + row('0100007F:1F40', '0A', 555))
    expect(portOwner(8000, proc)).toBeUndefined()
  })

  test('never throws, not even without /proc', () => {
    expect(portOwner(8000, '/nowhere')).toBeUndefined()
    write('net/tcp', 'nonsense\n\n')
    expect(portOwner(8000, proc)).toBeUndefined()
  })

  test.skipIf(platform() !== 'linux')('finds this very process', async () => {
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    expect(portOwner((server.address() as AddressInfo).port)?.pid).toBe(process.pid)
    server.close()
  })
})
