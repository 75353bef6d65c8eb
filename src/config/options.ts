// The one table of options. The Settings type, the flags, the GANTRY_ variables, --help and docs/reference/options.md all come
// from it, so an option is added here and nowhere else (then `npm run reference`).
import { parseBindAddress, type BindAddress } from './bind-address.ts'
import { parseCount } from './counts.ts'
import { parseDuration } from './durations.ts'
import {
  argument,
  flagOf,
  type Option,
  optional,
  type Parsed,
  type Place,
  repeatable,
  single,
} from './option.ts'
import { type ValueOf, variableOf } from './option.ts'
import { parseSize } from './sizes.ts'
import { parseEnvironmentEntry, parsePath, parseScriptName, parseServerHeader, parseText } from './texts.ts'

// The environ of a request is sent to a worker in one frame of at most 16 MiB; a head of 1 MiB leaves ample room for it.
const LARGEST_HEAD_BYTES = 1_048_576

const count = (min: number, max: number) => (text: string) => parseCount(text, min, max)
const size = (min: number, max?: number) => (text: string) => parseSize(text, min, max)
const duration = (minMs: number) => (text: string) => parseDuration(text, minMs)

export const OPTIONS = Object.freeze({
  application: argument({
    group: 'Application',
    metavariable: 'APP',
    variable: 'GANTRY_APP',
    parse: parseText,
    help: 'What to serve: package.module:attribute, package.module (its `application`, else its `app`), a factory call such as "module:create_app()", or a file of the working directory, path/app.py[:attribute].',
    since: '0.1.0',
  }),
  python: optional({
    group: 'Application',
    metavariable: 'PATH',
    parse: parseText,
    unset: '$VIRTUAL_ENV, else .venv or venv in the working directory, else python3 in PATH',
    help: 'The Python interpreter: a path, or the name of a command in PATH.',
    since: '0.1.0',
  }),
  chdir: single({
    group: 'Application',
    metavariable: 'DIR',
    parse: parsePath,
    default: { from: (place: Place) => place.startDirectory, description: 'where gantry was started' },
    help: 'The working directory of the application, from which it is imported.',
    since: '0.1.0',
  }),
  pythonpath: repeatable({
    group: 'Application',
    metavariable: 'DIR',
    parse: parsePath,
    separator: ':',
    default: [],
    help: 'A further directory to import from, after the working directory.',
    since: '0.1.0',
  }),
  env: repeatable({
    group: 'Application',
    metavariable: 'NAME=VALUE',
    short: '-e',
    parse: parseEnvironmentEntry,
    separator: '\n',
    default: [],
    help: 'An environment variable for the application, besides those that gantry itself was started with.',
    since: '0.1.0',
  }),
  scriptName: single({
    group: 'Application',
    metavariable: 'PREFIX',
    parse: parseScriptName,
    default: '',
    help: 'The path that the application is mounted under, such as /shop: it becomes SCRIPT_NAME and is cut off PATH_INFO. A path outside of it, as from a proxy that has cut it off already, stays whole.',
    since: '0.1.0',
  }),

  bind: repeatable({
    group: 'Listening',
    metavariable: 'ADDRESS',
    short: '-b',
    parse: parseBind,
    separator: ',',
    default: ['127.0.0.1:8000'],
    help: 'Where to listen: HOST:PORT, :PORT (every interface), [IPV6]:PORT or unix:PATH. Port 0 takes a free port and prints it.',
    since: '0.1.0',
  }),

  workers: optional({
    group: 'Processes',
    metavariable: 'NUMBER',
    short: '-w',
    parse: count(1, 1024),
    unset: 'as many as the CPUs that the cgroup allows',
    help: 'How many Python worker processes to run.',
    since: '0.1.0',
  }),
  threads: single({
    group: 'Processes',
    metavariable: 'NUMBER',
    parse: count(1, 1024),
    default: '4',
    help: 'How many requests each worker serves at a time, each on a thread of its own. With 1 the application runs in the main thread.',
    since: '0.1.0',
  }),

  serverHeader: single({
    group: 'Answers',
    metavariable: 'VALUE',
    parse: parseServerHeader,
    default: 'gantry',
    help: 'The value of the Server field, where the application does not set one. Empty switches the field off.',
    since: '0.1.0',
  }),

  maxRequestLineBytes: single({
    group: 'Limits',
    metavariable: 'SIZE',
    parse: size(64, LARGEST_HEAD_BYTES),
    default: '8KiB',
    help: 'The longest request line. A longer one is answered 414 and the connection closed.',
    since: '0.1.0',
  }),
  maxHeaderBytes: single({
    group: 'Limits',
    metavariable: 'SIZE',
    parse: size(64, LARGEST_HEAD_BYTES),
    default: '16KiB',
    help: 'The longest single header field, name and value. A longer one is answered 431 and the connection closed.',
    since: '0.1.0',
  }),
  maxHeadBytes: single({
    group: 'Limits',
    metavariable: 'SIZE',
    parse: size(64, LARGEST_HEAD_BYTES),
    default: '64KiB',
    help: 'The longest request head: the request line and all header fields. A longer one is answered 431 and the connection closed.',
    since: '0.1.0',
  }),
  maxHeaders: single({
    group: 'Limits',
    metavariable: 'NUMBER',
    parse: count(1, 10_000),
    default: '100',
    help: 'The most header fields of a request. More are answered 431 and the connection closed.',
    since: '0.1.0',
  }),
  maxBodyBytes: single({
    group: 'Limits',
    metavariable: 'SIZE',
    parse: size(0),
    default: '1GiB',
    help: 'The largest request body. A larger one is answered 413 as soon as that is known and the connection closed.',
    since: '0.1.0',
  }),
  queueSize: single({
    group: 'Limits',
    metavariable: 'NUMBER',
    parse: count(1, 1_000_000),
    default: '1024',
    help: 'How many requests may wait for a free thread. One more is answered 503 with Retry-After; the connection is kept.',
    since: '0.1.0',
  }),
  spoolDir: single({
    group: 'Limits',
    metavariable: 'DIR',
    parse: parsePath,
    default: {
      from: (place: Place) => place.temporaryDirectory,
      description: "the system's temporary directory",
    },
    help: 'Where request bodies over 64 KiB are kept until the application has read them, in files that only gantry can open. When it is full the request is answered 507 and the connection closed.',
    since: '0.1.0',
  }),

  headTimeoutMs: single({
    group: 'Times',
    metavariable: 'TIME',
    parse: duration(1),
    default: '10s',
    help: 'The longest a client may take to send a whole request head. After that it is answered 408 and the connection closed.',
    since: '0.1.0',
  }),
  bodyTimeoutMs: single({
    group: 'Times',
    metavariable: 'TIME',
    parse: duration(1),
    default: '30s',
    help: 'The longest a client may pause within a request body. After that it is answered 408 and the connection closed.',
    since: '0.1.0',
  }),
  idleTimeoutMs: single({
    group: 'Times',
    metavariable: 'TIME',
    parse: duration(1),
    default: '75s',
    help: 'How long a connection is kept open between requests. After that it is closed without an answer.',
    since: '0.1.0',
  }),
  writeTimeoutMs: single({
    group: 'Times',
    metavariable: 'TIME',
    parse: duration(1),
    default: '60s',
    help: 'The longest a client may take no bytes of its answer. After that the connection is closed, the answer cut off.',
    since: '0.1.0',
  }),
  bootTimeoutMs: single({
    group: 'Times',
    metavariable: 'TIME',
    parse: duration(1),
    default: '60s',
    help: 'The longest a worker may take to import the application. After that it is killed; at the first start gantry then ends with status 1.',
    since: '0.1.0',
  }),
  shutdownTimeoutMs: single({
    group: 'Times',
    metavariable: 'TIME',
    parse: duration(0),
    default: '30s',
    help: 'How long requests that are already accepted may go on after SIGTERM or SIGINT. What is left then is cut off.',
    since: '0.1.0',
  }),
})

export type OptionName = keyof typeof OPTIONS

/** Every option with its value. Derived, so it cannot fall behind the table. */
export type OptionValues = { readonly [Name in OptionName]: ValueOf<(typeof OPTIONS)[Name]> }

/** The table in its order, with the names that each option goes by. */
export type NamedOption = {
  readonly name: OptionName
  readonly option: Option<unknown>
  /** `undefined` for what is given by its place on the command line. */
  readonly flag: string | undefined
  readonly variable: string
}

export const OPTION_LIST: readonly NamedOption[] = Object.freeze(
  Object.entries<Option<unknown>>(OPTIONS).map(([name, option]) =>
    Object.freeze({
      name: name as OptionName,
      option,
      flag: option.kind === 'argument' ? undefined : flagOf(name),
      variable: option.variable ?? variableOf(name),
    }),
  ),
)

// Only here do addresses meet the start directory: the path of a Unix socket is relative to it, like every other path.
function parseBind(text: string, place: Place): Parsed<BindAddress> {
  const parsed = parseBindAddress(text)
  if (!parsed.ok || parsed.value.kind === 'tcp') return parsed
  const path = parsePath(parsed.value.path, place)
  return path.ok ? parseBindAddress(`unix:${path.value}`) : path
}
