// Which test proves that an option does what its help says: it sets the option, as a flag, a variable, in a file or in code, and observes
// the effect. That another option is accepted, or has a value, proves nothing of that.
import type { OptionName } from '../../src/config/options.ts'

export interface Effect {
  /** In test/. */
  readonly file: string
  /** As it stands there, before anything is filled in. */
  readonly test: string
}

const LIMIT = '%s answers %i, closes the connection, and is named in the log'
const LATE = '%s answers 408, closes the connection, and is named in the log'

const inLimits = (test: string): Effect => ({ file: 'integration/limits.test.ts', test })
const inOptions = (test: string): Effect => ({ file: 'integration/options.test.ts', test })
const inConnections = (test: string): Effect => ({ file: 'integration/connections.test.ts', test })
const inDeadlines = (test: string): Effect => ({ file: 'integration/deadlines.test.ts', test })
const inRecycling = (test: string): Effect => ({ file: 'integration/recycling.test.ts', test })
const inApplicationForms = (test: string): Effect => ({ file: 'integration/application-forms.test.ts', test })
const IN_ADAPTIVE_WORKERS: Effect = {
  file: 'integration/adaptive-workers.test.ts',
  test: 'grows while requests wait, up to the most, and shrinks when they do not; no request is lost',
}
const IN_ACCOUNTS: Effect = {
  file: 'integration/accounts.test.ts',
  test: 'goes on as the user with everything open already: a port, a Unix socket, the pid file',
}
const IN_CONTROL: Effect = {
  file: 'integration/control.test.ts',
  test: 'a server is spoken to at --control-socket, and --pid-file has its process id: both go with it',
}
const IN_HEALTH: Effect = { file: 'gateways/http/health.test.ts', test: 'are at exactly their paths' }
const IN_LOGS: Effect = {
  file: 'integration/logs.test.ts',
  test: 'is in its order, with its stream and its request, whether print() or logging wrote it',
}

export const OPTION_EFFECTS: Readonly<Record<OptionName, Effect>> = {
  application: inApplicationForms('%s answers "%s"'),
  config: {
    file: 'server/config-files.test.ts',
    test: 'may stand anywhere, and have any name, when it is named: --config before GANTRY_CONFIG',
  },
  python: {
    file: 'integration/start-interpreter.test.ts',
    test: 'is that of --python, whatever else there is',
  },
  chdir: inApplicationForms('is found from --chdir, a file too'),
  pythonpath: inApplicationForms('is searched in the order given: %s before %s'),
  env: {
    file: 'integration/worker-environment.test.ts',
    test: "holds the server's own variables and those of --env, which win",
  },
  scriptName: inOptions('W18 splits the path at the mount point, and what lies outside of it stays whole'),
  lint: {
    file: 'integration/check-command.test.ts',
    test: 'tells what %s does wrong once for each path, in the log, and answers as ever',
  },
  mounts: {
    file: 'integration/configured-applications.test.ts',
    test: 'each answers below its path, the longest first, and those of Python have their own variables',
  },
  routes: {
    file: 'gateways/routes.test.ts',
    test: 'the largest body for %s is %i bytes, with a length and in chunks',
  },
  static: {
    file: 'gateways/static/static-files.test.ts',
    test: 'is sent where --static says, of several paths the longest counting; all else is for the application',
  },
  bind: inOptions('takes several addresses at once, port 0 a free port each, and prints them'),
  backlog: inOptions('is how many connections the system holds while nobody takes them'),
  trustedProxies: {
    file: 'integration/trusted-proxies.test.ts',
    test: 'names the client in X-Forwarded fields',
  },
  proxyProtocol: {
    file: 'integration/proxy-protocol.test.ts',
    test: 'speaks for the client that it names, for all the connection: %s',
  },
  allowUnderscoreHeaders: {
    file: 'integration/trusted-proxies.test.ts',
    test: 'passes for no one else by a name with _, the allowed one being told apart (W11)',
  },
  fronts: {
    file: 'integration/fronts.test.ts',
    test: 'of one of two fronts costs only its own connections; it is replaced with its workers',
  },
  workers: inOptions('as many requests run at once as workers times threads, and no more'),
  threads: inOptions('as many requests run at once as workers times threads, and no more'),
  preload: {
    file: 'integration/preload.test.ts',
    test: 'is imported once, in a process that is none of the workers',
  },
  growAfterMs: IN_ADAPTIVE_WORKERS,
  shrinkAfterMs: IN_ADAPTIVE_WORKERS,
  retryIdempotent: inDeadlines(
    'requests that are lost with their worker are tried again, once, if they may be',
  ),
  maxRequests: inRecycling(
    'workers that have answered enough are replaced under load, the replacement first, and no request is lost',
  ),
  maxRequestsJitter: inRecycling(
    'workers that have answered enough are replaced under load, the replacement first, and no request is lost',
  ),
  maxWorkerAgeMs: inRecycling(
    'a worker whose replacement cannot boot goes on; when the code is mended it is replaced',
  ),
  maxRss: inRecycling('a worker that grows is replaced when it may be, and killed when it must be'),
  maxRssHard: inRecycling('a worker that grows is replaced when it may be, and killed when it must be'),
  serverHeader: inOptions('W40 changes the Server field, also of error pages'),
  maxRequestLineBytes: inLimits(LIMIT),
  maxHeaderBytes: inLimits(LIMIT),
  maxHeadBytes: inLimits(LIMIT),
  maxHeaders: inLimits(LIMIT),
  maxTrailerBytes: inLimits(LIMIT),
  maxChunkExtensionBytes: inLimits(LIMIT),
  maxBodyBytes: inLimits(LIMIT),
  queueSize: {
    file: 'integration/dispatch.test.ts',
    test: 'one request more than may wait is answered 503 with Retry-After, and its connection kept',
  },
  maxPipelinedBytes: inConnections(
    'is not read while --max-pipelined-bytes wait, and goes on when its turn comes',
  ),
  maxRequestsPerConnection: inConnections(
    'brings --max-requests-per-connection requests; the last says that it is closed',
  ),
  maxConnections: inConnections('in all are answered 503 and closed; who leaves makes room'),
  maxConnectionsPerAddress: inConnections(
    'of one address are answered 503 with Retry-After and closed; others and those before are served',
  ),
  streamRequests: {
    file: 'integration/stream-requests.test.ts',
    test: 'holds its own path and all below it, by whole segments',
  },
  bodyMemoryBytes: inLimits(
    'a body that --body-memory-bytes have room for needs none in the spool, a larger one does',
  ),
  spoolDir: inLimits('holds large bodies until their requests are over, and nothing of them afterwards'),
  spoolBytes: inLimits(
    'a body that --spool-bytes have no room for is answered 503, and the connection closed',
  ),
  responseBufferBytes: {
    file: 'gateways/http/http-connection.test.ts',
    test: 'with --response-buffer-bytes %s: the rest %s, and it is whole in the end',
  },
  responseSpoolBytes: {
    file: 'integration/clients.test.ts',
    test: 'of a large stream beyond --response-spool-bytes makes neither front nor worker hold it, while other requests go on',
  },
  headTimeoutMs: inLimits(LATE),
  bodyTimeoutMs: inLimits(LATE),
  minBodyRate: inConnections('with its body, without ever pausing, is answered 408: --min-body-rate'),
  idleTimeoutMs: inLimits('--idle-timeout closes the connection without an answer'),
  writeTimeoutMs: {
    file: 'integration/clients.test.ts',
    test: 'has its connection reset after --write-timeout, and the iterable closed',
  },
  minWriteRate: inConnections('with taking its answer, without ever stopping, is reset: --min-write-rate'),
  queueTimeoutMs: inDeadlines('a request that finds no free thread in time is answered 504'),
  requestTimeoutMs: inDeadlines('the only thread of a worker is interrupted wherever it is, and serves on'),
  responseIdleTimeoutMs: inDeadlines(
    'the only thread of a worker is interrupted wherever it is, and serves on',
  ),
  interruptGraceMs: inDeadlines(
    'a thread that cannot be interrupted costs its worker its life, not the others of its requests',
  ),
  bootTimeoutMs: {
    file: 'integration/start-application.test.ts',
    test: 'because its application takes longer to import than --boot-timeout',
  },
  shutdownTimeoutMs: {
    file: 'integration/stopping.test.ts',
    test: 'W45 cuts off after --shutdown-timeout what is still running, and closes its iterable',
  },
  lameDuckMs: {
    file: 'integration/draining.test.ts',
    test: 'is not ready, and serves who is connected and who comes, each for the last time',
  },
  healthPath: {
    file: 'integration/reload.test.ts',
    test: 'that does not answer --health-path with 2xx does not serve',
  },
  livePath: IN_HEALTH,
  readyPath: IN_HEALTH,
  healthBind: {
    file: 'integration/health.test.ts',
    test: 'at --health-bind answer at once while every thread is stuck and no connection is left, and until the end',
  },
  reload: {
    file: 'integration/development-reload.test.ts',
    test: 'Python: a module that is imported, then one that cannot be, then one that can',
  },
  reloadOn: {
    file: 'integration/reload.test.ts',
    test: 'is imported anew by every front; --reload-on sees a file that is touched, replaced and made anew',
  },
  controlSocket: IN_CONTROL,
  pidFile: IN_CONTROL,
  user: IN_ACCOUNTS,
  group: IN_ACCOUNTS,
  umask: IN_ACCOUNTS,
  errorLog: IN_LOGS,
  logLevel: { file: 'server/observation.test.ts', test: '%s is the least that is told' },
  logFormat: IN_LOGS,
  accessLog: {
    file: 'integration/access-log.test.ts',
    test: 'is a line with address, request line, status, bytes, Referer, User-Agent, time and id',
  },
  accessLogFormat: { file: 'server/observation.test.ts', test: 'says how lines are written: %s' },
}
