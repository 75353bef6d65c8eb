// What a server needs before it can start: interpreter, directories, addresses, files.

import { closeSync, constants, openSync, writeFileSync, writeSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { resolve } from '../../../src/config/resolve.ts'
import { openAccessLog } from '../../../src/observe/access/access-log.ts'
import { SYSTEM_CLOCK } from '../../../src/observe/clock.ts'
import { openErrorLog } from '../../../src/observe/error-log.ts'
import { Teller } from '../../../src/observe/teller.ts'
import { bindError } from '../../../src/server/bind-error.ts'
import { openControlSocket } from '../../../src/server/control/control-socket.ts'
import { openSpool } from '../../../src/server/open-spool.ts'
import { openStaticFiles } from '../../../src/server/open-static-files.ts'
import { accountOf } from '../../../src/server/supervisor/account.ts'
import { PidFile } from '../../../src/server/supervisor/pid-file.ts'
import { bindAll } from '../../../src/server/supervisor/sockets.ts'
import { takePassedDescriptors } from '../../../src/server/systemd/passed-descriptors.ts'
import { SpoolDirectory } from '../../../src/spool/spool.ts'
import { findInterpreter } from '../../../src/workers/interpreter.ts'
import type { ScriptFiles } from '../../adapters/cgi/script-files.ts'
import { recordedLog } from '../../harness/recorded-log.ts'
import { ControlledFake } from '../../server/control/controlled-fake.ts'
import type { Provocations } from '../provocation.ts'

function settingsOf(...argv: readonly string[]) {
  const resolution = resolve({ argv: ['shop', ...argv], env: {} })
  if (resolution.kind !== 'settings')
    throw new AggregateError(resolution.kind === 'problems' ? resolution.problems : [])
  return resolution.settings
}

function bind(...addresses: readonly string[]): Promise<unknown> {
  return bindAll(settingsOf(...addresses.flatMap((address) => ['--bind', address])).bind)
}

const interpreter = (place: ScriptFiles, python?: string, env: Record<string, string> = {}): unknown =>
  findInterpreter({
    python,
    pythonOrigin: 'flag --python',
    chdir: place.path,
    startDirectory: place.path,
    env: { PATH: place.join('bin'), ...env },
  })

const logged = (place: ScriptFiles) => {
  const teller = new Teller(SYSTEM_CLOCK)
  return {
    target: { kind: 'file' as const, path: place.join('no/such/file.log') },
    teller,
    clock: SYSTEM_CLOCK,
  }
}

/** What the system says of a disk without room. */
function fullDisk(): Error {
  const descriptor = openSync('/dev/full', 'w')
  try {
    writeSync(descriptor, 'x')
  } catch (error) {
    return error as Error
  } finally {
    closeSync(descriptor)
  }
  throw new Error('/dev/full has room')
}

export const STARTING: Provocations = {
  GANTRY_PYTHON_NOT_FOUND: {
    'nothing was said': (place) => interpreter(place),
    'a path': (place) => interpreter(place, 'venv/bin/python'),
    'the active environment is gone': (place) => interpreter(place, undefined, { VIRTUAL_ENV: 'gone' }),
  },
  GANTRY_PYTHON_NOT_EXECUTABLE: { 'a directory': (place) => interpreter(place, place.path) },
  GANTRY_BIND_IN_USE: {
    'by a process that is found': async () => {
      const server = createServer().listen(0, '127.0.0.1')
      await new Promise((listening) => server.once('listening', listening))
      try {
        return await bind(`127.0.0.1:${(server.address() as AddressInfo).port}`)
      } finally {
        server.close()
      }
    },
  },
  // Root may listen anywhere: only the system's answer is made here.
  GANTRY_BIND_NOT_PERMITTED: {
    'a port below 1024': () =>
      bindError('http://127.0.0.1:80', Object.assign(new Error('permission denied'), { code: 'EACCES' }), 80),
  },
  GANTRY_BIND_NOT_AVAILABLE: { "another machine's": () => bind('192.0.2.1:0') },
  GANTRY_BIND_FAILED: {
    'no such directory': (place) => bind(`unix:${place.join('run/shop.sock')}`),
    'not a socket': (place) => {
      writeFileSync(place.join('shop.sock'), '')
      return bind(`unix:${place.join('shop.sock')}`)
    },
    'no such descriptor': () => bind('fcgi+fd:999'),
  },
  GANTRY_PID_FILE_IN_USE: {
    'another process runs': (place) => {
      writeFileSync(place.join('shop.pid'), `${process.ppid}\n`)
      return new PidFile(place.join('shop.pid'))
    },
  },
  GANTRY_PID_FILE_FAILED: { 'no such directory': (place) => new PidFile(place.join('run/shop.pid')) },
  GANTRY_ACCOUNT_UNKNOWN: {
    'a user': () => accountOf(settingsOf('--user', 'nobody-of-that-name')),
    'a group': () => accountOf(settingsOf('--group', 'no-such-group')),
  },
  GANTRY_ACCOUNT_NOT_PERMITTED: {
    'not as root': () => {
      const { geteuid } = process
      process.geteuid = () => 1000
      try {
        return accountOf(settingsOf('--user', '12345'))
      } finally {
        process.geteuid = geteuid!
      }
    },
  },
  GANTRY_PASSED_SOCKET_BAD: {
    'no number': () => takePassedDescriptors({ LISTEN_PID: '1', LISTEN_FDS: 'two' }, 1),
    'a file': (place) => {
      const descriptor = openSync(place.join('file'), constants.O_RDWR | constants.O_CREAT)
      try {
        const count = String(descriptor - 2)
        const LISTEN_FDNAMES = Array.from({ length: descriptor - 2 }, () => 'shop.socket').join(':')
        return takePassedDescriptors({ LISTEN_PID: '1', LISTEN_FDS: count, LISTEN_FDNAMES }, 1)
      } finally {
        closeSync(descriptor)
      }
    },
  },
  GANTRY_ACCESS_LOG_FAILED: {
    'no such directory': (place) =>
      openAccessLog({
        ...logged(place),
        format: { kind: 'common' },
        origin: 'flag --access-log',
        log: recordedLog(),
      }),
  },
  GANTRY_ERROR_LOG_FAILED: {
    'no such directory': (place) => {
      const { target: errorLog, teller, clock } = logged(place)
      const origins = { errorLog: 'option error-log in gantry.toml:3' }
      return openErrorLog({ errorLog, logLevel: 'info', logFormat: 'text', origins }, teller, clock)
    },
  },
  GANTRY_CONTROL_SOCKET_FAILED: {
    'no such directory': (place) =>
      openControlSocket(settingsOf('--control-socket', place.join('run/shop.sock')), new ControlledFake()),
  },
  GANTRY_STATIC_MISSING: {
    'no such directory': (place) =>
      openStaticFiles(settingsOf('--static', `/static=${place.join('public')}`, '--static', '/=/dev/null')),
  },
  GANTRY_SPOOL_FAILED: {
    'no such directory': (place) => openSpool(settingsOf('--spool-dir', place.join('spool'))),
  },
  GANTRY_SPOOL_FULL: {
    'a disk without room': (place) => new SpoolDirectory(place.path, 1_000).errorFrom(fullDisk()),
  },
  GANTRY_SPOOL_QUOTA: {
    'as much as may lies there': (place) => new SpoolDirectory(place.path, 104_857_600).quotaError(),
  },
}
