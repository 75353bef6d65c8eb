// Options, wherever they stand.

import { dirname } from 'node:path'
import { chosenFile } from '../../../src/config/chosen-file.ts'
import type { ConfigObject } from '../../../src/config/config-object.ts'
import { type Environment, resolve } from '../../../src/config/resolve.ts'
import { readConfigFile } from '../../../src/server/config-file.ts'
import { findConfigFile } from '../../../src/server/config-files.ts'
import { pythonSettings, serverSettings } from '../../../src/server/options-in-code.ts'
import { readSettings } from '../../../src/server/supervisor/read-settings.ts'
import type { ScriptFiles } from '../../adapters/cgi/script-files.ts'
import type { Provocation, Provocations } from '../provocation.ts'

const problemsOf = (argv: readonly string[], env: Environment = {}, file?: ConfigObject): unknown => {
  const resolution = resolve({ argv, env, file })
  if (resolution.kind !== 'problems') throw new Error(`nothing is wrong with ${argv.join(' ')}`)
  return new AggregateError(resolution.problems)
}

const commandLine =
  (...argv: readonly string[]): Provocation =>
  () =>
    problemsOf(argv)

/** A file that `gantry` finds in the directory, or is told of. */
const file =
  (name: string, ...lines: readonly string[]): Provocation =>
  async (place) => {
    place.file(name, lines, 0o644)
    return problemsOf(['shop'], {}, await read(place))
  }

async function read(place: ScriptFiles, ...argv: readonly string[]): Promise<ConfigObject | undefined> {
  const found = await findConfigFile(chosenFile(argv, {}), place.path)
  return found && (await readConfigFile(found))
}

export const CONFIGURATION: Provocations = {
  GANTRY_OPTION_UNKNOWN: {
    'a flag': commandLine('shop', '--wokers', '2'),
    'a flag that is near to none': commandLine('shop', '--ssl-quux'),
    'a variable': () => problemsOf(['shop'], { GANTRY_WORKER: '2' }),
    'a line of a file': file('gantry.toml', 'threads = 2', 'workerz = 9'),
  },
  GANTRY_FLAG_OF_GUNICORN: {
    'a worker class': commandLine('shop', '--worker-class', 'gevent'),
    'a hook': commandLine('shop', '--statsd-host', 'localhost:8125'),
  },
  GANTRY_OPTION_VALUE_BAD: {
    'a flag': commandLine('shop', '--workers', 'many'),
    'a flag by its name in gunicorn': commandLine('shop', '-t', 'soon'),
    'a variable': () => problemsOf(['shop'], { GANTRY_BIND: 'localhost' }),
    'a variable of the platform': () => problemsOf(['shop'], { PORT: 'http' }),
    'a line of a file': file('gantry.toml', 'head-timeout = "10 seconds"'),
    'an option in code': () =>
      pythonSettings({ source: 'pythonApplication()', options: { threads: 0 } }, 'shop'),
  },
  GANTRY_OPTION_VALUE_MISSING: {
    'at the end': commandLine('shop', '--bind'),
    'before another flag': commandLine('shop', '--python', '--threads', '4'),
  },
  GANTRY_ARGUMENT_UNEXPECTED: {
    'two applications': commandLine('shop.wsgi', 'blog.wsgi'),
    'a factory without quotes': commandLine("shop:create_app('a',", "'b')"),
  },
  GANTRY_APPLICATION_MISSING: { 'nothing was said': commandLine() },
  GANTRY_CONFIG_SYNTAX: {
    TOML: file('gantry.toml', 'workers = 2', 'threads ='),
    JSON: file('gantry.config.json', '{', '  "workers": 2,', '}'),
  },
  GANTRY_CONFIG_MISSING: { 'no such file': (place) => read(place, '--config', 'etc/gantry.toml') },
  GANTRY_CONFIG_KIND: {
    YAML: (place) => read(place, '--config', 'gantry.yaml'),
    "gunicorn's": (place) => read(place, '-c', 'gunicorn.conf.py'),
  },
  GANTRY_CONFIG_BAD: {
    'a list': file('gantry.config.json', '[]'),
    'no default export': file('gantry.config.mjs', "export const application = 'shop'"),
    'middleware that is none': file('gantry.config.mjs', "export default { middleware: ['compress'] }"),
  },
  GANTRY_CONFIG_AMBIGUOUS: {
    'two files': (place) => {
      place.file('gantry.toml', [], 0o644)
      place.file('gantry.config.ts', [], 0o644)
      return read(place)
    },
  },
  GANTRY_CONFIG_NOT_READ: {
    'it ends the process': (place) => {
      place.file('gantry.config.mjs', ['process.exit(3)'], 0o644)
      const main = `${dirname(import.meta.dirname)}/../../dist/cli/main.js`
      return readSettings({ program: [process.execPath, main], argv: [], directory: place.path })
    },
  },
  GANTRY_OPTION_NOT_HERE: {
    'serve() in code': () => serverSettings({ source: 'serve()', options: { workers: 2 } }, 'own'),
    'pythonApplication() in code': () =>
      pythonSettings({ source: 'pythonApplication()', options: { bind: [':80'] } }, 'shop'),
    'an option of the server for a mount': file(
      'gantry.toml',
      '[mounts."/api"]',
      'application = "api"',
      'bind = ":1"',
    ),
  },
  GANTRY_MOUNT_WITHOUT_APPLICATION: {
    'a line of a file': file('gantry.toml', '[mounts."/api"]', 'workers = 2'),
  },
  GANTRY_SETTING_REPEATED: {
    flags: commandLine('--mounts', '/api=a:app', '--mounts', '/api=b:app'),
  },
  GANTRY_STATIC_WITHOUT_FILES: {
    'a line of a file': file('gantry.toml', 'application = "shop"', '[static."/static"]', 'max-age = "1h"'),
  },
  GANTRY_BIND_REPEATED: { flags: commandLine('shop', '--bind', ':80', '--bind', ':80') },
  GANTRY_PROXY_PROTOCOL_UNTRUSTED: { 'a flag alone': commandLine('shop', '--proxy-protocol') },
}
