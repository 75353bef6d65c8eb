// The hooks of a configuration file of gunicorn, and what takes the place of each.

const IN_THE_SERVER = "It runs in gunicorn's master; Gantry's supervisor runs no Python. "
const NO_REQUEST_HOOK =
  'Wrap the application in WSGI middleware, or write middleware in gantry.config.ts; the access log has times and ids.'

export const GUNICORN_HOOKS: ReadonlyMap<string, string> = new Map([
  [
    'on_starting',
    `${IN_THE_SERVER}Run it before gantry starts: ExecStartPre= of a systemd unit, or an entrypoint.`,
  ],
  ['on_reload', `${IN_THE_SERVER}Run it before gantry reload.`],
  ['when_ready', `${IN_THE_SERVER}Type=notify of systemd, /-/ready and gantry status say when it is ready.`],
  [
    'pre_fork',
    `${IN_THE_SERVER}With --preload, what the application's module does at its top level is done before any worker is forked.`,
  ],
  ['post_fork', 'In the application: from gantry_worker import hooks, then @hooks.after_fork.'],
  [
    'post_worker_init',
    'At the end of the module of the application, which every worker imports; with --preload, @hooks.after_fork.',
  ],
  [
    'worker_int',
    'gantry dump, and SIGQUIT, show the stacks of all requests; @hooks.before_exit runs when a worker ends.',
  ],
  ['worker_abort', 'A request whose time is up has its stack in the log; no hook is needed.'],
  ['pre_exec', `${IN_THE_SERVER}A reload starts new processes beside the old ones.`],
  ['pre_request', NO_REQUEST_HOOK],
  ['post_request', NO_REQUEST_HOOK],
  [
    'child_exit',
    'Every death of a worker has its cause in the log; @hooks.before_exit runs in the worker when it ends.',
  ],
  ['worker_exit', 'In the application: from gantry_worker import hooks, then @hooks.before_exit.'],
  ['nworkers_changed', 'gantry status has the number of workers.'],
  ['on_exit', `${IN_THE_SERVER}Run it after gantry has ended: ExecStopPost= of a systemd unit.`],
  ['ssl_context', 'Gantry has no TLS yet: let a proxy in front of it speak TLS.'],
  ['on_dirty_starting', 'Gantry has no dirty workers.'],
  ['dirty_post_fork', 'Gantry has no dirty workers.'],
  ['dirty_worker_init', 'Gantry has no dirty workers.'],
  ['dirty_worker_exit', 'Gantry has no dirty workers.'],
])
