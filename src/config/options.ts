// The one table of options. The Settings type, the flags, the GANTRY_ variables, --help and docs/reference/options.md all come
// from it, so an option is added here and nowhere else (then `npm run reference`).
import { parseBindAddress, type BindAddress } from './bind-address.ts'
import { parseCount } from './counts.ts'
import { parseDuration } from './durations.ts'
import { parseNetwork } from './networks.ts'
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
import { parseWorkerRange } from './worker-range.ts'
import {
  parseAccount,
  parseControlSocket,
  parseEnvironmentEntry,
  parseUnderscoreField,
  parseLogTarget,
  parseOwnPath,
  parsePath,
  parseRoute,
  parseScriptName,
  parseServerHeader,
  parseSwitch,
  parseText,
  parseUmask,
} from './texts.ts'

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
    help: 'What to serve. Python: package.module:attribute, package.module (its `application`, else its `app`), a factory call such as "module:create_app()", or a file of the working directory, path/app.py[:attribute]. TypeScript or JavaScript: a file, ./app.ts[:name].',
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
  lint: single({
    group: 'Application',
    metavariable: '',
    parse: parseSwitch,
    isSwitch: true,
    default: 'off',
    help: 'Says in the log, once for each path, where the application does not keep to PEP 3333: the rule, where it stands, and what was there instead. Answers stay as they are. For development; it costs time.',
    since: '0.1.0',
  }),

  bind: repeatable({
    group: 'Listening',
    metavariable: 'ADDRESS',
    short: '-b',
    parse: parseBind,
    separator: ',',
    default: ['127.0.0.1:8000'],
    help: 'Where to listen: HOST:PORT, :PORT (every interface), [IPV6]:PORT or unix:PATH. Port 0 takes a free port and prints it. Sockets that systemd passes (LISTEN_FDS) take the place of the default.',
    since: '0.1.0',
  }),

  trustedProxies: repeatable({
    group: 'Proxies',
    metavariable: 'NETWORK',
    parse: parseNetwork,
    separator: ',',
    isList: true,
    default: [],
    help: 'The proxies to believe: IP addresses, networks such as 10.0.0.0/8, or unix for whoever connects through a Unix socket. What they say of the client in X-Forwarded-For, -Proto, -Host, -Port and -Prefix or in Forwarded counts; from everybody else those fields are removed.',
    since: '0.1.0',
  }),
  proxyProtocol: single({
    group: 'Proxies',
    metavariable: '',
    parse: parseSwitch,
    isSwitch: true,
    default: 'off',
    help: 'Connections from --trusted-proxies begin with a PROXY protocol header, version 1 or 2, which names the client; one without it is answered 400. Everybody else speaks plain HTTP.',
    since: '0.1.0',
  }),
  allowUnderscoreHeaders: repeatable({
    group: 'Proxies',
    metavariable: 'NAME',
    parse: parseUnderscoreField,
    separator: ',',
    isList: true,
    default: [],
    help: 'Header fields that reach the application although their names hold "_", such as X_Account. They win over the field of the same name with "-", which has the same environ key. All others with "_" are dropped.',
    since: '0.1.0',
  }),

  fronts: optional({
    group: 'Processes',
    metavariable: 'NUMBER',
    parse: count(1, 1024),
    unset: '1 for a Python application, as many as the CPUs that the cgroup allows for a TypeScript one',
    help: 'How many processes take connections and run TypeScript. They share the listening sockets; limits of connections, of the queue and of the spool hold for each of them, and workers are shared out.',
    since: '0.1.0',
  }),
  workers: optional({
    group: 'Processes',
    metavariable: 'NUMBER',
    short: '-w',
    parse: parseWorkerRange,
    unset: 'as many as the CPUs that the cgroup allows',
    help: 'How many Python worker processes to run: a number, or MIN:MAX. Of a range, workers are added one at a time while requests wait longer than --grow-after, and taken away when one fewer would have done for --shrink-after.',
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
  preload: single({
    group: 'Processes',
    metavariable: '',
    parse: parseSwitch,
    isSwitch: true,
    default: 'off',
    help: 'Imports the application once, in a process that then only forks workers: they start in milliseconds and share its memory. What the import leaves open, sockets and threads, is named in the log, as it does not survive a fork.',
    since: '0.1.0',
  }),
  growAfterMs: single({
    group: 'Processes',
    metavariable: 'TIME',
    parse: duration(10),
    default: '200ms',
    help: 'With a range of --workers: a worker is added when the oldest request waits this long for a thread.',
    since: '0.1.0',
  }),
  shrinkAfterMs: single({
    group: 'Processes',
    metavariable: 'TIME',
    parse: duration(100),
    default: '60s',
    help: 'With a range of --workers: a worker is taken away when one fewer would have served all that came for this long.',
    since: '0.1.0',
  }),
  retryIdempotent: single({
    group: 'Processes',
    metavariable: '',
    parse: parseSwitch,
    isSwitch: true,
    default: 'off',
    help: 'A GET, HEAD, OPTIONS, PUT or DELETE whose worker died before any byte of its answer is given to another worker, once. Not one whose body was streamed. Without it such a request is answered 502.',
    since: '0.1.0',
  }),

  maxRequests: single({
    group: 'Recycling',
    metavariable: 'NUMBER',
    parse: count(0, 1_000_000_000),
    default: '0',
    help: 'A worker is replaced after this many requests, or more: its replacement is ready before it retires, one worker at a time is replaced, and booting takes a sixth of the time at the most. 0 means never.',
    since: '0.1.0',
  }),
  maxRequestsJitter: single({
    group: 'Recycling',
    metavariable: 'NUMBER',
    parse: count(0, 1_000_000_000),
    default: '0',
    help: 'Each worker serves up to this many requests more than --max-requests, by chance, so that not all are due together.',
    since: '0.1.0',
  }),
  maxWorkerAgeMs: single({
    group: 'Recycling',
    metavariable: 'TIME',
    parse: duration(0),
    default: '0s',
    help: 'A worker is replaced when it has served for this long, in the same way. 0 means never.',
    since: '0.1.0',
  }),
  maxRss: single({
    group: 'Recycling',
    metavariable: 'SIZE',
    parse: size(0),
    default: '0',
    help: 'A worker whose resident memory is larger is replaced, in the same way: its requests finish. 0 means any size.',
    since: '0.1.0',
  }),
  maxRssHard: single({
    group: 'Recycling',
    metavariable: 'SIZE',
    parse: size(0),
    default: '0',
    help: 'A worker whose resident memory is larger is killed at once; its requests are answered 502. 0 means any size.',
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
    help: 'The longest single header field, its whole line. A longer one is answered 431 and the connection closed.',
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
  maxTrailerBytes: single({
    group: 'Limits',
    metavariable: 'SIZE',
    parse: size(64, LARGEST_HEAD_BYTES),
    default: '16KiB',
    help: 'The trailer fields of a chunked body, all together. More are answered 431 and the connection closed.',
    since: '0.1.0',
  }),
  maxChunkExtensionBytes: single({
    group: 'Limits',
    metavariable: 'SIZE',
    parse: size(0, LARGEST_HEAD_BYTES),
    default: '16KiB',
    help: 'The chunk extensions of a body, all together. More are answered 400 and the connection closed.',
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
  maxPipelinedBytes: single({
    group: 'Limits',
    metavariable: 'SIZE',
    parse: size(1024),
    default: '64KiB',
    help: 'How much of further requests of a connection may wait behind the one being answered. Beyond it the client is not read until its turn comes; nothing is refused.',
    since: '0.1.0',
  }),
  maxRequestsPerConnection: single({
    group: 'Limits',
    metavariable: 'NUMBER',
    parse: count(0, 1_000_000_000),
    default: '10000',
    help: 'How many requests one connection may bring. The last is answered with Connection: close. 0 means any number.',
    since: '0.1.0',
  }),
  maxConnections: single({
    group: 'Limits',
    metavariable: 'NUMBER',
    parse: count(1, 1_000_000),
    default: '16384',
    help: 'How many clients may be connected at a time. One more is answered 503 with Retry-After and the connection closed.',
    since: '0.1.0',
  }),
  maxConnectionsPerAddress: single({
    group: 'Limits',
    metavariable: 'NUMBER',
    parse: count(0, 1_000_000),
    default: '4096',
    help: 'How many of them may come from one address (one /64 network of IPv6), trusted proxies excepted. One more is answered 503 with Retry-After and the connection closed. 0 means any number.',
    since: '0.1.0',
  }),

  streamRequests: repeatable({
    group: 'Buffers',
    metavariable: 'ROUTE',
    parse: parseRoute,
    separator: ',',
    isList: true,
    default: [],
    help: 'Requests whose path is ROUTE or lies below it reach the application at once, and wsgi.input reads their bodies as they arrive. All others are handed over complete.',
    since: '0.1.0',
  }),
  spoolDir: single({
    group: 'Buffers',
    metavariable: 'DIR',
    parse: parsePath,
    default: {
      from: (place: Place) => place.temporaryDirectory,
      description: "the system's temporary directory",
    },
    help: 'Where request bodies over 64 KiB are kept until the application has read them, in files that only gantry can open. When it is full the request is answered 507 and the connection closed.',
    since: '0.1.0',
  }),
  spoolBytes: single({
    group: 'Buffers',
    metavariable: 'SIZE',
    parse: size(0),
    default: '8GiB',
    help: 'How much may lie in --spool-dir at a time, request bodies and answers together; answers take at most half of it. A request body beyond it is answered 503 with Retry-After and the connection closed.',
    since: '0.1.0',
  }),
  responseBufferBytes: single({
    group: 'Buffers',
    metavariable: 'SIZE',
    parse: size(65_536),
    default: '64KiB',
    help: 'How much of an answer may wait in memory for a slow client. Beyond it the answer goes on to --spool-dir.',
    since: '0.1.0',
  }),
  responseSpoolBytes: single({
    group: 'Buffers',
    metavariable: 'SIZE',
    parse: size(0),
    default: '64MiB',
    help: 'How much of an answer may wait in --spool-dir. Beyond it the application is slowed down to what its client takes.',
    since: '0.1.0',
  }),

  headTimeoutMs: single({
    group: 'Times',
    metavariable: 'TIME',
    parse: duration(1),
    default: '10s',
    help: 'The longest a client may take to send a whole request head. After that it is answered 408 and the connection closed; one that has sent nothing since it connected is closed without an answer.',
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
  minBodyRate: single({
    group: 'Times',
    metavariable: 'SIZE',
    parse: size(0),
    default: '240',
    help: 'Bytes a second that a request body must bring on average: each byte buys its share of a second, and no more than --body-timeout is ever in hand. A slower one is answered 408 and the connection closed. 0 means any rate.',
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
    help: 'The longest a client may take no bytes of its answer. After that the connection is reset, the answer cut off.',
    since: '0.1.0',
  }),
  minWriteRate: single({
    group: 'Times',
    metavariable: 'SIZE',
    parse: size(0),
    default: '240',
    help: 'Bytes a second that a client must take of an answer that waits for it, counted like --min-body-rate with --write-timeout. The connection of a slower one is reset. 0 means any rate.',
    since: '0.1.0',
  }),
  queueTimeoutMs: single({
    group: 'Times',
    metavariable: 'TIME',
    parse: duration(0),
    default: '10s',
    help: 'The longest a request may wait for a free thread. After that it is answered 504. What a trusted proxy says in X-Request-Start counts as waiting. 0 means any time.',
    since: '0.1.0',
  }),
  requestTimeoutMs: single({
    group: 'Times',
    metavariable: 'TIME',
    parse: duration(0),
    default: '30s',
    help: 'The longest the application may work on a request; the time in which it waits for its client to send or to take something does not count. After that the client is answered 504, or its answer cut off, the log has the stack of the thread, and the thread is interrupted by an exception. 0 means any time.',
    since: '0.1.0',
  }),
  responseIdleTimeoutMs: single({
    group: 'Times',
    metavariable: 'TIME',
    parse: duration(0),
    default: '60s',
    help: 'The longest the application may pause between two blocks of an answer that it has begun, counted in the same way. After that the answer is cut off, and the thread interrupted. 0 means any time.',
    since: '0.1.0',
  }),
  interruptGraceMs: single({
    group: 'Times',
    metavariable: 'TIME',
    parse: duration(0),
    default: '2s',
    help: 'How long a thread that was interrupted may take to come back. After that its worker gets no more requests, finishes its others, is replaced and killed.',
    since: '0.1.0',
  }),
  bootTimeoutMs: single({
    group: 'Times',
    metavariable: 'TIME',
    parse: duration(1),
    default: '60s',
    help: 'The longest a worker, or a front, may take to import the application. After that it is killed; at the first start gantry then ends with status 1.',
    since: '0.1.0',
  }),
  shutdownTimeoutMs: single({
    group: 'Times',
    metavariable: 'TIME',
    parse: duration(0),
    default: '30s',
    help: 'How long requests that are already accepted may go on after SIGTERM or SIGINT. What is left then is answered 503, or cut off where its answer has begun, and named in the log.',
    since: '0.1.0',
  }),
  lameDuckMs: single({
    group: 'Times',
    metavariable: 'TIME',
    parse: duration(0),
    default: '0s',
    help: 'After SIGTERM: how long new connections are still served, each answer with Connection: close and the connection closed, while --ready-path already fails, so that load balancers can take this server out. Then --shutdown-timeout begins.',
    since: '0.1.0',
  }),

  healthPath: optional({
    group: 'Operation',
    metavariable: 'PATH',
    parse: parseOwnPath,
    unset: 'ready is when it is imported',
    help: 'A path of the application that a new worker (of a TypeScript application: a new front) has to answer with 2xx, asked once, before it gets requests.',
    since: '0.1.0',
  }),
  livePath: single({
    group: 'Operation',
    metavariable: 'PATH',
    parse: parseOwnPath,
    default: '/-/live',
    help: 'A path that the server answers by itself: 200 as long as it runs. Empty switches it off.',
    since: '0.1.0',
  }),
  readyPath: single({
    group: 'Operation',
    metavariable: 'PATH',
    parse: parseOwnPath,
    default: '/-/ready',
    help: 'A path that the server answers by itself: 200 while it can serve, 503 while no worker is there or it is stopping. Empty switches it off.',
    since: '0.1.0',
  }),
  healthBind: repeatable({
    group: 'Operation',
    metavariable: 'ADDRESS',
    parse: parseBind,
    separator: ',',
    default: [],
    help: 'Answers --live-path and --ready-path at this address, and no longer at --bind.',
    since: '0.1.0',
  }),
  reloadOn: optional({
    group: 'Operation',
    metavariable: 'FILE',
    parse: parsePath,
    unset: 'on SIGHUP and `gantry reload` only',
    help: 'Reloads when FILE is touched: when its time of modification changes.',
    since: '0.1.0',
  }),
  controlSocket: optional({
    group: 'Operation',
    metavariable: 'PATH',
    parse: parseControlSocket,
    unset: 'a socket of its own where the commands find it',
    help: 'The Unix socket, for its owner only, through which `gantry status`, reload, dump, top, workers and stop speak to this server; none for no such socket.',
    since: '0.1.0',
  }),
  pidFile: optional({
    group: 'Operation',
    metavariable: 'FILE',
    parse: parsePath,
    unset: 'no such file',
    help: 'Holds the process id that signals go to, from when gantry is ready until it ends.',
    since: '0.1.0',
  }),
  user: optional({
    group: 'Operation',
    metavariable: 'NAME',
    parse: parseAccount,
    unset: 'whoever starts gantry',
    help: 'Started as root: the user to go on as once the sockets are open.',
    since: '0.1.0',
  }),
  group: optional({
    group: 'Operation',
    metavariable: 'NAME',
    parse: parseAccount,
    unset: "the user's own",
    help: 'Started as root: the group to go on as.',
    since: '0.1.0',
  }),
  umask: optional({
    group: 'Operation',
    metavariable: 'MODE',
    parse: parseUmask,
    unset: 'as it was',
    help: 'The mode bits that files get not, in octal, for the server and the application.',
    since: '0.1.0',
  }),

  accessLog: optional({
    group: 'Logs',
    metavariable: 'FILE',
    parse: parseLogTarget,
    unset: 'no access log',
    help: 'Writes a line for each request, refused ones too, to FILE or, for -, to standard output: the combined log format, and behind it the milliseconds it took, its id and the code of a refusal.',
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
