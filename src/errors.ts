// Every error that Gantry raises itself: one class, one catalogue. A code is stable and never reused; the text of a message
// or hint may change at any time. What a peer does wrong on the wire is not here: the codec reports it as a value.

type ErrorSpec<Details> = {
  /** When this happens, for the reference page. */
  readonly when: string
  /** What a client is answered, where there is one. */
  readonly status?: number
  /** What gantry ends with, where this stops it: 2 for configuration, 1 otherwise. */
  readonly exitStatus?: 1 | 2
  readonly message: (details: Details) => string
  readonly hint: string
  /** A hint that fits the details better than the general one. */
  readonly hintFrom?: (details: Details) => string | undefined
  readonly traceback?: (details: Details) => string | undefined
}

type Told<Details> = Pick<ErrorSpec<Details>, 'when' | 'message' | 'hint' | 'hintFrom'>

/** The end of a process in words: what caused it, and what to do about that. */
type EndedProcess = { readonly pid: number; readonly cause: string; readonly hint: string }

const configuration = <D>(told: Told<D>): ErrorSpec<D> => ({ ...told, exitStatus: 2 })
const startup = <D>(told: Told<D>): ErrorSpec<D> => ({ ...told, exitStatus: 1 })
const exchange = <D>(status: number, told: Told<D>): ErrorSpec<D> => ({ ...told, status })

type BootFailureText = { readonly message: string; readonly hint?: string; readonly traceback?: string }

const application = (exitStatus: 1 | 2, when: string, hint: string): ErrorSpec<BootFailureText> => ({
  when,
  exitStatus,
  message: (d) => d.message,
  hint,
  hintFrom: (d) => nonEmpty(d.hint),
  traceback: (d) => nonEmpty(d.traceback),
})

const FROM_GUNICORN =
  'gantry migrate gunicorn prints what a configuration file of gunicorn says as gantry.toml.'

const ENVIRONMENT_GONE =
  'The virtual environment that is active is no more: make it anew, leave it (deactivate), or name an interpreter: --python path/to/python3.'

/** The catalogue. `docs/reference/errors.md` is made from it. */
export const ERRORS = Object.freeze({
  GANTRY_OPTION_UNKNOWN: configuration({
    when: 'A flag, a key of a configuration file, or a variable that begins with GANTRY_, is none that Gantry knows.',
    message: (d: { given: string; nearest?: string | undefined }) =>
      `unknown ${d.given}${suggestion(d.nearest)}`,
    hint: 'gantry --help-all lists every option.',
  }),
  GANTRY_FLAG_OF_GUNICORN: configuration({
    when: 'A flag is one of gunicorn, and Gantry has none that does the same.',
    message: (d: { flag: string; advice: string }) => `flag ${d.flag} is gunicorn's. ${d.advice}`,
    hint: 'gantry migrate gunicorn "gunicorn …" prints what a whole command line is here; docs/guide/from-gunicorn-and-nginx.md has a table.',
  }),
  GANTRY_OPTION_VALUE_BAD: configuration({
    when: 'The value of an option cannot be read or is out of its range.',
    message: (d: { origin: string; given: unknown; expected: string }) =>
      `${d.origin}: expected ${d.expected}, got ${shownValue(d.given)}`,
    hint: 'gantry --help-all says what each option takes.',
  }),
  GANTRY_OPTION_VALUE_MISSING: configuration({
    when: 'A flag that takes a value stands at the end of the command line or before another flag.',
    message: (d: { flag: string; metavariable: string }) =>
      `flag ${d.flag} needs a value: ${d.flag} ${d.metavariable}`,
    hint: 'A value that begins with two hyphens is written with an equals sign: --flag=--value.',
  }),
  GANTRY_ARGUMENT_UNEXPECTED: configuration({
    when: 'The command line holds more than one application.',
    message: (d: { given: string; application: string }) =>
      `unexpected argument ${JSON.stringify(d.given)} after the application ${JSON.stringify(d.application)}`,
    hint: 'Name one application; put one that holds spaces or parentheses in quotes. A command such as serve comes first.',
  }),
  GANTRY_APPLICATION_MISSING: configuration({
    when: 'No application was named.',
    message: (d: { variable: string }) =>
      `no application to serve: no argument, no ${d.variable} and no configuration file names one`,
    hint: 'For example: gantry shop.wsgi:application, gantry path/app.py or gantry ./app.ts; gantry --help shows every form.',
  }),
  GANTRY_CONFIG_SYNTAX: configuration({
    when: 'A configuration file is not well-formed TOML or JSON.',
    message: (d: { place: string; kind: string; reason: string }) =>
      `${d.place}: not valid ${d.kind}: ${d.reason}`,
    hint: 'Nothing of the file was used. docs/guide/configuration.md shows what one looks like.',
  }),
  GANTRY_CONFIG_MISSING: configuration({
    when: 'The configuration file that was named cannot be opened.',
    message: (d: { origin: string; path: string; reason: string }) =>
      `${d.origin}: cannot read ${d.path}: ${d.reason}`,
    hint: 'Paths are taken from the directory in which gantry was started. --config none reads no file at all.',
  }),
  GANTRY_CONFIG_KIND: configuration({
    when: 'The configuration file that was named is of no kind that Gantry reads.',
    message: (d: { origin: string; path: string }) =>
      `${d.origin}: ${d.path} is none of .toml, .json, .ts, .mts, .js, .mjs and .cjs`,
    hint: 'docs/guide/configuration.md shows every kind of file.',
    hintFrom: (d) => (d.path.endsWith('.py') ? FROM_GUNICORN : undefined),
  }),
  GANTRY_CONFIG_BAD: configuration({
    when: 'The configuration file does not hold, or export, what Gantry can use.',
    message: (d: { source: string; expected: string }) => `${d.source}: expected ${d.expected}`,
    hint: 'docs/guide/configuration.md shows every kind of file.',
  }),
  GANTRY_CONFIG_AMBIGUOUS: configuration({
    when: 'The working directory has more than one configuration file.',
    message: (d: { names: readonly string[]; directory: string }) =>
      `${d.directory} has ${d.names.join(' and ')}, and only one of them can count`,
    hint: 'Remove or rename all but one.',
  }),
  GANTRY_CONFIG_NOT_READ: startup({
    when: 'The configuration file could not be read to its end.',
    message: (d: { path: string; reason: string }) => `${d.path} was not read to its end: ${d.reason}`,
    hint: 'Look for what ends the process, or waits, at the top level of the file or of what it imports.',
  }),
  GANTRY_OPTION_NOT_HERE: configuration({
    when: 'An option was given to a function, or a flag to a command, that has no use for it.',
    message: (d: { name: string; taker: string; place: string }) =>
      `option ${d.name} has no effect in ${d.taker}: it is one of ${d.place}`,
    hint: 'docs/reference/options.md lists which options belong to the server and which to one application.',
  }),
  GANTRY_CHDIR_MISSING: configuration({
    when: 'The directory to change to does not exist, is no directory, or cannot be entered.',
    message: (d: { path: string; origin: string }) =>
      `${d.origin}: there is no directory ${d.path} that can be entered`,
    hint: 'Paths are taken from the directory in which gantry, or the program that uses it, was started.',
  }),

  GANTRY_CGI_ENVIRONMENT: configuration({
    when: 'gantry cgi was started by something else than a web server.',
    message: () => 'cgi: no web server has started this: the environment has no REQUEST_METHOD (RFC 3875)',
    hint: 'To try by hand: REQUEST_METHOD=GET PATH_INFO=/ gantry cgi APP; to serve over HTTP: gantry APP.',
  }),
  GANTRY_CGI_MIDDLEWARE: configuration({
    when: 'The configuration file has middleware for a Python application that gantry cgi is to run.',
    message: (d: { application: string }) =>
      `gantry cgi runs the Python application ${d.application} without Node, so the middleware of the configuration file cannot stand in front of it`,
    hint: 'Let the web server do its work, start gantry cgi where no configuration file has middleware, or serve the application with gantry serve.',
  }),

  GANTRY_PYTHON_NOT_FOUND: configuration({
    when: 'There is no Python interpreter where Gantry was told to look.',
    message: (d: { origin: string; lookedAt: readonly string[] }) =>
      `no Python interpreter (${d.origin}); looked at ${d.lookedAt.join(', ') || 'nothing: PATH is empty'}`,
    hint: 'Name the interpreter, --python path/to/venv/bin/python, or install Python 3.8 or newer.',
    hintFrom: (d) => (d.origin === '$VIRTUAL_ENV' ? ENVIRONMENT_GONE : undefined),
  }),
  GANTRY_PYTHON_NOT_EXECUTABLE: configuration({
    when: 'What was named as the Python interpreter is there but cannot be executed.',
    message: (d: { path: string; origin: string; reason: string }) =>
      `the Python interpreter ${d.path} (${d.origin}) cannot be executed: ${d.reason}`,
    hint: 'Name the interpreter itself, as in --python path/to/venv/bin/python, or make the virtual environment anew.',
  }),
  GANTRY_PYTHON_TOO_OLD: configuration({
    when: 'The interpreter is older than the worker supports.',
    message: (d: { path: string; version: string; oldest: string }) =>
      `Python ${d.version} (${d.path}) is too old: Gantry needs ${d.oldest} or newer`,
    hint: 'Name a newer interpreter: --python path/to/python3.',
  }),
  GANTRY_PYTHON_NOT_RUN: startup({
    when: 'The interpreter could not be started, or it ended without saying which Python it is.',
    message: (d: { path: string; reason: string }) => `${d.path} could not be run as Python: ${d.reason}`,
    hint: 'Run it by hand with --version to see what it says.',
  }),

  GANTRY_MOUNT_WITHOUT_APPLICATION: configuration({
    when: 'A mount has options, but no application.',
    message: (d: { origin: string; key: string }) => `${d.origin}: no application is mounted at ${d.key}`,
    hint: 'Name it: --mounts /api=api.wsgi:app, or application = "api.wsgi:app" in [mounts."/api"].',
  }),
  GANTRY_SETTING_REPEATED: configuration({
    when: 'A mount, a route or a path of --static was given the same setting twice.',
    message: (d: { origin: string; first: string; key: string; name: string }) =>
      `${d.origin}: ${d.name} of ${d.key} was said already (${d.first})`,
    hint: 'Leave one of them out. /x and /x/ are no two paths, and neither are hosts that differ in case.',
  }),
  GANTRY_STATIC_WITHOUT_FILES: configuration({
    when: 'A path of --static has settings, but no files.',
    message: (d: { origin: string; path: string }) => `${d.origin}: no files are named for ${d.path}`,
    hint: 'Name their directory: --static /static=public, or files = "public" in [static."/static"].',
  }),
  GANTRY_STATIC_MISSING: configuration({
    when: 'What --static names does not exist, is neither a directory nor a file, or cannot be read.',
    message: (d: { origin: string; files: string; reason: string }) => `${d.origin}: ${d.files} ${d.reason}`,
    hint: 'Paths are taken from the directory in which gantry, or the program that uses it, was started. What a build makes has to be there before.',
  }),
  GANTRY_BIND_REPEATED: configuration({
    when: 'The same address was given twice.',
    message: (d: { origin: string; address: string }) => `${d.origin}: ${d.address} is given twice`,
    hint: 'Leave one of them out.',
  }),
  GANTRY_PROXY_PROTOCOL_UNTRUSTED: configuration({
    when: 'The PROXY protocol is switched on, but no proxy is trusted to speak it.',
    message: (d: { origin: string }) =>
      `${d.origin}: the PROXY protocol is read from trusted proxies only, and none is named`,
    hint: 'Name the addresses of the proxies, for example --trusted-proxies 10.0.0.0/8, or unix for those that connect through a Unix socket.',
  }),
  GANTRY_BIND_IN_USE: startup({
    when: 'Another process listens on the address.',
    message: (d: { address: string; owner?: { pid: number; command: string } | undefined }) =>
      `${d.address} is in use${d.owner === undefined ? '' : ` by process ${d.owner.pid} (${d.owner.command})`}`,
    hint: 'End that process, or choose another address: --bind 127.0.0.1:8001 (port 0 takes any free one).',
  }),
  GANTRY_BIND_NOT_PERMITTED: startup({
    when: 'The operating system does not let this user listen on the address.',
    message: (d: { address: string }) => `not permitted to listen on ${d.address}`,
    hint: 'Ports below 1024 need a privilege (on Linux CAP_NET_BIND_SERVICE); a Unix socket needs a directory that can be written.',
  }),
  GANTRY_BIND_NOT_AVAILABLE: startup({
    when: 'The host of the address is none of this machine, or its name cannot be resolved.',
    message: (d: { address: string; reason: string }) =>
      `${d.address} is not an address of this machine: ${d.reason}`,
    hint: 'Listen on 127.0.0.1 (this machine only) or 0.0.0.0 (every interface).',
  }),
  GANTRY_BIND_FAILED: startup({
    when: 'The address cannot be listened on for any other reason.',
    message: (d: { address: string; reason: string }) => `cannot listen on ${d.address}: ${d.reason}`,
    hint: 'A Unix socket needs a directory that is there, and a name that nothing else has; a descriptor has to be a socket that gantry is started with.',
  }),

  GANTRY_PID_FILE_IN_USE: startup({
    when: 'The file of --pid-file names a process that runs.',
    message: (d: { path: string; pid: number }) => `${d.path} names process ${d.pid}, which runs`,
    hint: 'Most likely the server runs already: end it first, or give this one another --pid-file. If that process is something else, remove the file.',
  }),
  GANTRY_PID_FILE_FAILED: startup({
    when: 'The file of --pid-file cannot be written.',
    message: (d: { path: string; reason: string }) => `cannot write the pid file ${d.path}: ${d.reason}`,
    hint: 'Its directory must exist and let whoever starts gantry write.',
  }),
  GANTRY_ACCOUNT_UNKNOWN: configuration({
    when: 'There is no such user or group as --user or --group names.',
    message: (d: { origin: string; name: string; kind: 'user' | 'group' }) =>
      `${d.origin}: there is no ${d.kind} ${d.name}`,
    hint: 'getent passwd and getent group list those that there are; a number is taken as it is.',
  }),
  GANTRY_ACCOUNT_NOT_PERMITTED: configuration({
    when: '--user or --group names another account than that of whoever starts gantry, who is not root.',
    message: (d: { origin: string }) => `${d.origin}: only root can go on as somebody else`,
    hint: 'Start gantry as root, or leave the option out and start it as that user.',
  }),

  GANTRY_PASSED_SOCKET_BAD: startup({
    when: 'A socket that the service manager says it has passed (LISTEN_FDS) cannot be listened on.',
    message: (d: { what: string; reason: string }) => `passed by the service manager: ${d.what}: ${d.reason}`,
    hint: 'A unit of type socket passes what it listens on: ListenStream= with Accept=no, which is the default. docs/guide/systemd.md shows one.',
  }),
  GANTRY_ACCESS_LOG_FAILED: startup({
    when: 'The file of the access log cannot be opened.',
    message: (d: { path: string; origin: string; reason: string }) =>
      `${d.origin}: cannot write the access log ${d.path}: ${d.reason}`,
    hint: 'Its directory must exist and let gantry write; a named pipe must have a reader. - stands for standard output.',
  }),
  GANTRY_ERROR_LOG_FAILED: startup({
    when: 'The file of the error log cannot be opened.',
    message: (d: { path: string; origin: string; reason: string }) =>
      `${d.origin}: cannot write the error log ${d.path}: ${d.reason}`,
    hint: 'Its directory must exist and let gantry write; a named pipe must have a reader. - stands for standard error.',
  }),

  GANTRY_CONTROL_SOCKET_FAILED: startup({
    when: 'The control socket cannot be opened. Without --control-socket the server goes on without one, and says so in the log.',
    message: (d: { path: string; origin: string; reason: string }) =>
      `${d.origin}: cannot open the control socket ${d.path}: ${d.reason}`,
    hint: 'Name a path in a directory that exists and lets gantry write, --control-socket PATH, or do without: --control-socket none.',
  }),
  GANTRY_COMMAND_BAD: configuration({
    when: 'A command such as gantry status was given something that it does not take.',
    message: (d: { command: string; problem: string }) => `${d.command}: ${d.problem}`,
    hint: 'gantry COMMAND --help says what a command takes.',
    hintFrom: (d) => `gantry ${d.command} --help says what it takes.`,
  }),
  GANTRY_INIT_NOTHING_FOUND: startup({
    when: 'gantry init found no application in the folder.',
    message: (d: { directory: string }) => `no WSGI application was found in ${d.directory}`,
    hint: 'It looks for manage.py, for Flask, Pyramid, Falcon and Bottle, for functions of environ and start_response, and for TypeScript that exports one. What it does not see can be named: gantry package.module:attribute.',
  }),
  GANTRY_INIT_FILES_THERE: configuration({
    when: 'gantry init would have to overwrite files.',
    message: (d: { paths: readonly string[]; directory: string }) =>
      `${d.paths.join(', ')} ${d.paths.length === 1 ? 'is' : 'are'} in ${d.directory} already; nothing was written`,
    hint: '--force writes them anew, --print only shows them.',
  }),
  GANTRY_MIGRATION_NOT_RUN: {
    ...startup({
      when: 'A configuration file of gunicorn, which is Python code, could not be run to its end by gantry migrate.',
      message: (d: { file: string; reason: string; traceback: string | undefined }) =>
        `${d.file} could not be run: ${d.reason}`,
      hint: 'It needs the interpreter and the variables that gunicorn is started with: --python path/to/venv/bin/python names the interpreter.',
    }),
    traceback: (d: { traceback: string | undefined }) => nonEmpty(d.traceback ?? ''),
  },
  GANTRY_NO_SERVER: startup({
    when: 'A command found no running server to speak to.',
    message: (d: { pid?: number | undefined; looked: readonly string[] }) =>
      `${d.pid === undefined ? 'no server of this user is running' : `process ${d.pid} is no running server`}: no control socket in ${d.looked.join(', ')}`,
    hint: 'One that was started with --control-socket PATH, or by another user, has to be named: --control-socket PATH or --pid PID.',
  }),
  GANTRY_SEVERAL_SERVERS: startup({
    when: 'A command found several running servers, and was not told which of them is meant.',
    message: (d: { servers: readonly string[] }) =>
      `several servers of this user are running:\n${d.servers.join('\n')}`,
    hint: 'Say which one: --pid PID or --control-socket PATH.',
  }),
  GANTRY_SERVER_UNREACHABLE: startup({
    when: 'A command cannot speak to the server that it was told to.',
    message: (d: { path: string; reason: string; hint?: string }) =>
      `cannot speak to a server through ${d.path}: ${d.reason}`,
    hint: 'The socket is there from the start of a server until its end, and for its own user only.',
    hintFrom: (d) => d.hint,
  }),
  GANTRY_COMMAND_REFUSED: {
    ...startup({
      when: 'A running server could not do what a command asked of it.',
      message: (d: { message: string; hint?: string | undefined }) => d.message,
      hint: 'The log of the server may say more.',
    }),
    hintFrom: (d: { hint?: string | undefined }) => d.hint,
  },

  GANTRY_APPLICATION_NOT_FOUND: application(
    1,
    'There is no such module or file.',
    'Modules are searched from the working directory (--chdir) and --pythonpath.',
  ),
  GANTRY_APPLICATION_NO_ATTRIBUTE: application(
    1,
    'The module has no attribute of that name, nor `application` or `app` where none was named.',
    'Name the attribute after a colon: gantry shop.wsgi:application.',
  ),
  GANTRY_APPLICATION_NOT_CALLABLE: application(
    1,
    'What was named is not callable, so it is no WSGI application.',
    'A factory is written with parentheses: gantry "shop:create_app()".',
  ),
  GANTRY_APPLICATION_RAISED: application(
    1,
    'The application raised an exception while it was imported, or its factory did.',
    "The traceback is the application's own.",
  ),
  GANTRY_APPLICATION_BAD_SPECIFICATION: application(
    2,
    'The specification of the application cannot be read.',
    'It reads module:attribute, module, "module:factory(arguments)" or path/app.py:attribute.',
  ),

  GANTRY_IMPORT_UNSETTLED: startup({
    when: 'The application or the configuration file waits at its top level for something that never comes, and nothing else is under way.',
    message: () => 'a module that was imported waits for something that never comes',
    hint: 'Look for an await at the top level of the application, of the configuration file, or of what they import.',
  }),
  GANTRY_FRONT_EXITED_EARLY: startup({
    when: 'A front, which runs TypeScript, ended before it was ready.',
    message: (d: { pid: number; cause: string }) => `front ${d.pid} ended before it was ready: ${d.cause}`,
    hint: 'What it printed stands above. In TypeScript: look for what calls process.exit().',
  }),
  GANTRY_FRONT_BOOT_TIMEOUT: startup({
    when: 'A front was not ready within the boot timeout.',
    message: (d: { pid: number; bootTimeoutMs: number }) =>
      `front ${d.pid} was not ready within ${seconds(d.bootTimeoutMs)}`,
    hint: 'Importing the application takes too long or waits for something; --boot-timeout gives it more time.',
  }),
  GANTRY_WORKER_EXITED_EARLY: startup({
    when: 'A worker process ended before it was ready.',
    message: (d: EndedProcess) => `worker ${d.pid} ended before it was ready: ${d.cause}`,
    hint: 'What it printed stands above.',
    hintFrom: (d) => nonEmpty(d.hint),
  }),
  GANTRY_WORKER_BOOT_TIMEOUT: startup({
    when: 'A worker was not ready within the boot timeout.',
    message: (d: { pid: number; bootTimeoutMs: number }) =>
      `worker ${d.pid} was not ready within ${seconds(d.bootTimeoutMs)}`,
    hint: 'Importing the application takes too long or waits for something; --boot-timeout gives it more time.',
  }),
  GANTRY_FORK_FAILED: startup({
    when: 'With --preload: the system did not let the template fork a worker.',
    message: (d: { reason: string }) => `the template cannot fork a worker: ${d.reason}`,
    hint: 'Limits of processes or of memory are the usual reasons (ulimit -u, pids.max and memory.max of the cgroup).',
  }),
  GANTRY_TEMPLATE_ENDED: startup({
    when: 'With --preload: the process that workers are forked from ended. Workers go on, and the application is imported again.',
    message: (d: EndedProcess) => `template ${d.pid} ended: ${d.cause}`,
    hint: 'What it printed stands above.',
    hintFrom: (d) => nonEmpty(d.hint),
  }),
  GANTRY_FRONT_UNHEALTHY: startup({
    when: 'A new front did not answer --health-path with 2xx.',
    message: (d: { pid: number; path: string; outcome: string }) =>
      `front ${d.pid} is not healthy: GET ${d.path} ${d.outcome}`,
    hint: 'The request comes from 127.0.0.1 and names the host of --bind; what the application says of it stands above.',
  }),
  GANTRY_WORKER_UNHEALTHY: startup({
    when: 'A new worker did not answer --health-path with 2xx.',
    message: (d: { pid: number; path: string; outcome: string }) =>
      `worker ${d.pid} is not healthy: GET ${d.path} ${d.outcome}`,
    hint: 'The request comes from 127.0.0.1 and names the host of --bind; what the application says of it stands above.',
  }),
  GANTRY_WORKER_CRASHED: exchange(502, {
    when: 'A worker process ended while it held a request.',
    message: (d: EndedProcess) => `process ${d.pid} ended: ${d.cause}`,
    hint: 'The log says how the process ended, and what to do about it: docs/guide/workers.md has a table of causes.',
    hintFrom: (d) => nonEmpty(d.hint),
  }),
  GANTRY_QUEUE_FULL: exchange(503, {
    when: 'As many requests wait for a free thread as may; the answer carries Retry-After.',
    message: (d: { queueSize: number }) =>
      `all threads are busy and ${d.queueSize === 0 ? 'no request may wait' : `${d.queueSize} ${d.queueSize === 1 ? 'request waits' : 'requests wait'} already`}`,
    hint: 'Add workers or threads (--workers, --threads), or let more requests wait (--queue-size).',
  }),
  GANTRY_QUEUE_TIMEOUT: exchange(504, {
    when: 'A request waited longer than --queue-timeout for a free thread.',
    message: (d: { queueTimeoutMs: number }) => `no thread was free within ${seconds(d.queueTimeoutMs)}`,
    hint: 'More is asked of the application than its threads can answer: add workers or threads (--workers, --threads), or look for what keeps them busy with `gantry dump`.',
  }),
  GANTRY_REQUEST_TIMEOUT: exchange(504, {
    when: 'The application worked on a request for longer than --request-timeout; a thread of Python was interrupted. Where the answer had begun, it was cut off.',
    message: (d: { requestTimeoutMs: number }) =>
      `the application worked on a request for longer than ${seconds(d.requestTimeoutMs)}`,
    hint: 'The stack shows where its thread was. --request-timeout gives requests more time; docs/guide/deadlines.md says what counts.',
  }),
  GANTRY_RESPONSE_IDLE_TIMEOUT: exchange(504, {
    when: 'The application sent nothing more of an answer that it had begun for longer than --response-idle-timeout; the answer was cut off, and a thread of Python interrupted.',
    message: (d: { responseIdleTimeoutMs: number }) =>
      `the application sent no more of its answer for ${seconds(d.responseIdleTimeoutMs)}`,
    hint: 'The stack shows where its thread was. --response-idle-timeout allows longer pauses; docs/guide/deadlines.md says what counts.',
  }),
  GANTRY_APPLICATION_CLOSED: exchange(503, {
    when: 'A Python application was used after its close(), or that of a server which served it; the answer carries Retry-After.',
    message: (d: { application: string }) => `the Python application ${d.application} was closed`,
    hint: 'Close what hands it requests first. An application that is closed cannot be started again: make a new one with pythonApplication().',
  }),
  GANTRY_SERVER_STOPPED: exchange(503, {
    when: 'The server ended while it held a request, and had waited for it as long as it may; the answer carries Retry-After.',
    message: () => 'the server ended before the application had answered',
    hint: 'Let requests go on for longer when the server stops (--shutdown-timeout), or find out why they take so long.',
  }),
  GANTRY_BODY_ALREADY_READ: exchange(500, {
    when: 'A request reached an adapter after something in front of it had read its body, and the bytes cannot be made again.',
    message: (d: { method: string; target: string; contentType: string | undefined }) =>
      `the body of ${d.method} ${d.target} (${d.contentType ?? 'without a Content-Type'}) was read by something in front of the application, such as a body parser, and cannot be made again of what is left of it`,
    hint: 'Put the application before body parsers, or let them keep the bytes: express.json({ verify: (request, response, bytes) => { request.rawBody = bytes } }). docs/guide/python-inside-node.md shows more.',
  }),
  GANTRY_UPSTREAM_UNREACHABLE: exchange(502, {
    when: 'A CGI script could not be started, or a FastCGI server took no connection.',
    message: (d: { upstream: string; reason: string }) => `${d.upstream} cannot be reached: ${d.reason}`,
    hint: 'A script must be there, be executable by the user of the server, and begin with a line that names its interpreter; a FastCGI server must listen on that address.',
  }),
  GANTRY_UPSTREAM_ANSWER_BAD: exchange(502, {
    when: 'What a CGI script or a FastCGI server sent is no answer (RFC 3875, FastCGI), or ended before it was complete; where it had begun, it was cut off.',
    message: (d: { upstream: string; problem: string }) => `${d.upstream} ${d.problem}`,
    hint: 'What it wrote to its standard error stands in the log. docs/guide/cgi-scripts-and-php.md says what an answer looks like.',
  }),
  GANTRY_UPSTREAM_TIMEOUT: exchange(504, {
    when: 'A CGI script or a FastCGI server took nothing and sent nothing for longer than its timeout, and was ended; where the answer had begun, it was cut off.',
    message: (d: { upstream: string; limitMs: number }) =>
      `${d.upstream} did nothing for ${seconds(d.limitMs)}`,
    hint: 'Its option timeout gives it more time.',
  }),
  GANTRY_UPSTREAM_BUSY: exchange(503, {
    when: 'As many requests as may be are with a CGI script or a FastCGI server, and as many wait as may; the answer carries Retry-After.',
    message: (d: { upstream: string; places: number; queueSize: number }) =>
      `${d.upstream} has ${d.places} ${d.places === 1 ? 'request' : 'requests'} already, and ${d.queueSize} more wait`,
    hint: 'Its options concurrency and queueSize say how many may be.',
  }),
  GANTRY_UPSTREAM_OVERLOADED: exchange(503, {
    when: 'A FastCGI server refused a request as it has too many; the answer carries Retry-After.',
    message: (d: { upstream: string; reason: string }) => `${d.upstream} refused the request: ${d.reason}`,
    hint: 'Let it have more processes, or hand it fewer requests at a time (option concurrency).',
  }),
  GANTRY_UPSTREAM_QUEUE_TIMEOUT: exchange(504, {
    when: 'A request waited for longer than the option queueTimeout for a CGI script or a FastCGI server to have room for it.',
    message: (d: { upstream: string; queueTimeoutMs: number }) =>
      `${d.upstream} had no room for the request within ${seconds(d.queueTimeoutMs)}`,
    hint: 'More is asked of it than it can answer: look for what takes so long there, or allow more at a time (option concurrency).',
  }),
  GANTRY_STATIC_FILE_FAILED: exchange(500, {
    when: 'A file of --static is there, but cannot be opened or read.',
    message: (d: { path: string; reason: string }) => `cannot read the static file ${d.path}: ${d.reason}`,
    hint: 'The user that gantry runs as must be able to read the file, and to enter every directory above it.',
  }),
  GANTRY_SPOOL_QUOTA: exchange(503, {
    when: 'Request bodies and answers on disk have reached their limit; the answer carries Retry-After.',
    message: (d: { directory: string; maxBytes: number }) =>
      `no room for a request body: what lies in ${d.directory} has reached its limit of ${d.maxBytes} bytes`,
    hint: 'Let more lie there (--spool-bytes), or smaller bodies in (--max-body-bytes).',
  }),
  GANTRY_SPOOL_FULL: exchange(507, {
    when: 'There is no room left on the disk for a large request body.',
    message: (d: { directory: string }) => `no room for a request body in ${d.directory}: the disk is full`,
    hint: 'Make room, or choose a directory on a larger file system: --spool-dir.',
  }),
  GANTRY_SPOOL_FAILED: exchange(503, {
    when: 'Large request bodies and answers cannot be written to their temporary files, or not be read back.',
    message: (d: { directory: string; reason: string }) =>
      `cannot keep request bodies and answers in ${d.directory}: ${d.reason}`,
    hint: 'The directory of --spool-dir must exist and let gantry write.',
  }),
})

/** The codes of docs/reference/errors.md. */
export type ErrorCode = keyof typeof ERRORS
export type ErrorDetails<Code extends ErrorCode> = Parameters<(typeof ERRORS)[Code]['message']>[0]

/** Each code with the details that its message takes: wrong details or an unknown code do not compile. */
type ErrorArguments = {
  [Code in ErrorCode]: [code: Code, details: ErrorDetails<Code>, options?: { readonly cause?: unknown }]
}[ErrorCode]

/** What every rejected promise and every throw of Gantry carries. */
export class GantryError extends Error {
  override readonly name = 'GantryError'
  readonly code: ErrorCode
  /** What a client that met this is answered. */
  readonly status: number
  /** What a process that this stops ends with. */
  readonly exitStatus: 1 | 2
  readonly hint: string
  /** The Python traceback, where the application itself failed. */
  readonly traceback: string | undefined

  constructor(...[code, details, options]: ErrorArguments) {
    // ErrorArguments has tied the details to the code, which the lookup cannot express.
    const spec = ERRORS[code] as ErrorSpec<typeof details>
    super(spec.message(details), options)
    this.code = code
    this.status = spec.status ?? 500
    this.exitStatus = spec.exitStatus ?? 1
    this.hint = spec.hintFrom?.(details) ?? spec.hint
    this.traceback = spec.traceback?.(details)
  }
}

const BOOT_FAILURES = {
  'not-found': 'GANTRY_APPLICATION_NOT_FOUND',
  'no-attribute': 'GANTRY_APPLICATION_NO_ATTRIBUTE',
  'not-callable': 'GANTRY_APPLICATION_NOT_CALLABLE',
  raised: 'GANTRY_APPLICATION_RAISED',
  'bad-specification': 'GANTRY_APPLICATION_BAD_SPECIFICATION',
} as const satisfies Record<string, ErrorCode>

export type BootFailureKind = keyof typeof BOOT_FAILURES
export type BootFailure = BootFailureText & { readonly kind: BootFailureKind }

export const isBootFailureKind = (kind: string): kind is BootFailureKind => Object.hasOwn(BOOT_FAILURES, kind)

/** The error that a worker's `boot-failed` frame stands for. */
export const bootFailureError = (failure: BootFailure): GantryError =>
  new GantryError(BOOT_FAILURES[failure.kind], failure)

/** The text for a terminal: `gantry: <message>`, the hint indented under it, then the application's traceback. */
export function renderError(thrown: unknown): string {
  return eachOf(thrown).map(renderOne).join('\n')
}

/** The exit status of a process that `thrown` ends. */
export function exitStatusOf(thrown: unknown): 1 | 2 {
  const isConfiguration = eachOf(thrown).some(
    (error) => error instanceof GantryError && error.exitStatus === 2,
  )
  return isConfiguration ? 2 : 1
}

// Problems that are found together travel together, as the errors of one AggregateError.
function eachOf(thrown: unknown): readonly unknown[] {
  return thrown instanceof AggregateError && thrown.errors.length > 0 ? thrown.errors : [thrown]
}

function renderOne(error: unknown): string {
  if (!(error instanceof GantryError)) return `gantry: ${underneath(`unexpected failure: ${textOf(error)}`)}`
  const lines = [`gantry: ${underneath(error.message)}`, `  ${underneath(error.hint)} (${error.code})`]
  if (error.traceback !== undefined) lines.push('', error.traceback.trimEnd())
  return lines.join('\n')
}

const textOf = (error: unknown): string =>
  error instanceof Error ? (error.stack ?? error.message) : String(error)
const underneath = (text: string): string => text.trimEnd().replaceAll('\n', '\n  ')
const suggestion = (nearest: string | undefined): string =>
  nearest === undefined ? '' : `; did you mean ${nearest}?`
/** As JSON shows it, and the kind of what it cannot show, such as a function. */
const shownValue = (value: unknown): string =>
  ['function', 'symbol', 'undefined'].includes(typeof value) ? typeof value : JSON.stringify(value)
const seconds = (ms: number): string => `${ms / 1000} s`
const nonEmpty = (text: string | undefined): string | undefined => (text === '' ? undefined : text)
