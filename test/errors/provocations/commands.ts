// Commands, those that speak to a running server among them.

import { createServer } from 'node:net'
import { mkdirSync, writeFileSync } from 'node:fs'
import { vi } from 'vitest'
import { cgiCommand } from '../../../src/cli/cgi.ts'
import { completionCommand } from '../../../src/cli/completion.ts'
import { configCommand } from '../../../src/cli/config.ts'
import { initCommand } from '../../../src/cli/init.ts'
import { migrateCommand } from '../../../src/cli/migrate.ts'
import { statusCommand } from '../../../src/cli/status.ts'
import { workersCommand } from '../../../src/cli/workers.ts'
import { readConfiguration } from '../../../src/server/configuration.ts'
import { runCgi } from '../../../src/server/cgi/run-cgi.ts'
import { type ControlSocket, openControlSocket } from '../../../src/server/control/control-socket.ts'
import { findServer } from '../../../src/server/control/find-server.ts'
import { runConfigFile } from '../../../src/migration/gunicorn/run-config-file.ts'
import type { ScriptFiles } from '../../adapters/cgi/script-files.ts'
import { serverStatus } from '../../cli/server-status.ts'
import { ControlledFake } from '../../server/control/controlled-fake.ts'
import type { Provocation, Provocations } from '../provocation.ts'

/** What a command that tells its errors itself has printed, and its exit status. */
const printed =
  (command: (argv: readonly string[]) => Promise<number> | number, ...argv: readonly string[]): Provocation =>
  async (place) => {
    const lines: string[] = []
    const written = vi
      .spyOn(process.stderr, 'write')
      .mockImplementation((text) => lines.push(String(text)) > 0)
    try {
      const status = await command(argv.map((word) => word.replace('DIR', place.path)))
      return `${lines.join('')}exit status ${status}`
    } finally {
      written.mockRestore()
    }
  }

async function server(path: string, pid: number): Promise<ControlSocket> {
  const controlled = new ControlledFake()
  controlled.current = serverStatus({ pid })
  return await openControlSocket({ controlSocket: path, origins: {} as never }, controlled)
}

/** What a command finds that looks in these directories of the place. */
const found = (place: ScriptFiles, ...names: readonly string[]): unknown =>
  findServer({}, {}, () => names.map((name) => place.join(name)))

const cgi = async (...argv: readonly string[]): Promise<unknown> => {
  const configuration = await readConfiguration(argv, {})
  if (configuration.kind !== 'settings') throw new Error('it is no configuration')
  return await runCgi(configuration)
}

export const COMMANDS: Provocations = {
  GANTRY_COMMAND_BAD: {
    'a flag that it does not have': () => statusCommand(['--jsn']),
    'a flag without its value': () => statusCommand(['--pid']),
    'no process id': () => statusCommand(['--pid', 'shop']),
    'two servers at once': () => statusCommand(['--pid', '17', '--pid-file', 'shop.pid']),
    'one word too many': () => statusCommand(['shop']),
    'no step': () => workersCommand(['4']),
    'no shell': printed(completionCommand, 'tcsh'),
    'flags that exclude each other': printed(configCommand, '--check', '--json'),
    'init of no folder': printed(initCommand, 'DIR/missing'),
    'migrate of an unknown server': printed(migrateCommand, 'waitress'),
    'migrate of no INI file': printed(migrateCommand, 'uwsgi', 'DIR/uwsgi.ini'),
    'migrate of no file': printed(migrateCommand, 'gunicorn', 'DIR/gunicorn.conf.py'),
    'options behind the application of cgi': printed(cgiCommand, 'shop', '--lint'),
  },
  GANTRY_CGI_ENVIRONMENT: { 'typed in a shell': () => cgi('shop') },
  GANTRY_CGI_MIDDLEWARE: {
    'in front of Python': async () => {
      const configuration = await readConfiguration(['shop.wsgi'], {})
      if (configuration.kind !== 'settings') throw new Error('it is no configuration')
      vi.stubEnv('REQUEST_METHOD', 'GET')
      try {
        return await runCgi({ ...configuration, middleware: [(application) => application] })
      } finally {
        vi.unstubAllEnvs()
      }
    },
  },
  GANTRY_INIT_NOTHING_FOUND: { 'an empty folder': printed(initCommand, 'DIR') },
  GANTRY_INIT_FILES_THERE: {
    'of before': (place) => {
      place.file('app.py', ['from flask import Flask', 'app = Flask(__name__)'])
      place.file('gantry.toml', [])
      return printed(initCommand, 'DIR')(place)
    },
  },
  GANTRY_MIGRATION_NOT_RUN: {
    'it raises': (place) =>
      runConfigFile(
        'python3',
        place.file('gunicorn.conf.py', ['environment = {}', 'workers = environment["N"]']),
        5_000,
      ),
    'it does not end': (place) =>
      runConfigFile('python3', place.file('gunicorn.conf.py', ['while True: pass']), 300),
  },
  GANTRY_NO_SERVER: {
    'nobody runs one': (place) => found(place, 'gantry'),
    'a process that is none': (place) => findServer({ pid: 4711 }, {}, () => [place.join('gantry')]),
  },
  GANTRY_SEVERAL_SERVERS: {
    'two run': async (place) => {
      mkdirSync(place.join('gantry'), { mode: 0o700 })
      const servers = await Promise.all([17, 18].map((pid) => server(place.join(`gantry/${pid}.sock`), pid)))
      try {
        return await found(place, 'gantry')
      } finally {
        for (const each of servers) each.close()
      }
    },
  },
  GANTRY_SERVER_UNREACHABLE: {
    'no such socket': (place) => findServer({ controlSocket: place.join('shop.sock') }, {}),
    'no such pid file': (place) => findServer({ pidFile: place.join('shop.pid') }, {}),
    'a pid file of something else': (place) => {
      writeFileSync(place.join('shop.pid'), 'shop\n')
      return findServer({ pidFile: place.join('shop.pid') }, {})
    },
    'another program': async (place) => {
      const other = createServer((socket) => socket.once('data', () => socket.write('220 ready\n'))).listen(
        place.join('shop.sock'),
      )
      const client = await findServer({ controlSocket: place.join('shop.sock') }, {})
      try {
        return await client.ask({ command: 'status' })
      } finally {
        client.close()
        other.close()
      }
    },
  },
  GANTRY_COMMAND_REFUSED: {
    'of a server without workers': async (place) => {
      const controlled = Object.assign(new ControlledFake(), {
        resize: () => Promise.resolve({ fewest: 0, most: 0 }),
      })
      const path = place.join('shop.sock')
      const running = await openControlSocket({ controlSocket: path, origins: {} as never }, controlled)
      try {
        return await workersCommand(['+1', '--control-socket', path])
      } finally {
        running.close()
      }
    },
  },
}
