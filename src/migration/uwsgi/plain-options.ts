// Options of uWSGI that need no more than another name, or a word on what takes their place. Those whose values depend on each other are
// in translate.ts and beside it.

import type { UwsgiOption } from './uwsgi-option.ts'

const PYTHON_ONLY = 'Gantry serves Python and TypeScript, and has no plugins.'
const TASKS =
  'Gantry runs no other work than requests: give it to a task queue such as Celery or RQ, or to a unit of its own.'
const DAEMONS = 'Gantry starts no other programs: give each a unit of systemd, or a container.'
const EMPEROR =
  'Gantry serves one application: a template unit of systemd, gantry@.service, starts one server for each configuration.'
const TLS = 'Gantry has no TLS yet: let nginx, HAProxy or Caddy in front of it speak TLS.'
const STATIC =
  'static has all the files of a path: there is no look for a file before the application is asked, and no index of a directory.'
const CACHE = 'Gantry has no cache: Redis or memcached, or the cache of the framework.'
const ROUTING = 'Gantry has no routing rules: write middleware in gantry.config.ts, or leave them to a proxy.'
const NEEDLESS_LOGGING =
  'The access log goes where access-log says, the log of the server where error-log does.'
const STATS = 'gantry status, top and status --json take its place; no option is needed.'
const CHEAPER = 'A range of workers follows how long requests wait: grow-after and shrink-after.'

export const PLAIN_OPTIONS: readonly UwsgiOption[] = [
  { names: 'threads', option: 'threads' },
  { names: 'chdir', option: 'chdir' },
  { names: 'pythonpath python-path pp', option: 'pythonpath' },
  { names: 'env ienv', option: 'env' },
  { names: 'listen', option: 'backlog' },
  { names: 'harakiri', option: 'requestTimeoutMs', unit: 'seconds' },
  { names: 'harakiri-graceful-timeout', option: 'interruptGraceMs', unit: 'seconds' },
  { names: 'max-requests', option: 'maxRequests' },
  { names: 'max-worker-lifetime', option: 'maxWorkerAgeMs', unit: 'seconds' },
  { names: 'reload-on-rss', option: 'maxRss', unit: 'mebibytes' },
  { names: 'evil-reload-on-rss', option: 'maxRssHard', unit: 'mebibytes' },
  { names: 'reload-mercy worker-reload-mercy', option: 'shutdownTimeoutMs', unit: 'seconds' },
  { names: 'limit-post', option: 'maxBodyBytes' },
  { names: 'uid', option: 'user' },
  { names: 'gid', option: 'group' },
  { names: 'umask', option: 'umask' },
  { names: 'pidfile pidfile2 safe-pidfile safe-pidfile2', option: 'pidFile' },
  { names: 'touch-reload touch-workers-reload touch-chain-reload', option: 'reloadOn' },
  {
    names: 'enable-proxy-protocol http-enable-proxy-protocol',
    advice: 'proxy-protocol = true, together with trusted-proxies: the header is read from those only.',
  },

  { names: 'master', advice: 'Needless: Gantry always has a supervisor.' },
  { names: 'enable-threads', advice: 'Needless: threads of the application always run.' },
  { names: 'single-interpreter', advice: 'Needless: every worker is one process with one interpreter.' },
  { names: 'need-app', advice: 'Needless: without its application Gantry does not start, and says why.' },
  { names: 'die-on-term', advice: 'Needless: SIGTERM stops, SIGHUP reloads.' },
  {
    names: 'exit-on-reload',
    advice: 'Needless: systemd starts Gantry anew, a reload goes on in the same process.',
  },
  { names: 'vacuum', advice: 'Needless: sockets and the pid file are removed at the end.' },
  { names: 'strict', advice: 'Needless: a name that Gantry does not know is always an error.' },
  { names: 'no-orphans', advice: 'Needless: workers end with their front.' },
  {
    names: 'thunder-lock',
    advice: 'Needless: one process takes the connections, and gives requests to free workers.',
  },
  {
    names: 'lazy-apps lazy',
    advice: 'Needless: every worker imports the application itself, unless preload = true.',
  },
  {
    names: 'harakiri-verbose py-tracebacker',
    advice:
      'Needless: the log has the stack of a request whose time is up; gantry dump shows all at any time.',
  },
  {
    names: 'auto-procname procname procname-prefix procname-prefix-spaced procname-append procname-master',
    advice: 'Gantry does not rename processes: gantry status names them.',
  },
  {
    names: 'post-buffering post-buffering-bufsize body-read-warning',
    advice: 'Needless: request bodies are always read before a worker gets them, large ones into spool-dir.',
  },
  {
    names: 'ignore-sigpipe ignore-write-errors disable-write-exception write-errors-tolerance',
    advice: 'Needless: clients that leave are no errors; the access log has them as 499.',
  },
  { names: 'close-on-exec close-on-exec2', advice: 'Needless: workers hold no sockets of clients.' },
  {
    names: 'reuse-port so-keepalive tcp-nodelay no-defer-accept freebind',
    advice: 'No counterpart, and rarely missed: the socket is opened once, and stays open.',
  },
  { names: 'memory-report', advice: 'gantry status and top show the memory of each worker.' },
  {
    names:
      'log-master log-master-bufsize threaded-logger log-date logdate log-maxsize log-backupname log-reopen log-truncate log-micros log-zero log-slow log-4xx log-5xx log-big log-sendfile log-prefix log-encoder log-req-encoder log-route log-req-route log-filter log-drain logfile-chown logfile-chmod worker-logger logger touch-logreopen touch-logrotate',
    advice: NEEDLESS_LOGGING,
  },
  {
    names: 'log-syslog',
    advice: 'error-log and access-log take syslog:udp://HOST:PORT, syslog:tcp://HOST:PORT and syslog.',
  },
  {
    names: 'log-format logformat logformat-strftime log-format-strftime',
    advice: "access-log-format takes gunicorn's atoms, and names of formats: docs/guide/logging.md.",
  },
  {
    names: 'log-x-forwarded-for',
    advice:
      'trusted-proxies makes what a proxy says of the client count, in REMOTE_ADDR and in the access log.',
  },
  {
    names: 'stats stats-server stats-http stats-minified master-fifo enable-metrics metric snmp',
    advice: STATS,
  },
  {
    names: 'carbon stats-push metrics-dir',
    advice: 'Gantry pushes no metrics: gantry status --json has the numbers, for an agent that asks.',
  },
  {
    names:
      'cheaper-algo cheaper-step cheaper-initial cheaper-overload cheaper-idle cheaper-busyness-multiplier cheaper-busyness-min cheaper-busyness-max cheaper-busyness-backlog-alert cheaper-busyness-backlog-multiplier cheaper-busyness-backlog-step cheaper-busyness-backlog-nonzero cheaper-busyness-penalty cheaper-busyness-verbose',
    advice: CHEAPER,
  },
  {
    names:
      'cheaper-rss-limit-soft cheaper-rss-limit-hard reload-on-as evil-reload-on-as limit-as limit-nproc reload-on-uss reload-on-pss',
    advice:
      'max-rss and max-rss-hard limit each worker; MemoryMax= and TasksMax= of systemd limit all together.',
  },
  {
    names: 'cheap idle die-on-idle',
    advice: 'At least one worker always runs; workers = "1:8" starts others when requests wait.',
  },
  {
    names: 'min-worker-lifetime max-worker-lifetime-delta',
    advice: 'Needless: one worker at a time is replaced, and its replacement is ready first.',
  },
  { names: 'max-fd', advice: 'LimitNOFILE= of systemd, or ulimit -n.' },
  {
    names:
      'http-timeout socket-timeout so-send-timeout socket-send-timeout http-connect-timeout chunked-input-timeout',
    advice:
      'There is an option for each kind of wait: body-timeout and write-timeout for clients, queue-timeout, request-timeout and response-idle-timeout for the application.',
  },
  {
    names: 'http-keepalive http-auto-chunked',
    advice: 'Needless: connections are kept for idle-timeout, and answers without a length are chunked.',
  },
  {
    names: 'http-raw-body http-chunked-input wsgi-manage-chunked-input chunked-input-limit',
    advice: 'Needless: chunked bodies are read as all others are.',
  },
  {
    names: 'http-processes http-workers offload-threads offload-thread http-buffer-size http-modifier1',
    advice: 'Needless: the front serves slow clients and files by itself; fronts = 2 makes two of them.',
  },
  {
    names: 'http-to-https https https-socket ssl-socket suwsgi-socket https-export-cert http-to sni',
    advice: TLS,
  },
  {
    names: 'check-static static-index',
    advice: STATIC,
  },
  {
    names: 'static-expires static-expires-uri static-expires-type',
    advice:
      'The files of a path may be kept for as long as static says: "/static max-age=90m" beside "/static=DIRECTORY".',
  },
  {
    names: 'static-gzip-all static-gzip static-gzip-dir static-skip-ext static-cache-paths honour-range',
    advice:
      'Needless: compressed copies (.br, .zst, .gz) and ranges are sent to who asks for them, and files are kept in memory.',
  },
  {
    names: 'static-safe',
    advice: 'Links that lead out of a directory are refused: name the directory itself where the files are.',
  },
  {
    names: 'mimefile mime-file',
    advice:
      'The table of media types is that of Gantry; files of other extensions are application/octet-stream.',
  },
  {
    names: 'file-serve-mode fileserve-mode',
    advice: 'Needless: the front sends files.',
  },
  {
    names: 'add-header rem-header del-header collect-header',
    advice: 'Middleware in gantry.config.ts does it: responseHeaders().',
  },
  {
    names: 'chmod-socket chmod chown-socket',
    advice: "Everybody may connect to a Unix socket; who can reach it is decided by its directory's mode.",
  },
  { names: 'plugins-dir plugin-dir autoload dlopen', advice: PYTHON_ONLY },
  {
    names:
      'spooler spooler-processes spooler-frequency spooler-max-tasks spooler-import mule mules farm cron cron2 unique-cron timer rbtimer signal-timer queue locks sharedarea',
    advice: TASKS,
  },
  {
    names:
      'attach-daemon attach-daemon2 smart-attach-daemon smart-attach-daemon2 attach-control-daemon legion-attach-daemon',
    advice: DAEMONS,
  },
  {
    names:
      'emperor emperor-tyrant vassal-set vassals-set emperor-pidfile emperor-stats emperor-freq vassals-include heartbeat',
    advice: EMPEROR,
  },
  {
    names:
      'subscribe-to subscribe subscribe2 fastrouter http-subscription-server fastrouter-subscription-server zerg zerg-server legion',
    advice: 'Gantry does not speak to other servers of its kind: let a load balancer ask /-/ready.',
  },
  { names: 'cache cache2 check-cache cache-store', advice: CACHE },
  {
    names: 'daemonize daemonize2 logto logto2 req-logger logger-req',
    advice:
      'Gantry stays in the foreground and writes its log to standard error: systemd or a container takes it. error-log = "FILE" and access-log = "FILE" write files.',
  },
  {
    names: 'async ugreen loop tornado asyncio greenlet',
    advice: 'Threads take their place: threads = 16, say.',
  },
  {
    names: 'paste ini-paste ini-paste-logged paste-logger paste-name pecan web3 pump wsgi-lite eval',
    advice:
      'Name a module that makes the application: application = pyramid.paster.get_app("production.ini").',
  },
  {
    names: 'import pyimport py-import python-import shared-import shared-pyimport',
    advice: 'Import it in the module of the application, or in a function of gantry_worker.hooks.after_fork.',
  },
  {
    names: 'pyargv optimize no-site py-programname py-program-name',
    advice: 'Python is started as gantry_worker; PYTHONOPTIMIZE and the like can be given by env.',
  },
  {
    names: 'no-default-app max-apps dynamic-apps vhost vhost-host',
    advice: 'Gantry serves the application that it is given, and answers nothing for another.',
  },
  {
    names: 'manage-script-name ignore-script-name',
    advice: 'The prefix that an application is mounted under becomes SCRIPT_NAME.',
  },
  {
    names: 'cpu-affinity prio ksm never-swap cgroup cgroup-opt chroot pivot-root namespace unshare cap jail',
    advice:
      'A unit of systemd does it: CPUAffinity=, Nice=, MemoryMax=, RootDirectory=, CapabilityBoundingSet=.',
  },
  {
    names:
      'hook-asap hook-pre-app hook-post-app hook-post-fork hook-as-user hook-as-root hook-accepting exec-asap exec-pre-app exec-post-app exec-as-user exec-as-root exec-as-user-atexit hook-as-user-atexit hook-master-start after-request-hook call-pre-app',
    advice:
      'ExecStartPre= and ExecStopPost= of a systemd unit; in workers, the functions of gantry_worker.hooks.',
  },
  {
    names: 'fs-reload fs-brutal-reload touch-exec touch-signal',
    advice: 'reload-on reloads when a file is touched.',
  },
  {
    names: 'catch-exceptions reload-on-exception exception-handler',
    advice: 'An exception is in the log with its traceback, and the client gets 500.',
  },
  {
    names: 'alarm alarm-log log-alarm alarm-backlog alarm-listen-queue alarm-fd alarm-segfault',
    advice: 'Let what watches the log, or gantry status --json, sound the alarm.',
  },
  { names: 'max-vars response-headers-limit', advice: 'max-headers and max-head-bytes limit request heads.' },
  {
    names: 'ini include inherit xml yaml yml json config vassals-inherit envdir',
    advice: 'Another file, which is not read: gantry migrate uwsgi FILE takes one INI file at a time.',
  },
  { names: 'unenv', advice: 'env -u NAME gantry … starts it without a variable.' },
  {
    names:
      'route route-uri route-host route-if route-run route-if-not route-qs route-remote-addr route-user-agent final-route error-route response-route route-label error-page-403 error-page-404 error-page-500',
    advice: ROUTING,
  },
]
