// Settings of gunicorn that no option of Gantry takes the place of, and what to do instead. Its flags are errors that say so.

import type { GunicornSetting } from './gunicorn-setting.ts'

const NO_TLS = 'Gantry has no TLS yet: let nginx, HAProxy or Caddy in front of it speak TLS.'
const STRICT = 'Gantry refuses what breaks HTTP, and never repairs it.'
const WSGI_ONLY =
  'Gantry serves WSGI; an ASGI application needs an adapter such as a2wsgi, or an ASGI server.'
const NO_DIRTY = 'Gantry has no dirty workers: give long work to a task queue such as Celery or RQ.'
const NO_STATSD = 'Gantry sends no statsd: gantry status --json has the numbers, for an agent that asks.'

export const WITHOUT_COUNTERPART: readonly GunicornSetting[] = [
  {
    name: 'worker_class',
    flags: ['-k', '--worker-class'],
    advice:
      'Gantry has no worker classes: every worker is a process with --threads threads, and slow clients never hold one.',
  },
  {
    name: 'worker_connections',
    flags: ['--worker-connections'],
    advice:
      'Clients do not hold workers here: --max-connections is about all of them together, --threads about requests at a time.',
  },
  {
    name: 'reload_engine',
    flags: ['--reload-engine'],
    advice: 'Leave it out: --reload has the system tell what changes.',
  },
  { name: 'spew', flags: ['--spew'], isSwitch: true, advice: 'gantry dump shows what every thread does.' },
  {
    name: 'check_config',
    flags: ['--check-config'],
    isSwitch: true,
    advice:
      'The same here; gantry check APP moreover starts the application, and sends it requests in process.',
  },
  {
    name: 'print_config',
    flags: ['--print-config'],
    isSwitch: true,
    advice: 'gantry config prints every option with its value, and where that comes from.',
  },
  {
    name: 'sendfile',
    flags: ['--no-sendfile', '--sendfile'],
    isSwitch: true,
    advice: 'Leave it out: files of wsgi.file_wrapper never pass through Python.',
  },
  {
    name: 'reuse_port',
    flags: ['--reuse-port'],
    isSwitch: true,
    advice: 'Leave it out: --fronts shares one socket among processes, and a reload keeps it open.',
  },
  {
    name: 'daemon',
    flags: ['-D', '--daemon'],
    isSwitch: true,
    advice:
      'Gantry stays in the foreground, for systemd, a container or supervisord to run; gantry init --systemd writes a unit.',
  },
  {
    name: 'worker_tmp_dir',
    flags: ['--worker-tmp-dir'],
    advice: 'Leave it out: workers have no heartbeat file. --spool-dir is where large request bodies lie.',
  },
  {
    name: 'initgroups',
    flags: ['--initgroups'],
    isSwitch: true,
    advice: 'Leave it out: --user takes the groups of that user.',
  },
  {
    name: 'secure_scheme_headers',
    advice:
      'X-Forwarded-Proto and Forwarded from --trusted-proxies decide wsgi.url_scheme; other fields do not.',
  },
  {
    name: 'disable_redirect_access_to_syslog',
    flags: ['--disable-redirect-access-to-syslog'],
    isSwitch: true,
    advice: 'Leave it out: the access log goes where --access-log says, and nowhere else.',
  },
  {
    name: 'capture_output',
    flags: ['--capture-output'],
    isSwitch: true,
    advice: 'Leave it out: what the application prints is always in the log, line by line, with its worker.',
  },
  {
    name: 'logger_class',
    flags: ['--logger-class'],
    advice: "Gantry has a log of its own; Python's logging goes on as the application has set it up.",
  },
  {
    name: 'logconfig',
    flags: ['--log-config'],
    advice: 'Set up logging in the application: logging.config.fileConfig().',
  },
  { name: 'logconfig_dict', advice: 'Set up logging in the application: logging.config.dictConfig().' },
  {
    name: 'logconfig_json',
    flags: ['--log-config-json'],
    advice: 'Set up logging in the application: logging.config.dictConfig().',
  },
  {
    name: 'syslog_addr',
    flags: ['--log-syslog-to'],
    advice: '--error-log and --access-log take syslog:udp://HOST:PORT, syslog:tcp://HOST:PORT and syslog.',
  },
  {
    name: 'syslog',
    flags: ['--log-syslog'],
    isSwitch: true,
    advice: '--error-log and --access-log take syslog:udp://HOST:PORT, syslog:tcp://HOST:PORT and syslog.',
  },
  {
    name: 'syslog_prefix',
    flags: ['--log-syslog-prefix'],
    advice: 'SyslogIdentifier= of a systemd unit is the prefix.',
  },
  {
    name: 'syslog_facility',
    flags: ['--log-syslog-facility'],
    advice: 'SyslogFacility= of a systemd unit is the facility.',
  },
  {
    name: 'enable_stdio_inheritance',
    flags: ['-R', '--enable-stdio-inheritance'],
    isSwitch: true,
    advice: 'Leave it out: what the application prints is always in the log, at once.',
  },
  { name: 'statsd_host', flags: ['--statsd-host'], advice: NO_STATSD },
  { name: 'dogstatsd_tags', flags: ['--dogstatsd-tags'], advice: NO_STATSD },
  { name: 'statsd_prefix', flags: ['--statsd-prefix'], advice: NO_STATSD },
  {
    name: 'enable_backlog_metric',
    flags: ['--enable-backlog-metric'],
    isSwitch: true,
    advice: 'gantry status shows how many requests wait, and for how long.',
  },
  {
    name: 'proc_name',
    flags: ['-n', '--name'],
    advice: 'Gantry does not rename processes: gantry status names them, and which server is meant.',
  },
  { name: 'default_proc_name', advice: 'Gantry does not rename processes.' },
  {
    name: 'paste',
    flags: ['--paste', '--paster'],
    advice:
      'Name a module that makes the application: application = pyramid.paster.get_app("production.ini"), served as gantry module:application.',
  },
  {
    name: 'raw_paste_global_conf',
    flags: ['--paste-global'],
    advice: 'Give the values to get_app() in the module that makes the application.',
  },
  { name: 'ssl_context', advice: NO_TLS },
  { name: 'keyfile', flags: ['--keyfile'], advice: NO_TLS },
  { name: 'certfile', flags: ['--certfile'], advice: NO_TLS },
  { name: 'ssl_version', flags: ['--ssl-version'], advice: NO_TLS },
  { name: 'cert_reqs', flags: ['--cert-reqs'], advice: NO_TLS },
  { name: 'ca_certs', flags: ['--ca-certs'], advice: NO_TLS },
  { name: 'suppress_ragged_eofs', flags: ['--suppress-ragged-eofs'], isSwitch: true, advice: NO_TLS },
  { name: 'do_handshake_on_connect', flags: ['--do-handshake-on-connect'], isSwitch: true, advice: NO_TLS },
  { name: 'ciphers', flags: ['--ciphers'], advice: NO_TLS },
  {
    name: 'protocol',
    flags: ['--protocol'],
    advice:
      'An address says what is spoken there: --bind uwsgi://127.0.0.1:3031, --bind uwsgi+unix:/run/shop.sock.',
  },
  {
    name: 'uwsgi_allow_ips',
    flags: ['--uwsgi-allow-from'],
    advice:
      'Whoever can reach an address of --bind is answered: who may is decided by the address, or by the directory of a Unix socket.',
  },
  {
    name: 'http_protocols',
    flags: ['--http-protocols'],
    advice: 'Gantry speaks HTTP/1.1; a proxy in front of it can speak HTTP/2 to clients.',
  },
  {
    name: 'http2_cleartext',
    flags: ['--http2-cleartext'],
    advice: 'Gantry speaks HTTP/1.1; a proxy in front of it can speak HTTP/2 to clients.',
  },
  {
    name: 'http2_max_concurrent_streams',
    flags: ['--http2-max-concurrent-streams'],
    advice: 'Gantry speaks HTTP/1.1.',
  },
  {
    name: 'http2_initial_window_size',
    flags: ['--http2-initial-window-size'],
    advice: 'Gantry speaks HTTP/1.1.',
  },
  { name: 'http2_max_frame_size', flags: ['--http2-max-frame-size'], advice: 'Gantry speaks HTTP/1.1.' },
  {
    name: 'http2_max_header_list_size',
    flags: ['--http2-max-header-list-size'],
    advice: 'Gantry speaks HTTP/1.1; --max-head-bytes limits request heads.',
  },
  { name: 'permit_obsolete_folding', flags: ['--permit-obsolete-folding'], isSwitch: true, advice: STRICT },
  { name: 'strip_header_spaces', flags: ['--strip-header-spaces'], isSwitch: true, advice: STRICT },
  {
    name: 'permit_unconventional_http_method',
    flags: ['--permit-unconventional-http-method'],
    isSwitch: true,
    advice: 'Leave it out: every method that RFC 9110 allows is served.',
  },
  {
    name: 'permit_unconventional_http_version',
    flags: ['--permit-unconventional-http-version'],
    isSwitch: true,
    advice: STRICT,
  },
  { name: 'casefold_http_method', flags: ['--casefold-http-method'], isSwitch: true, advice: STRICT },
  {
    name: 'forwarder_headers',
    flags: ['--forwarder-headers'],
    advice:
      '--allow-underscore-headers names fields with "_" that may come; X-Forwarded-Prefix from --trusted-proxies becomes SCRIPT_NAME.',
  },
  {
    name: 'header_map',
    flags: ['--header-map'],
    advice:
      'Fields with "_" are dropped, as with the value drop; --allow-underscore-headers lets one in by its name.',
  },
  { name: 'asgi_loop', flags: ['--asgi-loop'], advice: WSGI_ONLY },
  { name: 'asgi_lifespan', flags: ['--asgi-lifespan'], advice: WSGI_ONLY },
  { name: 'asgi_disconnect_grace_period', flags: ['--asgi-disconnect-grace-period'], advice: WSGI_ONLY },
  { name: 'http_parser', flags: ['--http-parser'], advice: 'Leave it out: Gantry has one parser.' },
  { name: 'root_path', flags: ['--root-path'], advice: 'For WSGI it is --script-name.' },
  { name: 'dirty_apps', flags: ['--dirty-app'], advice: NO_DIRTY },
  { name: 'dirty_workers', flags: ['--dirty-workers'], advice: NO_DIRTY },
  { name: 'dirty_timeout', flags: ['--dirty-timeout'], advice: NO_DIRTY },
  { name: 'dirty_threads', flags: ['--dirty-threads'], advice: NO_DIRTY },
  { name: 'dirty_graceful_timeout', flags: ['--dirty-graceful-timeout'], advice: NO_DIRTY },
  {
    name: 'control_socket_mode',
    flags: ['--control-socket-mode'],
    advice: 'The control socket is for its owner only.',
  },
  {
    name: 'control_socket_disable',
    flags: ['--no-control-socket'],
    isSwitch: true,
    advice: '--control-socket none switches it off.',
  },
]
